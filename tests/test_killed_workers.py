"""Workers are killed at every point of a job: nothing asked for is lost, and each thing happens once."""

from __future__ import annotations

import io
import os
import random
import signal
import time
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Notice, User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import Area
from counties.tests.make import make_county, make_school
from office import work
from office.jobs import enqueue
from office.models import AuditChain, AuditLine, Job, JobState
from office.tests import handlers
from office.tests.workers import POINTS, Start, children_of, kill, let_die, start_worker, wait
from office.work import sweep
from students.actions.roster_upload import confirm_roster, upload_roster
from students.models import RosterUpload, Student
from students.tests.make import make_roster, make_row

pytestmark = pytest.mark.django_db(transaction=True)
assert handlers
assert start_worker

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def clerk() -> User:
    county = make_county()
    make_user(Role.TEACHER, make_school(county, name="一小"), name="韦志玲")
    return make_user(Role.COUNTY_STAFF, county)


def ask(clerk: User, point: str, directory: Path, whom: str = "child", **payload: Any) -> tuple[Job, Path]:
    """A job of two steps, asked for a minute ago: its end is worth a notice."""
    with transaction.atomic():
        job = enqueue("test.steps", key=uuid.uuid4().hex, by=clerk.pk, at=timezone.now() - A_MINUTE, payload=payload)
        return job, let_die(directory, job, point, whom)


def later() -> None:
    """Two minutes on: whoever shows no sign of life by then is taken for dead."""
    sweep(now=timezone.now() + 2 * A_MINUTE)


def all_over() -> bool:
    return not Job.objects.exclude(state__in=[JobState.DONE, JobState.FAILED]).exists()


def effects(job: Job) -> int:
    return AuditChain.objects.filter(scope__in=[f"1-{job.key[:10]}", f"2-{job.key[:10]}"]).count()


def test_a_child_dies_at_each_point(clerk: User, start_worker: Start, tmp_path: Path) -> None:
    asked = {point: ask(clerk, point, tmp_path) for point in POINTS}
    worker = start_worker(children=8)  # a dead child's place is free ten seconds later
    wait(lambda: all(died.exists() for _, died in asked.values()))
    assert worker.poll() is None, "the worker outlives its children"
    assert not Job.objects.filter(state=JobState.FAILED).exists()

    later()
    wait(all_over)
    attempts = {}
    for point, (job, _) in asked.items():
        job.refresh_from_db()
        attempts[point] = job.attempts
        assert (job.state, job.outcome, effects(job)) == (JobState.DONE, "两步都做了。", 2), point
    assert attempts == {"told": 1, "taken": 2, "half": 2, "done": 2, "ending": 2, "ended": 1}
    assert Notice.objects.filter(user=clerk).count() == len(POINTS), "each end is told once, whatever died"


def test_the_leader_dies_and_its_children_with_it(clerk: User, start_worker: Start, tmp_path: Path) -> None:
    job, died = ask(clerk, "half", tmp_path, "parent", seconds=30)
    first = start_worker()
    wait(died.exists)
    wait(lambda: first.poll() is not None)
    Job.objects.filter(pk=job.pk).update(payload={})
    later()
    start_worker()
    wait(all_over)
    job.refresh_from_db()
    assert (job.state, job.attempts, effects(job), Notice.objects.filter(user=clerk).count()) == (JobState.DONE, 2, 2, 1)


def test_a_roster_goes_in_once_though_its_worker_dies_with_the_result(clerk: User, start_worker: Start, tmp_path: Path) -> None:
    sheet = io.BytesIO(make_roster(*(make_row(送教学校="一小") for _ in range(5))))
    with transaction.atomic():
        upload = upload_roster(stream=sheet, county=Area.objects.get(), by=clerk, at=timezone.now(), limit=10**7)
        assert upload.checking
        checked = let_die(tmp_path, upload.checking, "done")
    start_worker()
    wait(checked.exists)
    later()
    wait(all_over)

    with transaction.atomic():
        confirm_roster(upload=upload, confirmed=frozenset(), by=clerk, at=timezone.now())
        upload = RosterUpload.objects.with_work().get(pk=upload.pk)
        assert upload.importing
        died = let_die(tmp_path, upload.importing, "done")
    wait(died.exists)
    later()
    wait(all_over)
    upload = RosterUpload.objects.with_work().get(pk=upload.pk)
    assert (upload.stage, upload.counts["created"], Student.objects.count()) == ("done", 5, 5)
    assert AuditLine.objects.filter(verb="roster.imported").count() == 1


@pytest.mark.long
def test_a_minute_of_kills(
    clerk: User, start_worker: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two workers, one of them or one of their children killed every half second, in the middle of whatever it does."""
    monkeypatch.setattr(work, "LOST_AFTER", timedelta(seconds=3))
    monkeypatch.setattr(work, "TELL_AGAIN_AFTER", timedelta(seconds=3))
    monkeypatch.setattr(work, "MAX_ATTEMPTS", 100)
    chance, counts = random.Random(28), Counter[str]()
    workers, asked = [start_worker(SONGJIAO_TEST_HASTE="yes") for _ in range(2)], []
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for _ in range(3):
            payload = {"seconds": chance.random()}
            asked.append(enqueue("test.steps", key=uuid.uuid4().hex, by=clerk.pk, at=timezone.now() - A_MINUTE, payload=payload))
        number = chance.randrange(len(workers))
        children = children_of(workers[number].pid)  # none while it starts
        if children and chance.random() < 0.2:
            kill(workers[number])
            workers[number] = start_worker(SONGJIAO_TEST_HASTE="yes")
            counts["workers killed"] += 1
        elif children:
            os.kill(chance.choice(children), signal.SIGKILL)
            counts["children killed"] += 1
        sweep(now=timezone.now())
        time.sleep(0.5)
    while not all_over():
        assert time.monotonic() < end + 300
        sweep(now=timezone.now())
        time.sleep(0.5)

    counts["jobs"] = len(asked)
    counts["attempts"] = sum(Job.objects.filter(kind="test.steps").values_list("attempts", flat=True))
    counts["notices"] = Notice.objects.filter(user=clerk).count()
    with capsys.disabled():
        print(f"\nkilled workers: {dict(counts)}")
    assert counts["children killed"] > 5
    assert counts["workers killed"] > 0
    assert counts["attempts"] > counts["jobs"], "some were killed in the middle"
    assert {job.state for job in Job.objects.all()} == {JobState.DONE}
    assert [effects(job) for job in asked] == [2] * len(asked)
    assert counts["notices"] == counts["jobs"]
