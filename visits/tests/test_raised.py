"""The questions of a school's month as they are read from the database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import Policy, School
from counties.rules import PolicyTerms
from counties.tests.make import at, make_county, make_school
from office.models import PrivateFile
from students.models import Case, Consent
from students.tests.make import make_case
from visits.models import Photo, Visit, VisitRecord
from visits.querysets.raised import raised_in, raised_over
from visits.rules.flags import Raised
from visits.rules.judging import Flag
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db

OCTOBER, NOW = date(2026, 10, 1), "2026-11-20 09:00"
PLENTY = {"photo_count": 2, "confirmed_at": at("2026-10-14 16:00")}


def make_paged(case: Case, start: str = "2026-10-14 14:00", *, record: dict[str, Any] | None = None, **fields: Any) -> Visit:
    """A visit written on the page by two teachers, with nothing to ask about."""
    school = case.school
    people = fields.pop("people", tuple(make_user(Role.TEACHER, school) for _ in range(2)))
    visit = make_visit(case, start=start, people=people, source=Visit.Source.PAGE, **fields)
    VisitRecord.objects.filter(visit=visit).update(**PLENTY | (record or {}))
    return visit


def make_photo(visit: Visit, digest: str = "a", *, is_received: bool = True, **fields: Any) -> Photo:
    file = PrivateFile.objects.create(name="x", content_type="image/jpeg", size=1, digest="0" * 64, at=visit.ends_at)
    told = {"taken_at": visit.starts_at, "file": file if is_received else None} | fields
    photo = Photo.objects.create(visit=visit, digest=digest * 64, size=1, by=make_user(), **told)
    photo.records.add(visit.records.get())
    return photo


def allow_photos(case: Case, *, is_given: bool = True, since: str = "2026-09-01", until: date | None = None) -> None:
    since_on = date.fromisoformat(since)
    told = {"text_version": "1", "given_by": "覃母", "by": make_user(), "at": at("2026-09-01"), "starts_on": since_on, "ends_on": until}
    Consent.objects.create(student=case.student, kind=Consent.Kind.PHOTOS, is_given=is_given, **told)


def raised(school: School | None, month: date = OCTOBER, now: str = NOW) -> list[Raised]:
    assert school is not None
    return raised_in(schools=[school.pk], month=month, as_of=at(now))


def codes(school: School | None, **asked: Any) -> list[Flag]:
    return [each.code for each in raised(school, **asked)]


def test_a_visit_with_everything_raises_nothing_and_each_thing_missing_its_own() -> None:
    case = make_case()
    visit = make_paged(case)
    assert codes(case.school) == []

    allow_photos(case)
    VisitRecord.objects.update(photo_count=1, confirmed_at=None)
    Visit.objects.update(drift=601, written_at=visit.ends_at + timedelta(hours=169))
    assert codes(case.school) == [Flag.TOO_FEW_PHOTOS, Flag.UNCONFIRMED, Flag.LATE_RECORD, Flag.CLOCK_SKEW]
    one = raised(case.school)[0]
    record = visit.records.get()
    assert (one.record, one.visit, one.student, one.school, one.on) == (record.pk, visit.pk, case.student_id, case.school_id, visit.on)
    assert one.words == "有 1 张照片，要 2 张。"


def test_of_a_visit_from_a_sheet_none_of_them_is_asked() -> None:
    case = make_case()
    allow_photos(case)
    people = tuple(make_user(Role.TEACHER, case.school) for _ in range(2))
    visit, other = (make_visit(case, start=start, people=people, drift=601) for start in ("2026-10-14 14:00", "2026-10-21 14:00"))
    Visit.objects.update(written_at=at(NOW))
    for each in (visit, other):
        make_photo(each, taken_at=at("2026-10-01 14:00"), band_0=1, band_1=2, band_2=3, band_3=4)
    assert codes(case.school) == []

    Visit.objects.update(source=Visit.Source.PAGE)  # the same, written on the page
    expected = [Flag.TOO_FEW_PHOTOS, Flag.REUSED_PHOTO, Flag.PHOTO_OTHER_DAY, Flag.UNCONFIRMED, Flag.LATE_RECORD, Flag.CLOCK_SKEW]
    assert codes(case.school) == expected * 2


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ([], False),
        ([{}], True),
        ([{"since": "2026-10-14"}], True),
        ([{"since": "2026-10-15"}], False),  # not yet on the day of the visit
        ([{"until": date(2026, 10, 15)}], True),
        ([{"until": date(2026, 10, 14)}], False),  # withdrawn from that day on
        ([{}, {"since": "2026-10-01", "is_given": False}], False),  # the latest word stands
    ],
)
def test_photos_are_missed_only_where_the_guardian_agreed(words: list[dict[str, Any]], asked: bool) -> None:  # noqa: FBT001
    case = make_case()
    make_paged(case, record={"photo_count": 1})
    for word in words:
        allow_photos(case, **word)
    assert codes(case.school) == [Flag.TOO_FEW_PHOTOS] * asked


def test_a_picture_of_another_visit_of_the_county_is_asked_about_on_both() -> None:
    case = make_case()
    assert case.school is not None
    neighbour = make_case(make_school(case.school.county))
    mine, theirs = make_paged(case), make_paged(neighbour, "2026-09-16 14:00")
    make_photo(mine)
    make_photo(mine, "b")
    make_photo(theirs)
    (one,) = raised(case.school)
    assert (one.code, one.travels) == (Flag.REUSED_PHOTO, True)
    assert one.words == "2 张照片里有 1 张与 9月16日 14:00–16:00 那次的相同。"
    assert codes(neighbour.school, month=date(2026, 9, 1)) == [Flag.REUSED_PHOTO]


def test_a_picture_of_another_county_or_not_received_or_twice_in_a_visit_is_not() -> None:
    case, far = make_case(), make_case(make_school(make_county("450126")))
    mine = make_paged(case)
    make_photo(mine)
    make_photo(mine)
    make_photo(make_paged(far, "2026-09-16 14:00"))
    make_photo(make_paged(case, "2026-09-16 14:00"), is_received=False)
    make_photo(make_paged(case, "2026-09-23 14:00"), kind=Photo.Kind.PAPER)
    assert codes(case.school) == []


@pytest.mark.parametrize(
    ("taken_at", "asked"),
    [("2026-10-14 00:00", False), ("2026-10-14 23:59", False), ("2026-10-13 23:59", True), ("2026-10-15 00:00", True)],
)
def test_the_cameras_day_is_that_of_the_county(taken_at: str, asked: bool) -> None:  # noqa: FBT001
    case = make_case()
    make_photo(make_paged(case), taken_at=at(taken_at))
    assert codes(case.school) == [Flag.PHOTO_OTHER_DAY] * asked


def test_a_picture_without_the_cameras_time_is_not_asked_about() -> None:
    case = make_case()
    make_photo(make_paged(case), taken_at=None)
    assert codes(case.school) == []


def test_a_nearly_equal_picture_is_another_question_which_does_not_travel() -> None:
    case = make_case()
    bands: dict[str, Any] = {"band_0": 11, "band_1": 22, "band_2": 33, "band_3": 44}
    make_photo(make_paged(case), "a", **bands)
    make_photo(make_paged(case, "2026-09-16 14:00"), "b", **bands | {"band_3": 44 ^ 0b111})
    make_photo(make_paged(case, "2026-09-23 14:00"), "c", **bands | {"band_3": 44 ^ 0b1111})
    (one,) = raised(case.school)
    assert (one.code, one.travels) == (Flag.SIMILAR_PHOTO, False)
    assert one.words == "2 张照片里有 1 张与 9月16日 14:00–16:00 那次的很像。"


def test_one_confirmation_a_month_is_enough_where_the_policy_says_so() -> None:
    case = make_case()
    assert case.school is not None
    make_paged(case)
    make_paged(case, "2026-10-21 14:00", record={"confirmed_at": None})
    make_paged(case, "2026-09-21 14:00", record={"confirmed_at": None})
    assert codes(case.school) == [Flag.UNCONFIRMED]

    policy(case.school, confirm_period="month")
    assert codes(case.school) == []
    assert codes(case.school, month=date(2026, 9, 1)) == [Flag.UNCONFIRMED]
    VisitRecord.objects.update(confirmed_at=None)
    assert codes(case.school) == [Flag.UNCONFIRMED] * 2
    policy(case.school, parent_confirm=[])
    assert codes(case.school) == []


def policy(school: School, **values: Any) -> None:
    Policy.objects.filter(county=school.county).update(values=PolicyTerms.read(values).plain())


def test_mostly_remote_is_asked_of_the_last_remote_visit_of_the_month() -> None:
    case = make_case()
    make_paged(case, "2026-10-07 14:00")
    remote = [make_paged(case, start, mode=Visit.Mode.REMOTE) for start in ("2026-10-14 14:00", "2026-10-21 14:00")]
    (one,) = raised(case.school)
    assert (one.code, one.visit, one.words) == (Flag.REMOTE_SHARE, remote[-1].pk, "这个月送了 3 次，其中远程 2 次。")
    assert codes(case.school, now="2026-10-20 09:00") == []  # half of them is not more than half
    Case.objects.update(mainly_remote_until=date(2026, 10, 1))
    assert codes(case.school) == []


def test_an_overlap_names_the_other_visit_also_one_elsewhere_and_one_that_found_nobody() -> None:
    case = make_case()
    assert case.school is not None
    visitor, colleague = (make_user(Role.TEACHER, case.school) for _ in range(2))
    neighbour = make_case(make_school(case.school.county))
    make_paged(case, people=(visitor, colleague))
    make_paged(neighbour, "2026-10-14 15:59", people=(visitor, make_user()), state=Visit.State.MISSED, present=False)
    assert [each.words for each in raised(case.school)] == ["同一位老师或同一个孩子，同时还在 10月14日 15:59–17:59 的另一次送教里。"]
    assert codes(neighbour.school) == []  # it was not delivered


def test_what_is_in_the_future_of_the_moment_is_not_known() -> None:
    case = make_case()
    make_paged(case, record={"confirmed_at": None})
    assert codes(case.school, now="2026-10-14 13:59") == []
    assert codes(case.school, now="2026-10-14 14:00") == [Flag.UNCONFIRMED]


def test_a_month_is_read_in_the_same_few_queries_whatever_its_size() -> None:
    school, counts = make_school(), []
    for _ in range(2):
        for number in range(4):
            case = make_case(school)
            make_photo(
                make_paged(case, teaching_key="a" * 32), taken_at=at("2026-10-01 14:00"), band_0=1, band_1=2, band_2=number, band_3=4
            )
            make_paged(case, "2026-10-21 14:00", mode=Visit.Mode.REMOTE, teaching_key="a" * 32)
            make_paged(case, "2026-10-22 14:00", mode=Visit.Mode.REMOTE)
            make_paged(case, "2026-10-22 15:00", mode=Visit.Mode.REMOTE)
        with CaptureQueriesContext(connection) as queries:
            assert set(codes(school)) >= {Flag.OVERLAP, Flag.REMOTE_SHARE, Flag.REPEATED_TEXT, Flag.REUSED_PHOTO, Flag.PHOTO_OTHER_DAY}
        counts.append(len(queries))
        assert alone(school) == raised(school)
    assert counts[0] == counts[1] <= 7


def alone(school: School) -> list[Raised]:
    """The same, each visit asked about by itself."""
    visits = Visit.objects.filter(school=school).order_by("starts_at", "records__pk").values_list("pk", flat=True)
    asked: dict[str, Any] = {"schools": {school.pk: school.county_id}, "months": [OCTOBER], "as_of": at(NOW)}
    return [each for visit in visits for each in raised_over(**asked, visit=visit)[OCTOBER]]
