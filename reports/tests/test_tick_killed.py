"""The tick is killed at each of its write points: one more tick, and all that is due is there once and was told to a worker."""

from __future__ import annotations

from datetime import timedelta
from queue import Empty
from typing import Any

import pytest
from celery import current_app

from accounts.models import Notice
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import at, make_county, make_school
from office import work
from office.clock import tick
from office.models import AuditLine, Job, JobState, Pulse
from office.tests.backed_up import settle
from office.tests.deaths import killed_everywhere
from reports.models import Filing, Submission, Verdict
from reports.tests.rounds import live
from students.tests.make import make_case
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db(transaction=True)
NOW, A_MINUTE = at("2026-11-02 08:10"), timedelta(minutes=1)
COUNTED = (Submission, Filing, Notice, Verdict, AuditLine)


@pytest.fixture
def schools(settings: Any, tmp_path: Any) -> list[School]:
    """Two counties, back after a week: one is told who has not filed, the other's schools are filed by the clock."""
    settings.BACKUPS = str(tmp_path / "backups")
    counties = [make_county("450125"), make_county("360922", preset="甘肃 2018", submit_due_day=31, prepare_day=27, auto_submit=True)]
    schools = [make_school(county, reports_from=at("2026-10-01").date()) for county in counties for _ in range(2)]
    for county in counties:
        make_user(Role.COUNTY_STAFF, county)
    for school in schools:
        make_user(Role.SCHOOL_ADMIN, school)
        teachers = (make_user(Role.TEACHER, school), make_user(Role.TEACHER, school))
        make_visit(make_case(school, teachers=teachers), start="2026-10-13 14:00", people=teachers)
    return schools


def forget() -> None:
    Job.objects.all().delete()
    Pulse.objects.all().delete()
    told()


def told() -> set[str]:
    """The jobs the broker holds messages of; it holds none afterwards."""
    found = set()
    with current_app.connection_for_read() as line:
        for name in ("documents", "clock"):
            with line.SimpleQueue(current_app.amqp.queues[name]) as queue:  # type: ignore[arg-type]
                while True:
                    try:
                        message = queue.get_nowait()
                    except Empty:
                        break
                    found.add(message.payload[0][0])
                    message.ack()
    return found


def asked() -> list[str]:
    return sorted(Job.objects.values_list("key", flat=True))


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in COUNTED}


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.long)])
def test_killed_at_each_point_the_next_tick_makes_up_for_it(schools: list[School], step: int, capsys: pytest.CaptureFixture[str]) -> None:
    forget()
    assert tick(now=NOW) == []
    due = asked()
    assert len(due) > len(schools)
    assert told() == {str(pk) for pk in Job.objects.values_list("pk", flat=True)}

    kills, halves, untold = 0, 0, 0
    forget()
    for _ in killed_everywhere(lambda: tick(now=NOW), step=step):
        settle()
        before = asked()
        assert set(before) <= set(due)
        halves += 0 < len(before) < len(due)
        assert tick(now=NOW + A_MINUTE) == []
        assert asked() == due
        assert Pulse.objects.get(name="tick").at == NOW + A_MINUTE
        heard = told()
        untold += len(heard) < len(due)
        work.sweep(now=NOW + 3 * A_MINUTE)
        assert heard | told() >= {str(pk) for pk in Job.objects.values_list("pk", flat=True)}
        kills += 1
        forget()

    with capsys.disabled():
        print(f"\nthe tick was killed at {kills} points, {halves} times among its jobs; {untold} times the sweep had to tell a job")
    assert halves > 10 // step


def test_what_a_killed_tick_left_is_done_once(schools: list[School], settings: Any) -> None:
    settings.BACKUPS = ""
    for _ in killed_everywhere(lambda: tick(now=NOW), step=5):  # each goes on where the one before was killed
        settle()
    live(NOW + A_MINUTE)
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
    assert [each.filings.count() for each in Submission.objects.filter(is_auto=True)] == [1, 1]
    before = counts()
    assert before["Notice"] > 0
    Job.objects.update(state=JobState.QUEUED, attempts=0)
    live(NOW + 2 * A_MINUTE)
    assert counts() == before
