"""What the clock asks of reports: the month's round of every county. Source: docs/rules.md, "The month's round"."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

from office.clock import on_tick
from office.jobs import enqueue
from office.models import Job, JobState
from reports.actions import printing
from reports.figures.round import counties_in_round, stands_since
from reports.models import Submission
from reports.rules.round import Occasion, due, ready
from reports.tasks import KIND_OF, payload

MOST_AT_ONCE = 200  # jobs of one tick; the next one goes on
KEYS_AT_ONCE = 500
PRINTS_TRIED_FOR = timedelta(days=7)


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


@on_tick
def missing_prints(now: datetime) -> None:
    """One more attempt an hour at what was filed and could not be printed, for some days; what is asked for already goes first."""
    lacking = list(Submission.objects.without_files(now - PRINTS_TRIED_FOR).order_by("made_at", "pk")[:MOST_AT_ONCE])
    if not lacking:
        return
    under_way = Job.objects.filter(kind=printing.KIND).exclude(state__in=[JobState.DONE, JobState.FAILED, JobState.CANCELLED])
    waiting = {payload["submission"] for payload in under_way.values_list("payload", flat=True) if payload}
    for submission in lacking:
        if str(submission.pk) not in waiting:
            told = {"submission": str(submission.pk)}
            enqueue(printing.KIND, key=f"{printing.KIND}:{submission.pk}:missing:{now:%Y%m%d%H}", by=None, at=now, payload=told)


def _states(steps: list[Occasion]) -> dict[str, str]:
    """The states of the jobs that the steps have already, by key."""
    keys = iter([step.key for step in steps])
    states: dict[str, str] = {}
    while some := list(islice(keys, KEYS_AT_ONCE)):
        states |= dict(Job.objects.filter(key__in=some).order_by().values_list("key", "state"))
    return states
