from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from office import files, work
from office.jobs import Outcome, enqueue, handles
from office.models import Job


@shared_task(name="office.run")
def run(job_id: str) -> None:
    work.do(UUID(job_id))


@shared_task(name="office.sweep")
def sweep() -> None:
    """Every minute (songjiao/settings.py); also sees to it that the day is tidied once."""
    now = timezone.now()
    work.sweep(now=now)
    enqueue("office.tidy", key=f"office.tidy:{timezone.localdate(now)}", by=None, at=now)


@handles("office.tidy")
def tidy(job: Job) -> Outcome:
    return Outcome(f"清理了 {files.tidy(now=job.at)} 个文件。")
