"""Jobs: work that is a row, written in the transaction of its cause.

A room's tasks.py says how a kind of job is done:

    @handles("build_list")
    def build_list(job: Job) -> Outcome:
        ...job.payload, job.progress(done, total)...
        return Outcome("做好了 3 张表。", {"file": str(file.pk)})

It may run late, twice, or a second time after half a first time, and must do no harm then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import transaction

from office.models import Job, JobState

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What came of a job: a sentence for the person who asked, and data for the page (JSON; kept sealed)."""

    words: str = ""
    result: Any = None


Handler = Callable[[Job], Outcome | None]
_handlers: dict[str, tuple[Handler, str]] = {}


def handles(kind: str, *, queue: str = "documents") -> Callable[[Handler], Handler]:
    """Names the function that does jobs of a kind, in the worker of `queue` ("documents" or "clock").

    A `Refused` it raises ends the job with its words; any other exception is tried again.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler, queue
        return handler

    return register


def handler_of(kind: str) -> Handler:
    return _handlers[kind][0]


def enqueue(kind: str, *, key: str, by: UUID | None, at: datetime, payload: Any = None) -> Job:
    """Adds the job, or returns the one that has this key already, whatever became of it.

    `key` names the work once and for all (with the day, or the digest of what goes in); no personal data.
    """
    queue = _handlers[kind][1]
    given = {"kind": kind, "queue": queue, "by": by, "at": at, "payload": payload, "nudged_at": at}
    job, is_new = Job.objects.get_or_create(key=key, defaults=given)
    if is_new:
        transaction.on_commit(lambda: nudge(job), robust=True)
    return job


@transaction.atomic
def cancel(*, job: Job, at: datetime) -> None:
    """Takes a waiting job off the list; a running one stops at its next sign of progress."""
    waiting = Job.objects.filter(pk=job.pk, state=JobState.QUEUED)
    if not waiting.update(state=JobState.CANCELLED, outcome="已取消。", ended_at=at):
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_asked_at=at)


def nudge(job: Job) -> None:
    """Tells a worker; when the broker is down, the sweep will tell it later."""
    try:
        current_app.send_task("office.run", args=[str(job.pk)], queue=job.queue, retry=False)
    except Exception as error:  # of kombu, of redis, of the file system
        logger.warning("job %s waits for the sweep: %s", job, type(error).__name__)
