"""Asking for a walk along an audit chain."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from office.audit import record
from office.jobs import enqueue
from office.models import INSTALLATION, Job

KIND = "audit.verify"


@transaction.atomic
def ask_for_verification(*, scope: str, by: User, at: datetime) -> Job:
    """Queues the walk, once a minute at most; the page shows what came of it."""
    job = enqueue(KIND, key=f"{KIND}:{scope}:{at:%Y%m%d%H%M}", by=by.pk, at=at, payload={"scope": scope})
    county = "" if scope == INSTALLATION else scope
    record("audit.verification_asked", subject=None, by=by.pk, at=at, county=county, detail={"chain": scope})
    return job


def latest_verification(scope: str) -> Job | None:
    return Job.objects.filter(kind=KIND, key__startswith=f"{KIND}:{scope}:").order_by("-at").first()
