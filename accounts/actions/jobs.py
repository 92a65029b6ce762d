"""What people do about the jobs they asked for, and how they hear that one is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from accounts.actions.notices import notify
from accounts.models import User
from office import jobs
from office.audit import record
from office.models import Job, JobState
from office.refusals import Refused

LONG = timedelta(seconds=30)  # who waited for less saw it end


@transaction.atomic
def cancel_job(*, job: Job, by: User, at: datetime) -> None:
    """Takes it off the list; one that is running stops at its next step. What is over stays as it is."""
    if job.is_over:
        return
    jobs.cancel(job=job, at=at)
    record("job.cancelled", subject=job.pk, by=by.pk, at=at, detail={"job": jobs.title_of(job.kind)})


@transaction.atomic
def repeat_job(*, job: Job, by: User, at: datetime) -> None:
    """Has one that came to nothing attempted anew. Raises Refused for any other."""
    if not jobs.repeat(job=job, at=at):
        raise Refused("这件任务不能再试：它已经在做或已经做好，或者过去太久、内容已经清除。请从原来的页面重新发起。")
    record("job.repeated", subject=job.pk, by=by.pk, at=at, detail={"job": jobs.title_of(job.kind)})


def tell_who_asked(job: Job) -> None:
    """One notice for each time it was asked for, when it took long or came to nothing; none to who cancelled it."""
    if job.by is None or job.ended_at is None or not User.objects.filter(pk=job.by).exists():
        return
    failed, long = job.state == JobState.FAILED, job.state == JobState.DONE and job.ended_at - job.at >= LONG
    if failed or long:
        text = f"“{jobs.title_of(job.kind)}”{'没有做成，点开看原因。' if failed else '做好了。'}"
        path = reverse("job_detail", args=[job.pk])
        notify(users=[job.by], kind="job", key=f"job:{job.pk}:{job.at:%Y%m%d%H%M%S%f}", text=text, path=path, at=job.ended_at)
