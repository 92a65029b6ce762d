"""Jobs: work that is a row, written in the transaction of its cause.

A room's tasks.py says how a kind of job is done:

    @handles("build_list", title="做名单")
    def build_list(job: Job) -> Outcome:
        ...job.payload, job.progress(done, total)...
        return Outcome("做好了 3 张表。", {"file": str(file.pk)})

It may run late, twice, or a second time after half a first time, and must do no harm then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
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
Links = Callable[[Job], list[tuple[str, str]]]


class Kind(NamedTuple):
    """How jobs of a kind are done, and how people read of them."""

    handler: Handler
    queue: str
    title: str = ""
    links: Links | None = None


UNNAMED = "系统的日常工作"
FORGET_AFTER = timedelta(days=30)  # what an ended job was told and found
_handlers: dict[str, Kind] = {}
_told_at_the_end: list[Callable[[Job], None]] = []


def handles(kind: str, *, queue: str = "documents", title: str = UNNAMED, links: Links | None = None) -> Callable[[Handler], Handler]:
    """Names the function that does jobs of a kind, in the worker of `queue` ("documents" or "clock").

    A `Refused` it raises ends the job with its words; any other exception is tried again. The page of jobs calls
    the kind by its `title`; who asked finds what came of a job by its `links` (label, address).
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = Kind(handler, queue, title, links)
        return handler

    return register


def handler_of(kind: str) -> Handler:
    return _handlers[kind].handler


def title_of(kind: str) -> str:
    """What people call it; also for kinds that nobody does any more."""
    return _handlers[kind].title if kind in _handlers else UNNAMED


def titles() -> dict[str, str]:
    """The kinds that have a name of their own, by it."""
    return {kind: found.title for kind, found in _handlers.items() if found.title != UNNAMED}


def links_of(job: Job) -> list[tuple[str, str]]:
    """Where to look at what came of a job that is done: label and address; nothing once its content was forgotten."""
    links = _handlers[job.kind].links if job.kind in _handlers else None
    return links(job) if links and job.state == JobState.DONE and job.payload is not None else []


def may_repeat(job: Job, *, at: datetime) -> bool:
    """Whether one that came to nothing may be attempted anew: its content is still known, and somebody does its kind."""
    came_to_nothing = job.state in {JobState.FAILED, JobState.CANCELLED}
    return came_to_nothing and job.kind in _handlers and job.ended_at is not None and at - job.ended_at < FORGET_AFTER


def when_over(tell: Callable[[Job], None]) -> Callable[[Job], None]:
    """Has `tell` called with each job that ends, in the transaction of its end."""
    _told_at_the_end.append(tell)
    return tell


def told_at_the_end() -> Iterator[Callable[[Job], None]]:
    yield from _told_at_the_end


def enqueue(kind: str, *, key: str, by: UUID | None, at: datetime, payload: Any = None) -> Job:
    """Adds the job, or returns the one that has this key already, whatever became of it.

    `key` names the work once and for all (with the day, or the digest of what goes in); no personal data.
    """
    queue = _handlers[kind].queue
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


@transaction.atomic
def repeat(*, job: Job, at: datetime) -> bool:
    """Puts a job that came to nothing on the list again, as if it had been asked for now; returns whether it did."""
    over = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED])
    anew = {"done": 0, "total": 0, "outcome": "", "cancel_asked_at": None, "ended_at": None}
    if not may_repeat(job, at=at) or not over.update(state=JobState.QUEUED, attempts=0, at=at, nudged_at=at, **anew):
        return False
    transaction.on_commit(lambda: nudge(job), robust=True)
    return True


def nudge(job: Job) -> None:
    """Tells a worker; when the broker is down, the sweep will tell it later."""
    try:
        current_app.send_task("office.run", args=[str(job.pk)], queue=job.queue, retry=False)
    except Exception as error:  # of kombu, of redis, of the file system
        logger.warning("job %s waits for the sweep: %s", job, type(error).__name__)
