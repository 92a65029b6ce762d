"""What the clock asks of reports: the month's round of every county. Source: docs/rules.md, "The month's round"."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from office.clock import on_tick
from office.jobs import enqueue
from office.models import Job
from reports.figures.round import counties_in_round, stands_since
from reports.rules.round import Occasion, due, ready
from reports.tasks import KIND_OF, payload

MOST_AT_ONCE = 200  # jobs of one tick; the next one goes on
KEYS_AT_ONCE = 500


@on_tick
def month_round(now: datetime) -> None:
    """Enqueues what is due and has no job yet. With nothing due: four queries, however many counties and schools there are."""
    counties = counties_in_round()
    months = [month for county in counties for month in county.months(now)[:1]]
    if not months:
        return
    stands = stands_since(min(months))
    steps = [step for county in counties for step in due(county, stands, now=now)]
    for step in ready(steps, _states(steps))[:MOST_AT_ONCE]:
        enqueue(KIND_OF[step.kind], key=step.key, by=None, at=now, payload=payload(step))


def _states(steps: list[Occasion]) -> dict[str, str]:
    """The states of the jobs that the steps have already, by key."""
    keys = iter([step.key for step in steps])
    states: dict[str, str] = {}
    while some := list(islice(keys, KEYS_AT_ONCE)):
        states |= dict(Job.objects.filter(key__in=some).order_by().values_list("key", "state"))
    return states
