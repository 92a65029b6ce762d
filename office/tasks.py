from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from office import clock, files, work
from office.backups import daily
from office.jobs import Outcome, handles
from office.models import Job


@shared_task(name="office.run")
def run(job_id: str) -> None:
    work.do(UUID(job_id))


@shared_task(name="office.tick")
def tick() -> None:
    """Every minute, on the clock's queue (songjiao/settings.py); the moment it really runs is the one that counts."""
    clock.tick(now=timezone.now())


@handles("office.tidy", title="清理过期的文件")
def tidy(job: Job) -> Outcome:
    return Outcome(f"清理了 {files.tidy(now=job.at)} 个文件。")


@handles("backup.daily", title="每日备份")
def back_up(job: Job) -> Outcome:
    return Outcome(daily.back_up(at=timezone.now(), tell=job.progress))
