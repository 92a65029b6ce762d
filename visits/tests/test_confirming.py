"""The guardian's word is kept once, in the forms the policy accepts, with what the record said."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from counties.models import Policy
from counties.tests.make import at
from office.refusals import Refused
from office.rules.strokes import lines_of_strokes, why_not_strokes
from visits.actions import announce, confirm, receive
from visits.models import Confirmation, Photo, Visit, VisitRecord
from visits.tests.conftest import Cast
from visits.tests.make import make_visit
from visits.tests.pictures import line_of, make_picture

NOW = at("2026-10-28 09:00")
NAME = [[[100, 100, 0], [200, 250, 40], [300, 90, 80]], [[400, 100, 300], [420, 260, 350], [500, 120, 400]]]


@pytest.fixture
def visit(cast: Cast) -> Visit:
    return make_visit(cast.case, people=(cast.teacher,), author=cast.teacher, teaching="认识身体部位")


def given(cast: Cast, **fields: Any) -> dict[str, Any]:
    usual = {"id": str(uuid.uuid4()), "case": str(cast.case.pk), "kind": "signature", "signer": "覃母", "relation": "母亲", "witness": ""}
    return usual | {"strokes": NAME, "photo": None} | fields


def confirmed_at(visit: Visit) -> Any:
    return VisitRecord.objects.get(visit=visit).confirmed_at


def test_a_signature_is_kept_with_what_the_record_said(cast: Cast, visit: Visit) -> None:
    line = given(cast)
    confirm(visit=visit, given=[line], by=cast.teacher, at=NOW)
    confirm(visit=visit, given=[line], by=cast.teacher, at=at("2026-10-28 10:00"))  # sent again

    kept = Confirmation.objects.get()
    assert (str(kept.pk), kept.strokes, kept.signer, kept.at) == (line["id"], NAME, "覃母", NOW)
    assert confirmed_at(visit) == NOW
    VisitRecord.objects.update(teaching="别的内容")
    confirm(visit=visit, given=[line, given(cast)], by=cast.teacher, at=at("2026-10-28 11:00"))
    first, second = Confirmation.objects.order_by("at")
    assert first.record_digest == kept.record_digest != second.record_digest
    assert confirmed_at(visit) == NOW  # since the first


def test_one_that_is_left_out_still_stands(cast: Cast, visit: Visit) -> None:
    confirm(visit=visit, given=[given(cast)], by=cast.teacher, at=NOW)
    confirm(visit=visit, given=[], by=cast.teacher, at=NOW)

    assert Confirmation.objects.count() == 1
    assert confirmed_at(visit) == NOW


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"strokes": None}, "还没有签字"),
        ({"signer": " "}, "签字人"),
        ({"kind": "proxy", "strokes": None}, "见证人"),
        ({"kind": "thumbprint", "strokes": None}, "手印"),
        ({"kind": "paper", "strokes": None, "photo": str(uuid.uuid4())}, "手印或纸质"),
        ({"kind": "link", "strokes": None}, "换一种方式"),
        ({"case": str(uuid.uuid4())}, "不在这次送教里"),
    ],
)
def test_what_lacks_something_is_refused(cast: Cast, visit: Visit, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        confirm(visit=visit, given=[given(cast, **fields)], by=cast.teacher, at=NOW)
    assert (Confirmation.objects.count(), confirmed_at(visit)) == (0, None)


def test_only_forms_that_the_policy_accepts(cast: Cast, visit: Visit) -> None:
    policy = Policy.objects.get()
    policy.values |= {"parent_confirm": ["paper", "phone"]}
    policy.save()

    with pytest.raises(Refused, match="本县不用“手机签字”"):
        confirm(visit=visit, given=[given(cast)], by=cast.teacher, at=NOW)
    confirm(visit=visit, given=[given(cast, kind="phone", strokes=None)], by=cast.teacher, at=NOW)
    assert confirmed_at(visit) == NOW


def test_a_thumb_print_stands_once_its_picture_is_there(cast: Cast, visit: Visit) -> None:
    content, key = make_picture(), uuid.uuid4()
    announce(visit=visit, manifest=[line_of(content, key, kind="thumbprint")], by=cast.teacher, at=NOW)
    confirm(visit=visit, given=[given(cast, kind="thumbprint", strokes=None, photo=str(key))], by=cast.teacher, at=NOW)
    assert confirmed_at(visit) is None

    receive(photo=Photo.objects.get(pk=key), content=content, by=cast.teacher, at=NOW)
    assert confirmed_at(visit) == NOW
    announce(visit=visit, manifest=[], by=cast.teacher, at=NOW)
    assert (Confirmation.objects.count(), confirmed_at(visit)) == (0, None)


def test_a_picture_of_another_visit_confirms_nothing(cast: Cast, visit: Visit) -> None:
    other, key = make_visit(cast.case, start="2026-10-20 14:00"), uuid.uuid4()
    announce(visit=other, manifest=[line_of(make_picture(), key, kind="paper")], by=cast.teacher, at=NOW)

    with pytest.raises(Refused, match="手印或纸质"):
        confirm(visit=visit, given=[given(cast, kind="paper", strokes=None, photo=str(key))], by=cast.teacher, at=NOW)


def test_an_id_of_another_visit_is_refused(cast: Cast, visit: Visit) -> None:
    line = given(cast)
    confirm(visit=visit, given=[line], by=cast.teacher, at=NOW)

    with pytest.raises(Refused, match="编号不对"):
        confirm(visit=make_visit(cast.case, start="2026-10-20 14:00"), given=[line], by=cast.teacher, at=NOW)


@pytest.mark.parametrize(
    "strokes",
    [
        [[]],
        [[[1, 2]]],
        [[["1", 2, 3]]],
        [[[True, 2, 3]]],
        [[[5, 5, 0]] * 9],  # a dot
        [[[0, 0, 0], [500, 0, 1]]],  # hardly a name
        [[[0, 0, 0], [2000, 0, 1], [1, 1, 2], [2, 2, 3], [3, 3, 4]]],
        [[[0, -1, 0], [100, 0, 1], [1, 1, 2], [2, 2, 3], [3, 3, 4]]],
        [[[index % 900, 10, index] for index in range(20_001)]],
    ],
)
def test_scribbles_that_are_no_signature(strokes: Any) -> None:
    assert why_not_strokes(strokes)


def test_a_signature_is_drawn_stroke_by_stroke() -> None:
    assert why_not_strokes(NAME) == ""
    assert lines_of_strokes(NAME) == ["100,100 200,250 300,90", "400,100 420,260 500,120"]
    assert lines_of_strokes(None) == []
