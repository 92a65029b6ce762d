"""The clock for tests: a moment, its tick, and the jobs that came of it, done by this process."""

from __future__ import annotations

from datetime import datetime, timedelta

import time_machine

from counties.tests.make import at
from office.clock import tick
from office.models import Job, JobState
from office.work import do


def pass_through(*moments: str) -> None:
    """Each moment with its tick, and everything that waits done."""
    for moment in moments:
        live(at(moment))


def live(now: datetime, *, minutes: int = 3) -> None:
    """A few ticks, as long as one thing waits for another."""
    for minute in range(minutes):
        with time_machine.travel(now + timedelta(minutes=minute), tick=False):
            assert tick(now=now + timedelta(minutes=minute)) == []
            for job in Job.objects.filter(state=JobState.QUEUED).order_by("at", "kind", "key"):
                do(job.pk)


def done(*kinds: str) -> list[str]:
    """`draft 10-25 done`: what became of the jobs of the round, one word a job."""
    rows = Job.objects.filter(kind__in=[f"month.{kind}" for kind in kinds]).order_by("at", "key")
    return [f"{job.kind.removeprefix('month.')} {job.key[-5:]} {job.state}" for job in rows]
