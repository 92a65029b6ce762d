"""The broker goes and comes back: Redis is killed, the folder of messages is full or may not be written. No job is lost by it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.conf import settings as site
from django.utils import timezone

from office import health, jobs
from office.jobs import enqueue
from office.models import AuditChain, Job, JobState
from office.rules.health import Level
from office.tests import handlers
from office.tests.workers import Start, has_state, start_worker, wait
from office.work import sweep

pytestmark = pytest.mark.django_db(transaction=True)
assert handlers
assert start_worker


def ask() -> Job:
    return enqueue("test.steps", key=uuid.uuid4().hex, by=None, at=timezone.now(), payload={})


def wait_for(*asked: Job) -> None:
    """Lets minutes pass until the sweep has told a worker of each."""
    now = timezone.now()

    def are_done() -> bool:
        nonlocal now
        now += timedelta(seconds=61)
        if all(has_state(job, JobState.DONE)() for job in asked):
            return True
        if not Job.objects.filter(state=JobState.RUNNING).exists():
            sweep(now=now)
        return False

    wait(are_done)


def effects() -> int:
    return AuditChain.objects.filter(scope__contains="-").count()


class Redis:
    """One of our own, on a free port, that keeps nothing."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.port = taken.getsockname()[1]
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.directory)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait(lambda: not socket.socket().connect_ex(("127.0.0.1", self.port)))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    if not shutil.which("redis-server"):
        pytest.skip("no redis-server here")
    one = Redis(tmp_path)
    settings.REDIS_URL = one.url
    app = Celery(broker=one.url, set_as_current=False)
    app.conf.update(broker_transport_options=settings.REDIS_OPTIONS)
    monkeypatch.setattr(jobs, "current_app", app)
    yield one
    one.kill()


def test_redis_is_killed_and_comes_back_empty(start_worker: Start, redis: Redis, caplog: pytest.LogCaptureFixture) -> None:
    worker = start_worker(REDIS_URL=redis.url)
    before = ask()
    wait(has_state(before, JobState.DONE))
    assert health.broker().level == Level.GOOD

    redis.kill()
    meanwhile = [ask(), ask()]
    assert caplog.text.count("waits for the sweep") == 2
    assert health.broker().level == Level.DOWN
    sweep(now=timezone.now() + timedelta(minutes=2))
    assert {job.state for job in Job.objects.filter(pk__in=[job.pk for job in meanwhile])} == {JobState.QUEUED}

    redis.start()
    wait_for(*meanwhile)
    assert worker.poll() is None, "the worker waited"
    assert effects() == 6
    assert health.broker().level == Level.GOOD


@pytest.fixture
def small_disk(settings: Any) -> Iterator[Path]:
    """The folder of messages on a disk of its own of 64 KiB."""
    if site.REDIS_URL:
        pytest.skip("the embedded broker alone keeps its messages in a folder")
    folder = site.BROKER_DIR
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "songjiao-test", str(folder)], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    for name in ("messages", "control"):
        (folder / name).mkdir()
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while stream.write(b"." * 4096):
            pass


def test_the_disk_of_the_messages_is_full_then_read_only(start_worker: Start, small_disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    worker = start_worker()
    before = ask()
    wait(has_state(before, JobState.DONE))
    assert health.broker().level == Level.GOOD

    filler = small_disk / "filler"
    fill(filler)
    full = ask()
    assert health.broker().level == Level.DOWN
    assert caplog.text.count("waits for the sweep: OSError") == 1
    assert not [path for path in (small_disk / "control").iterdir() if path.suffix == ".msg"], "no half message stays"
    filler.unlink()
    wait_for(full)

    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    read_only = ask()
    assert health.broker().level == Level.DOWN
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    wait_for(read_only)
    assert worker.poll() is None
    assert effects() == 6
