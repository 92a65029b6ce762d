"""A real worker process, on the broker of this run: the embedded one, or Redis where REDIS_URL names it."""

from __future__ import annotations

import os
import platform
import signal
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from office.jobs import enqueue
from office.models import AuditChain, Job, JobState, Pulse
from office.tests import handlers
from office.tests.workers import Start, children_of, has_state, kill, start_worker, wait
from office.work import sweep

pytestmark = [pytest.mark.django_db(transaction=True)]

assert handlers
assert start_worker


def ask(kind: str, **payload: str) -> Job:
    return enqueue(kind, key=f"{kind}:{uuid.uuid4()}", by=None, at=timezone.now(), payload=payload)


def test_jobs_of_both_queues_are_done(start_worker: Start) -> None:
    before = ask("test.once", child="甲")  # asked while no worker runs
    start_worker()
    wait(has_state(before, JobState.DONE))
    alarm = ask("test.alarm")
    wait(has_state(alarm, JobState.DONE))
    before.refresh_from_db()
    assert (before.outcome, before.result, before.attempts) == ("做好了。", {"heard": {"child": "甲"}}, 1)
    assert AuditChain.objects.count() == 2
    assert set(Pulse.objects.values_list("name", flat=True)) == {"worker:documents", "worker:clock"}


def test_a_worker_shows_that_it_lives_until_it_is_killed(start_worker: Start) -> None:
    worker = start_worker()
    wait(Pulse.objects.filter(name="worker:clock").exists)
    first = Pulse.objects.get(name="worker:clock")
    wait(Pulse.objects.filter(name="worker:clock", at__gt=first.at).exists)
    assert (first.detail["pid"], first.host) == (worker.pid, platform.node())

    kill(worker)
    last = Pulse.objects.get(name="worker:clock").at
    time.sleep(1.5)
    assert Pulse.objects.get(name="worker:clock").at == last


def test_a_job_whose_worker_is_killed_is_done_exactly_once(start_worker: Start, tmp_path: Path) -> None:
    first = start_worker()
    job = ask("test.slow", directory=str(tmp_path))
    wait((tmp_path / "begun-1").exists)
    kill(first)
    (tmp_path / "go").touch()
    assert has_state(job, JobState.RUNNING)(), "nothing is lost: the row still says that it is to be done"

    start_worker()
    sweep(now=timezone.now() + timedelta(minutes=2))
    sweep(now=timezone.now() + timedelta(minutes=2))
    wait(has_state(job, JobState.DONE))
    job.refresh_from_db()
    assert (job.attempts, job.outcome) == (2, "慢慢做好了。")
    assert AuditChain.objects.filter(scope="slow").count() == 1


def test_a_child_killed_while_it_waits_for_work_silences_nobody(start_worker: Start) -> None:
    worker = start_worker(children=1)
    first = ask("test.once")
    wait(has_state(first, JobState.DONE))
    (child,) = children_of(worker.pid)
    time.sleep(0.5)  # it waits again
    os.kill(child, signal.SIGKILL)
    wait(lambda: children_of(worker.pid) not in ([child], []))
    second = ask("test.once")
    wait(has_state(second, JobState.DONE))


def test_calls_that_are_no_jobs_do_not_stop_the_worker(start_worker: Start) -> None:
    """Messages and bindings half written when their writer was killed."""
    if settings.REDIS_URL:
        pytest.skip("only the embedded broker keeps messages as files")
    messages = settings.BROKER_DIR / "messages"
    (messages / "0_half.documents.msg").write_bytes(b"")
    (messages / "1_half.documents.msg").write_bytes(b'{"body": "')
    for binding in (settings.BROKER_DIR / "control").iterdir():
        binding.write_bytes(b"")
    worker = start_worker()
    job = ask("test.once")
    wait(has_state(job, JobState.DONE))
    assert worker.poll() is None
