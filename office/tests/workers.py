"""Real worker processes for tests: started, killed, waited for; and told where to die.

A death is a file `<job>-<point>-<whom>`: the worker that comes to that point of that job renames it and kills its child (`child`),
the process that leads it (`parent`), or both (`worker`), without a word. Points, in order: `told` (before the job is taken), `taken`,
`half` (between two effects of test.steps), `done` (the result is known, the end is not written), `ending` (in the transaction of the
end), `ended` (after it).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from office import jobs, work
from office.models import Job, JobState

POINTS = ("told", "taken", "half", "done", "ending", "ended")
Worker = subprocess.Popen[bytes]
Start = Callable[..., Worker]


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Start]:
    """Starts workers of both queues, each the leader of a process group of its own; kills what is left of them."""
    workers: list[Worker] = []

    def start(children: int = 2, **more: str) -> Worker:
        command = [sys.executable, "-m", "celery", "-A", "office.tests.worker", "worker", "-Q", "documents,clock", "-l", "INFO"]
        command += ["-c", str(children), "--without-gossip", "--without-mingle", "--without-heartbeat", "-n", f"{uuid.uuid4()}@localhost"]
        known = {"SONGJIAO_TEST_DATABASE": str(connection.settings_dict["NAME"]), "DJANGO_SETTINGS_MODULE": "songjiao.settings"}
        known |= {"SONGJIAO_TEST_DEATHS": str(tmp_path)} | more
        with (tmp_path / "worker.log").open("ab") as log:
            workers.append(
                subprocess.Popen(command, env=os.environ | known, cwd=settings.BASE, stdout=log, stderr=log, start_new_session=True)
            )
        return workers[-1]

    yield start
    for worker in workers:
        kill(worker)


def kill(worker: Worker) -> None:
    """The worker and its children, without a word."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def children_of(pid: int) -> list[int]:
    """The processes of a worker's pool, whichever of its threads made them."""
    return [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]


def wait(what: Callable[[], object], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "the worker did not do it in time"
        time.sleep(0.1)


def has_state(job: Job, state: JobState) -> Callable[[], bool]:
    return lambda: Job.objects.filter(pk=job.pk, state=state).exists()


def let_die(directory: Path, job: Job, point: str, whom: str = "child") -> Path:
    """Has the worker die there, once; returns the file that says that it did. Call it in the transaction that asks for the job."""
    assert point in POINTS
    (directory / f"{job.pk}-{point}-{whom}").touch()
    return directory / f"{job.pk}-{point}-died"


# --- In the worker's process -------------------------------------------------------------------------------


def die(job: uuid.UUID, point: str) -> None:
    directory = Path(os.environ.get("SONGJIAO_TEST_DEATHS", "/nowhere"))
    for whom, pids in {"child": [os.getpid()], "parent": [os.getppid()], "worker": [os.getppid(), os.getpid()]}.items():
        with contextlib.suppress(FileNotFoundError):
            (directory / f"{job}-{point}-{whom}").rename(directory / f"{job}-{point}-died")
            for pid in pids:
                os.kill(pid, signal.SIGKILL)


def mortal() -> None:
    """Makes this process die where it is told to."""
    take, end = work._take, work._end

    def mortal_take(job_id: uuid.UUID) -> Job | None:
        die(job_id, "told")
        job = take(job_id)
        if job is not None:
            die(job_id, "taken")
        return job

    def mortal_end(job: Job, state: JobState, outcome: jobs.Outcome) -> None:
        die(job.pk, "done")
        end(job, state, outcome)
        die(job.pk, "ended")

    work._take, work._end = mortal_take, mortal_end
    jobs.when_over(lambda job: die(job.pk, "ending"))
