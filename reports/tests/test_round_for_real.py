"""The month's round with real workers and real beats whose clocks are moved: two counties from the 24th to the 3rd."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
import time_machine
from django.conf import settings
from django.db import connection

from accounts.models import Notice, User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import at, make_county, make_school
from office.jobs import handler_of
from office.models import AuditLine, Job, JobState, Pulse
from office.querysets import JobQuerySet
from office.tests.moved_clock import VARIABLE, moved_now, set_clock
from office.tests.workers import kill, wait
from reports.actions.filing import submit
from reports.models import Filing, Submission, Verdict
from students.tests.make import make_case
from visits.tests.make import make_visit

pytestmark = [pytest.mark.django_db(transaction=True)]
OCTOBER = date(2026, 10, 1)
OVER = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
Process = subprocess.Popen[bytes]


class Machine:
    """Workers and beats as they run in production, at a moment of the test's choice."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.clock = directory, directory / "clock"
        self.running: list[Process] = []

    def start(self, *command: str) -> Process:
        known = {
            "SONGJIAO_TEST_DATABASE": str(connection.settings_dict["NAME"]),
            "DJANGO_SETTINGS_MODULE": "songjiao.settings",
            VARIABLE: str(self.clock),
        }
        with (self.directory / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "reports.tests.worker", *command, "-l", "INFO"],
                env=os.environ | known,
                cwd=settings.BASE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def worker(self) -> Process:
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        return self.start("worker", "-Q", "documents,clock", "-c", "2", *quiet, "-n", f"{uuid.uuid4()}@localhost")

    def beat(self) -> Process:
        name = self.directory / uuid.uuid4().hex
        return self.start("beat", "--max-interval", "1", "-s", str(name), "--pidfile", f"{name}.pid")

    def stop(self) -> None:
        for process in self.running:
            kill(process)

    def live(self, moment: datetime, *, minutes: int = 2) -> None:
        """From that moment on, until nothing is left to do: what waits for something else comes with the next minute's tick."""
        for _ in range(minutes):
            self.hear_a_tick(moment)
            wait(lambda: not waiting(), 240)

    def hear_a_tick(self, moment: datetime) -> None:
        """Sets the clocks so that every beat is due; one that was only just started is so a minute later."""
        for _ in range(10):
            then = max(moment, moved_now(self.clock) + timedelta(seconds=61))
            set_clock(self.clock, then)
            until = time.monotonic() + 20
            while time.monotonic() < until:
                if Pulse.objects.filter(name="tick", at__gte=then).exists():
                    return
                time.sleep(0.1)
        raise AssertionError(f"no tick:\n{self.log()[-5000:]}")

    def log(self) -> str:
        return (self.directory / "log").read_text()


def waiting() -> bool:
    return Job.objects.exclude(state__in=OVER).exists()


def steps() -> JobQuerySet:
    found: JobQuerySet = Job.objects.filter(kind__startswith="month.")
    return found


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    set_clock(made.clock, at("2026-10-24 12:00"))
    yield made
    made.stop()


class Cast:
    """A county that files by hand until the 28th, and one that files by itself on the 31st and judges weeks; two schools each."""

    def __init__(self) -> None:
        self.counties = [
            make_county("450125"),
            make_county("360922", preset="甘肃 2018", submit_due_day=31, prepare_day=27, auto_submit=True),
        ]
        self.schools = [make_school(county, reports_from=OCTOBER) for county in self.counties for _ in range(2)]
        self.admins = {school.pk: make_user(Role.SCHOOL_ADMIN, school) for school in self.schools}
        self.clerks = [make_user(Role.COUNTY_STAFF, county) for county in self.counties]
        for school in self.schools:
            teachers = (make_user(Role.TEACHER, school), make_user(Role.TEACHER, school))
            case = make_case(school, teachers=teachers)
            for day in ("13", "30"):
                make_visit(case, start=f"2026-10-{day} 14:00", people=teachers)

    def reminded(self, school: School) -> list[str]:
        told = Notice.objects.filter(user=self.admins[school.pk], kind="reminder").order_by("at")
        return [notice.key[-5:] for notice in told]

    def told(self, clerk: User) -> list[str]:
        return sorted(Notice.objects.filter(user=clerk).values_list("kind", flat=True))


def counts() -> dict[str, int]:
    """What there is: a thing done twice would be one more."""
    models = (Submission, Filing, Notice, Verdict, AuditLine)
    return {model.__name__: model._default_manager.count() for model in models}


def files_a_month(cast: Cast) -> None:
    """The first school's administrator files on the evening of the 28th, as the page would."""
    school, moment = cast.schools[0], at("2026-10-28 20:00")
    with time_machine.travel(moment, tick=False):
        submit(school=school, month=OCTOBER, version=1, by=cast.admins[school.pk], at=moment)


def check(cast: Cast) -> None:
    filer, absent, *automatic = cast.schools
    states = {each.school_id: (each.state, each.version, each.is_auto) for each in Submission.objects.all()}
    assert states == {
        filer.pk: ("submitted", 1, False),
        absent.pk: ("draft", 1, False),
        **{school.pk: ("submitted", 1, True) for school in automatic},
    }
    assert all(each.pdf and each.xlsx for each in Submission.objects.all())
    filed = Submission.objects.filter(is_auto=True)
    assert set(filed.values_list("submitted_at", "as_of")) == {(at("2026-10-31 23:59:59"),) * 2}
    assert Counter(Filing.objects.values_list("submission__school", flat=True)) == {filer.pk: 1, **{school.pk: 2 for school in automatic}}
    assert cast.reminded(absent) == ["10-21", "10-25", "10-28"]
    assert [cast.reminded(school) for school in automatic] == [["10-24", "10-28"]] * 2
    assert cast.told(cast.clerks[0]) == ["reminder", "submitted"]
    assert cast.told(cast.clerks[1]) == ["submitted", "submitted"]
    assert f"1 所学校没有上报：{absent.name}" in Notice.objects.get(user=cast.clerks[0], kind="reminder").text
    assert Counter(Verdict.objects.of_month(OCTOBER).values_list("school", flat=True)) == {school.pk: 1 for school in cast.schools}
    assert set(steps().values_list("state", flat=True)) == {JobState.DONE}


def test_from_the_24th_to_the_3rd(machine: Machine) -> None:
    """Two workers and two beats; one worker is killed while it draws up drafts, a beat for good."""
    cast = Cast()
    machine.beat()
    beat, worker = machine.beat(), machine.worker()
    machine.worker()
    for moment in ("2026-10-24 12:00", "2026-10-25 09:00"):
        machine.live(at(moment), minutes=1)
    set_clock(machine.clock, at("2026-10-28 09:00"))
    wait(lambda: Job.objects.filter(state=JobState.RUNNING).exists(), 240)
    kill(worker)
    kill(beat)
    machine.worker()
    machine.live(at("2026-10-28 09:10"), minutes=3)  # what it held is found by the sweep, and done by another
    files_a_month(cast)
    for moment in ("2026-10-29 09:00", "2026-11-01 00:00", "2026-11-01 09:00", "2026-11-03 09:00"):
        machine.live(at(moment), minutes=1)
    assert "Traceback" not in machine.log()
    check(cast)

    before = counts()
    steps().update(state=JobState.QUEUED, attempts=0, nudged_at=None)  # as if none had ever been done
    machine.live(at("2026-11-03 09:10"), minutes=3)
    assert counts() == before
    check(cast)


def test_off_from_the_27th_to_the_2nd_and_two_at_once(machine: Machine) -> None:
    cast = Cast()
    beat, worker = machine.beat(), machine.worker()
    machine.live(at("2026-10-25 09:00"))
    kill(beat)
    kill(worker)
    machine.beat()
    machine.worker()
    machine.live(at("2026-11-02 08:10"), minutes=3)
    assert [cast.reminded(school) for school in cast.schools] == [["10-25"], ["10-25"], ["10-24"], ["10-24"]], "none for days gone by"
    filed = Submission.objects.filter(is_auto=True, submitted_at=at("2026-10-31 23:59:59"))
    assert set(filed.values_list("school", flat=True)) == {school.pk for school in cast.schools[2:]}
    assert [cast.told(clerk) for clerk in cast.clerks] == [["reminder"], ["submitted", "submitted"]]
    assert Verdict.objects.of_month(OCTOBER).count() == 4

    machine.stop()
    before = counts()
    twice_at_once(at("2026-11-02 09:00"))
    assert counts() == before


def twice_at_once(moment: datetime) -> None:
    """Each job by two at the same time, without the lease that keeps workers apart."""
    failures: list[Exception] = []

    def do(job: Job, meeting: Barrier) -> None:
        meeting.wait(30)
        try:
            handler_of(job.kind)(job)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    with time_machine.travel(moment, tick=False):
        for job in steps():
            Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, lease=(lease := uuid.uuid4()))
            job.lease, meeting = lease, Barrier(2)
            threads = [Thread(target=do, args=(job, meeting)) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert failures == []
