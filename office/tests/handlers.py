"""Kinds of jobs for tests, in this process and in a real worker's."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path

from office.jobs import Outcome, handles
from office.models import AuditChain, Job
from office.refusals import Refused

# Each effect is a row that only one run can make: twice would show.


@handles("test.once")
def once(job: Job) -> Outcome:
    AuditChain.objects.create(scope=uuid.uuid4().hex[:12], head=job.key[:64])
    return Outcome("做好了。", {"heard": job.payload})


@handles("test.alarm", queue="clock")
def alarm(job: Job) -> None:
    AuditChain.objects.create(scope="alarm")


@handles("test.slow")
def slow(job: Job) -> Outcome:
    """Waits for a file to appear; the first time it is asked, it says which process it is."""
    note = Path(job.payload["directory"])
    (note / f"begun-{job.attempts}").write_text(str(os.getpid()))
    for step in range(600):
        if (note / "go").exists():
            break
        time.sleep(0.05)
        job.progress(step, 600)
    AuditChain.objects.get_or_create(scope="slow")
    return Outcome("慢慢做好了。")


@handles("test.steps")
def steps(job: Job) -> Outcome:
    """Two effects that stand whatever happens between them, each once."""
    from office.tests.workers import die

    AuditChain.objects.get_or_create(scope=f"1-{job.key[:10]}")
    die(job.pk, "half")
    time.sleep((job.payload or {}).get("seconds", 0))
    AuditChain.objects.get_or_create(scope=f"2-{job.key[:10]}")
    return Outcome("两步都做了。")


@handles("test.refuse")
def refuse(job: Job) -> None:
    raise Refused("表里没有姓名这一列。")


@handles("test.fail")
def fail(job: Job) -> None:
    raise ValueError(job.payload["id_number"])


@handles("test.stop")
def stop(job: Job) -> None:
    job.progress(1, 10)
    raise AssertionError("a job that is stopped got past its sign of progress")
