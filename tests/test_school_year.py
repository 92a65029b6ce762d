"""A school year under a set clock: at its end nothing is lost, nothing is twice, and everybody was told once."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection

from office.models import Job
from office.verification import verify
from reports.actions.verdicts import make_verdicts
from reports.models import Submission
from reports.rules.filing import deadline
from reports.sheets.snapshot import Snapshot
from tests.school_year import COUNTIES, SchoolYear, months_between
from visits.models import VisitRecord, VisitRevision

pytestmark = pytest.mark.django_db(transaction=True)  # the ends of the audit chains are kept outside with each commit


@pytest.mark.skipif(connection.vendor != "sqlite", reason="once is enough of what every database does alike")
def test_two_counties_live_through_a_winter_with_another_policy_and_days_on_which_nothing_runs() -> None:
    live_through(SchoolYear(seed=1, schools=2, first=date(2026, 11, 17), last=date(2027, 1, 5)))


@pytest.mark.long
def test_forty_schools_live_through_a_school_year() -> None:
    live_through(SchoolYear(seed=2, schools=20))


def live_through(year: SchoolYear) -> None:
    year.live()
    everybody_was_told_once(year)
    who_files_by_itself_is_never_late(year)
    every_job_is_done(year)
    the_verdicts_are_those_of_the_records(year)
    year.close()
    every_delivered_record_is_in_one_accepted_submission()
    every_correction_is_told_once()
    what_was_frozen_has_not_moved(year)
    for scope in ("450125", "620102"):
        assert list(verify(scope)) == []
    counts = Counter(Job.objects.values_list("kind", flat=True))
    print(*(f"{what}: {count}" for what, count in sorted((year.counted + counts).items())), sep="\n")


def everybody_was_told_once(year: SchoolYear) -> None:
    """Whoever had not filed on the morning of such a day, once; nobody else, and nothing after the days without power."""
    assert year.to_remind
    assert year.reminded() == Counter(year.to_remind)
    assert year.to_tell
    assert year.told() == Counter(year.to_tell)


def who_files_by_itself_is_never_late(year: SchoolYear) -> None:
    """Where the policy files at the deadline every month past is filed on time, also when nothing ran that night."""
    by_itself = 0
    for place in year.places:
        if place.school.county_id != "620102":
            continue
        for month in months_between(year.first, year.last):
            due = year.due_on(place, month)
            if due >= year.last:
                continue
            first = Submission.objects.filter(school=place.school, month=month, submitted_at__isnull=False).order_by("version")[0]
            assert first.submitted_at is not None
            assert first.submitted_at <= deadline(month, due.day)
            by_itself += first.is_auto
    assert by_itself


def every_job_is_done(year: SchoolYear) -> None:
    left = Job.objects.exclude(state="done").values_list("kind", "state", "outcome")
    assert list(left) == []


def the_verdicts_are_those_of_the_records(year: SchoolYear) -> None:
    """One more night, and judging all over again finds nothing that is not there."""
    with time_machine.travel(year.now, tick=False) as year.clock:
        year.night_after()
    for plan in COUNTIES:
        for month in months_between(year.first, year.last.replace(day=1) - timedelta(days=8)):
            made = make_verdicts(county_code=plan.code, month=month, by=None, at=year.now)
            assert (made.first, made.revised) == (0, 0)
            assert made.unchanged


def every_delivered_record_is_in_one_accepted_submission() -> None:
    told = Counter(visit.record for snapshot in accepted() for visit in snapshot.visits)
    delivered = VisitRecord.objects.filter(visit__state="done", present=True)
    assert {str(pk) for pk in delivered.values_list("pk", flat=True)} <= set(told)
    assert set(told.values()) == {1}


def every_correction_is_told_once() -> None:
    told = Counter(each.key for snapshot in accepted() for each in snapshot.corrections)
    assert told == Counter(
        f"{visit}:{version}" for visit, version in VisitRevision.objects.exclude(reason="").values_list("visit", "version")
    )


def what_was_frozen_has_not_moved(year: SchoolYear) -> None:
    assert year.frozen
    for each in Submission.objects.exclude(state="draft"):
        assert Snapshot.read(each.snapshot).digest == each.digest == year.frozen[each.pk]


def accepted() -> list[Snapshot]:
    return [Snapshot.read(each.snapshot) for each in Submission.objects.filter(state="accepted")]
