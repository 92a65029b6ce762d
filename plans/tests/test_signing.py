"""A signature names what was signed; one without strokes, of a draft, or of tomorrow is refused; twice is once; a wrong one goes."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_school
from office import files
from office.models import AuditLine, PrivateFile
from office.refusals import Refused
from plans.actions.signing import remove_signature, sign_plan
from plans.models import Plan, PlanSignature
from plans.tests.make import NAME_DRAWN, make_paper, make_plan
from students.tests.make import make_case

pytestmark = pytest.mark.django_db
NOW = at("2026-10-20 10:00")


class Place:
    def __init__(self) -> None:
        school = make_school()
        self.teacher, self.admin = make_user(Role.TEACHER, school), make_user(Role.SCHOOL_ADMIN, school)
        self.case = make_case(school, teachers=(self.teacher,))
        self.plan = self.make("in_force")

    def make(self, state: str, **fields: Any) -> Plan:
        decided: dict[str, Any] = {"digest": "d" * 64, "submitted_by": self.teacher, "decided_by": self.admin}
        return make_plan(self.case, self.teacher, state=state, **decided | fields)


@pytest.fixture
def place(db: None) -> Place:
    return Place()


def sign(plan: Plan, by: User, **fields: Any) -> PlanSignature:
    usual: dict[str, Any] = {"key": uuid4(), "kind": "guardian", "name": "覃母", "relation": "母亲", "on": date(2026, 10, 20), "at": NOW}
    return sign_plan(plan=plan, by=by, **usual | {"strokes": NAME_DRAWN, "paper": None} | fields)


def test_a_signature_holds_the_digest_and_only_what_a_finger_did(place: Place) -> None:
    made = sign(place.plan, place.teacher)
    assert (made.digest, made.strokes, made.paper) == ("d" * 64, NAME_DRAWN, None)
    assert AuditLine.objects.get(verb="plan.signed").detail == {"plan": str(place.plan.pk), "version": 1, "kind": "guardian"}

    refused: list[Any] = [[], [[]], "x", {"a": 1}, [[[1, 2]]], [[[1001, 2, 0]]], [[[1, True, 0]]], [[[1, 2, 0]]], [[[1, 2, 0], [3, 4, 9]]]]
    refused += [[[None]], [[[]]], [["x"]], [[[1, 2, 10**12]] * 5], NAME_DRAWN * 300]
    for bad in refused:
        with pytest.raises(Refused):
            sign(place.plan, place.teacher, strokes=bad)
    assert place.plan.signatures.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"on": date(2026, 10, 21)}, "今天之后"),
        ({"on": date(2026, 9, 4)}, "开始写这份计划之前"),
        ({"name": " \u3000"}, "姓名"),
        ({"name": "长" * 101}, "最多 100 个字"),
        ({"strokes": None}, "拍下签好的纸"),
        ({"paper": b"%PDF-1.7 not a picture"}, "不是照片"),
        ({"paper": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}, "不是照片"),
    ],
)
def test_what_is_no_signature_is_refused_in_words_and_leaves_nothing(place: Place, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        sign(place.plan, place.teacher, **fields)
    assert (PlanSignature.objects.count(), PrivateFile.objects.count(), AuditLine.objects.count()) == (0, 0, 0)


def test_only_what_was_approved_and_stands_is_signed(place: Place) -> None:
    for state in ("in_force", "closed", "approved"):
        Plan.objects.update(state=state)
        assert sign(place.plan, place.teacher).plan == place.plan
    for state, words in (("superseded", "新的一版"), ("draft", "草稿"), ("submitted", "待审批"), ("returned", "已退回")):
        Plan.objects.update(state=state)
        with pytest.raises(Refused, match=words):
            sign(place.plan, place.teacher)


def test_sent_twice_it_is_kept_once_and_its_key_opens_no_other_plan(place: Place) -> None:
    key, paper = uuid4(), make_paper()
    first = sign(place.plan, place.teacher, key=key, strokes=None, paper=paper)
    assert sign(place.plan, place.admin, key=key, name="别人").pk == first.pk
    assert (PlanSignature.objects.get().name, PrivateFile.objects.count()) == ("覃母", 1)
    with pytest.raises(Refused, match="编号"):
        sign(place.make("approved", term=2), place.teacher, key=key)


def test_a_paper_is_kept_as_pixels_alone(place: Place) -> None:
    made = sign(place.plan, place.teacher, strokes=None, paper=make_paper(comment=b"CAMERA-SERIAL"))
    assert made.paper is not None
    kept = files.read(made.paper)
    assert (b"CAMERA-SERIAL" in make_paper(comment=b"CAMERA-SERIAL"), b"CAMERA-SERIAL" in kept) == (True, False)
    assert max(Image.open(io.BytesIO(kept)).size) <= 1600


def test_a_picture_that_swells_is_refused_in_words(place: Place) -> None:
    """Sixty megapixels of one colour are a few kilobytes of PNG."""
    bomb = io.BytesIO()
    Image.new("1", (10_000, 6_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 100_000
    with pytest.raises(Refused, match="百万像素"):
        sign(place.plan, place.teacher, strokes=None, paper=bomb.getvalue())
    assert not PlanSignature.objects.exists()


def test_a_wrong_one_goes_with_its_paper_and_a_reason_stays(place: Place) -> None:
    made = sign(place.plan, place.teacher, strokes=None, paper=make_paper())
    with pytest.raises(Refused, match="为什么"):
        remove_signature(signature=made, reason="  ", by=place.teacher, at=NOW)
    assert PlanSignature.objects.exists()

    for _ in range(2):
        remove_signature(signature=made, reason="拍成了别的纸", by=place.teacher, at=NOW)
    assert (PlanSignature.objects.count(), PrivateFile.objects.count()) == (0, 0)
    told = AuditLine.objects.get(verb="plan.signature_removed").detail
    assert (told["reason"], told["kind"]) == ("拍成了别的纸", "guardian")


def test_a_plan_is_unsigned_until_a_guardian_signs_this_version(place: Place) -> None:
    def waiting() -> list[Plan]:
        return list(Plan.objects.unsigned())

    assert waiting() == [place.plan]
    sign(place.plan, place.teacher, kind="teacher", name="韦志玲")
    assert waiting() == [place.plan]
    sign(place.plan, place.teacher)
    assert waiting() == []
    Plan.objects.update(state="superseded")
    again = place.make("in_force", version=2)
    assert waiting() == [again]
    Plan.objects.filter(pk=again.pk).update(state="closed")
    assert waiting() == []
