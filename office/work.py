"""What the worker does with a job, and what the sweep does with one that nobody holds."""

from __future__ import annotations

import logging
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import Error, connection, transaction
from django.db.models import F
from django.utils import timezone

from office.health import is_full
from office.jobs import FORGET_AFTER, Outcome, handler_of, nudge, told_at_the_end
from office.models import Job, JobState, JobStopped
from office.refusals import Refused

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
HEARTBEAT = 10  # seconds
LOST_AFTER = timedelta(seconds=60)  # without a heartbeat
TELL_AGAIN_AFTER = timedelta(seconds=60)
TOLD_BY_ONE_SWEEP = 50

CANCELLED = "已取消。"
TOO_LONG = "用时太长，已停止。请缩小范围后重新发起。"
GAVE_UP = "试了 {} 次都没有做成，已停止。请稍后重新发起；还不行，请把编号 {} 告诉系统管理员。"

FULL = "服务器的磁盘满了，试了 {} 次都没有做成。请系统管理员清出空间，再点“再试一次”；编号 {}。"


def do(job_id: UUID) -> None:
    """Does the job if it is waiting; otherwise it is somebody else's, or over."""
    job = _take(job_id)
    if job is None:
        return
    with _heartbeat(job):
        if job.cancel_asked_at:
            _end(job, JobState.CANCELLED, Outcome(CANCELLED))
        else:
            _attempt(job)


def _take(job_id: UUID) -> Job | None:
    lease = uuid.uuid4()
    taken = {"state": JobState.RUNNING, "lease": lease, "heartbeat_at": timezone.now(), "attempts": F("attempts") + 1}
    if not Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(**taken):
        return None
    return Job.objects.held(job_id, lease).first()


def _attempt(job: Job) -> None:
    try:
        outcome = handler_of(job.kind)(job)
    except Refused as refusal:
        _end(job, JobState.FAILED, Outcome(str(refusal)))
    except JobStopped:
        _end(job, JobState.CANCELLED, Outcome(CANCELLED))
    except SoftTimeLimitExceeded:
        _end(job, JobState.FAILED, Outcome(TOO_LONG))
    except Exception as error:
        # The error's text may quote a child's data: its type and place are enough to find it.
        logger.error("job %s: %s\n%s", job, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
        _give_back(job, told_at=timezone.now(), why=FULL if is_full(error) else GAVE_UP)
    else:
        _end(job, JobState.DONE, outcome or Outcome())


@transaction.atomic
def _end(job: Job, state: JobState, outcome: Outcome) -> None:
    """Writes what came of the job, if it is still held; a result that comes after the lease was lost is dropped."""
    ended = Job.objects.held(job.pk, job.lease).update(
        state=state, outcome=outcome.words, result=outcome.result, ended_at=timezone.now(), lease=None, heartbeat_at=None
    )
    if ended:
        _tell(Job.objects.get(pk=job.pk))


def _tell(job: Job) -> None:
    for tell in told_at_the_end():
        try:
            with transaction.atomic():
                tell(job)
        except Exception as error:  # the job is over all the same
            logger.error("job %s: nobody was told: %s", job, type(error).__name__)


def _give_back(job: Job, *, told_at: datetime | None, why: str = "") -> None:
    """To the list again, for the sweep after `told_at`; after MAX_ATTEMPTS it has failed, and `why` is told."""
    if job.attempts >= MAX_ATTEMPTS:
        _end(job, JobState.FAILED, Outcome((why or GAVE_UP).format(MAX_ATTEMPTS, job.pk)))
    else:
        Job.objects.held(job.pk, job.lease).update(state=JobState.QUEUED, lease=None, heartbeat_at=None, nudged_at=told_at, done=0)


@contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    """Tells the sweep that the job is held, from a thread of its own with a connection of its own."""
    over = Event()
    thread = Thread(target=_beat, args=(job, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(job: Job, over: Event) -> None:
    while not over.wait(HEARTBEAT):
        try:
            Job.objects.held(job.pk, job.lease).update(heartbeat_at=timezone.now())
        except Error as error:
            logger.warning("job %s missed a heartbeat: %s", job, type(error).__name__)
        connection.close()


def sweep(*, now: datetime) -> None:
    """Gives back what nobody holds, tells the workers what waits untold, forgets what old jobs knew.

    May run late, twice, or in several workers at once.
    """
    for job in Job.objects.abandoned(since=now - LOST_AFTER):
        _give_back(job, told_at=None)
    for job in Job.objects.unheard(since=now - TELL_AGAIN_AFTER)[:TOLD_BY_ONE_SWEEP]:
        if Job.objects.filter(pk=job.pk, nudged_at=job.nudged_at).update(nudged_at=now):
            nudge(job)
    Job.objects.filter(ended_at__lt=now - FORGET_AFTER).exclude(payload__isnull=True, result__isnull=True).update(payload=None, result=None)
