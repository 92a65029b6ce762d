"""What the clock asks of plans: those whose first day has come, or whose last day is over; once a day, whom to remind."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate, localtime

from office.clock import on_tick
from office.jobs import enqueue
from plans.models import Plan


@on_tick
def plans_due(now: datetime) -> None:
    """One job an hour while something is due: what failed is tried again, and a plan that cannot be settled makes no job a minute."""
    if Plan.objects.due(localdate(now)).exists():
        enqueue("plans.settle", key=f"plans.settle:{localtime(now):%Y-%m-%dT%H}", by=None, at=now)


@on_tick
def plans_to_remind_of(now: datetime) -> None:
    enqueue("plans.remind", key=f"plans.remind:{localdate(now)}", by=None, at=now)
