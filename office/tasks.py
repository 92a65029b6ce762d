from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from office import work


@shared_task(name="office.run")
def run(job_id: str) -> None:
    work.do(UUID(job_id))


@shared_task(name="office.sweep")
def sweep() -> None:
    """Every minute: see songjiao/settings.py."""
    work.sweep(now=timezone.now())
