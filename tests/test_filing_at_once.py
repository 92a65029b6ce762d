"""Filing while others log, accept and return: a visit is in the closed set or refused, never half, and one of two clerks wins."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import at, make_county, make_school
from reports.actions.filing import accept, refresh_draft, reopen, return_submission, submit
from reports.models import Filing, Submission
from reports.sheets.snapshot import Snapshot
from students.models import Case
from students.tests.make import make_case
from tests.at_once import at_once
from visits.models import Visit, VisitRecord
from visits.querysets.writing import content_of
from visits.tests.make import make_visit
from visits.tests.writing import make_plain, write

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER, NOW = date(2026, 10, 1), at("2026-10-28 20:00")
ROUNDS = 4


class Place:
    def __init__(self) -> None:
        county = make_county(photo_min=0, parent_confirm=[], record_due_hours=10_000)  # nothing is asked: who comes first is the question
        self.school: School = make_school(county)
        self.clerk: User = make_user(Role.SCHOOL_ADMIN, self.school)
        self.staff: User = make_user(Role.COUNTY_STAFF, county)
        self.teachers = tuple(make_user(Role.TEACHER, self.school) for _ in range(2))
        self.cases: list[Case] = [make_case(self.school) for _ in range(4)]
        for number, case in enumerate(self.cases):
            self.visit = make_visit(case, start=f"2026-10-1{number} 09:00", people=self.teachers, author=self.clerk)

    def draft(self) -> Submission:
        return refresh_draft(school=self.school, month=OCTOBER, at=NOW)

    def file(self) -> Submission:
        return submit(school=self.school, month=OCTOBER, version=self.draft().version, by=self.clerk, at=NOW)

    def log(self, day: int) -> object:
        """A group's visit: four records, in the closed set together or not at all."""
        when = {"on": f"2026-10-{day}", "start": "09:00", "end": "11:00"}
        return write(make_plain(*self.cases, people=self.teachers, **when), self.clerk, NOW, visit_id=uuid4())

    def is_whole(self) -> None:
        """What is filed is what the snapshot says, no visit is in it by half, and locks tell the same."""
        standing = Submission.objects.filter(state__in=["submitted", "accepted"]).first()
        filed = set(Filing.objects.values_list("record", flat=True))
        assert {str(pk) for pk in filed} == (Snapshot.read(standing.snapshot).records if standing else set())
        for visit in Visit.objects.prefetch_related("records"):
            records = list(visit.records.all())
            assert len({record.pk in filed for record in records}) == 1
            assert len({record.lock for record in records}) == 1
            lock = {"submitted": "filed", "accepted": "accepted"}[standing.state] if standing else ""
            assert not standing or records[0].lock == (lock if records[0].pk in filed else "")


@pytest.fixture
def place() -> Place:
    return Place()


def test_of_two_clerks_at_once_one_files_and_the_other_is_told(place: Place) -> None:
    version = place.draft().version
    ended = at_once(*[lambda: submit(school=place.school, month=OCTOBER, version=version, by=place.clerk, at=NOW)] * 4)

    assert sorted(ended)[0] == ""
    assert len([words for words in ended if "已经上报" in words]) == 3
    assert Submission.objects.count() == 1
    place.is_whole()


def test_a_visit_logged_while_the_month_is_filed_is_in_it_whole_or_not_at_all(place: Place) -> None:
    filed = at_once(place.file, *(lambda day=day: place.log(day) for day in range(20, 26)))

    assert filed == [""] * 7  # a new visit is always welcome: what came too late is told next month
    assert VisitRecord.objects.count() == 28
    place.is_whole()


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_visit_changed_while_the_month_is_filed_is_filed_as_it_is_or_refused(place: Place, number: int) -> None:
    said = content_of(place.visit, place.clerk)
    said["records"][0]["teaching"] = "换了说法"
    place.draft()
    ended = at_once(place.file, lambda: write(said, place.clerk, NOW, visit_id=place.visit.pk, base=1))

    assert ended[0] == ""
    record = VisitRecord.objects.get(visit=place.visit)
    (line,) = (each for each in Snapshot.read(Submission.objects.get().snapshot).visits if each.record == str(record.pk))
    assert (line.version, record.teaching == "换了说法") == ((1, False) if ended[1] else (2, True))
    assert not ended[1] or "已随月报上报" in ended[1]
    place.is_whole()


@pytest.mark.parametrize("number", range(ROUNDS))
def test_of_accepting_and_returning_at_once_one_happens(place: Place, number: int) -> None:
    filed = place.file()
    ended = at_once(
        lambda: accept(submission=filed, version=1, by=place.staff, at=NOW),
        lambda: return_submission(submission=filed, version=1, lines={}, reason="缺照片", by=place.staff, at=NOW),
        lambda: accept(submission=filed, version=1, by=place.staff, at=NOW),
    )

    assert ended.count("") == 1
    assert Submission.objects.get().state == ("returned" if ended[1] == "" else "accepted")
    assert Filing.objects.count() == (0 if ended[1] == "" else 4)
    place.is_whole()


def test_many_hands_at_once_leave_a_whole_month(place: Place) -> None:
    filed = accept(submission=place.file(), version=1, by=place.staff, at=NOW)
    at_once(
        lambda: reopen(submission=filed, reason="漏了", by=place.staff, at=NOW),
        place.file,
        place.draft,
        *(lambda day=day: place.log(day) for day in range(20, 24)),
        place.file,
    )

    assert VisitRecord.objects.count() == 20
    place.is_whole()
    if Submission.objects.exclude(state="draft").latest("version").state != "submitted":
        place.file()
    last = Submission.objects.latest("version")
    if last.state == "submitted":
        accept(submission=last, version=last.version, by=place.staff, at=NOW)
    place.is_whole()
