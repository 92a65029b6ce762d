"""The clock: once a minute every room is asked what is due, and derives it from its data and the moment.

A room's clock.py says so:

    @on_tick
    def lists_of_the_day(now: datetime) -> None:
        ...enqueue("build_list", key=f"build_list:{day}", by=None, at=now)

Nothing is tied to the minute in which it should have happened: what the installation missed while it was off is
still due at its next tick, and what was enqueued before is known by its key.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from office import work
from office.backups import daily
from office.jobs import enqueue
from office.models import Job, JobState
from office.pulse import beat

logger = logging.getLogger(__name__)

BACKUP_AT = timedelta(hours=2)  # of the day
BACKUP_AGAIN_AFTER = timedelta(hours=1)  # one that failed

Derive = Callable[[datetime], None]
_asked: list[Derive] = []


def on_tick(derive: Derive) -> Derive:
    """Has `derive` asked at every tick: it enqueues what is due at that moment, late, twice or twice at once without harm."""
    _asked.append(derive)
    return derive


def tick(*, now: datetime) -> list[str]:
    """Asks every room, the sweep of jobs first. Who fails is logged and stops nobody; returns their names.

    The tick's sign of life comes last, so that its age is how late the clock is.
    """
    failed = [name for derive in (sweep, *_asked) if (name := _ask(derive, now))]
    beat("tick", at=now, failed=failed)
    return failed


def _ask(derive: Derive, now: datetime) -> str:
    try:
        derive(now)
    except Exception as error:
        # The error's text may quote a child's data: its type and place are enough to find it.
        name = f"{derive.__module__}.{derive.__qualname__}"
        logger.error("tick: %s: %s\n%s", name, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
        return name
    return ""


def sweep(now: datetime) -> None:
    work.sweep(now=now)


@on_tick
def tidy_once_a_day(now: datetime) -> None:
    enqueue("office.tidy", key=f"office.tidy:{timezone.localdate(now)}", by=None, at=now)


@on_tick
def backup_once_a_day(now: datetime) -> None:
    """At two o'clock, or as soon as the installation is on again; what failed is tried again in an hour."""
    if not settings.BACKUPS:
        return
    daily.begin_counting(at=now)
    day = timezone.localdate(now - BACKUP_AT)
    tried = list(Job.objects.filter(key__startswith=f"backup.daily:{day}:").order_by("-at"))
    if tried and (tried[0].state != JobState.FAILED or now - (tried[0].ended_at or now) < BACKUP_AGAIN_AFTER):
        return
    enqueue("backup.daily", key=f"backup.daily:{day}:{len(tried) + 1}", by=None, at=now)
