"""What the clock asks of plans: those whose first day has come, those whose last day is over."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate

from office.clock import on_tick
from office.jobs import enqueue
from plans.models import Plan


@on_tick
def plans_due(now: datetime) -> None:
    """One job while something is due; the next tick asks again, so that one that failed holds up no day."""
    if Plan.objects.due(localdate(now)).exists():
        enqueue("plans.settle", key=f"plans.settle:{now:%Y%m%d%H%M}", by=None, at=now)
