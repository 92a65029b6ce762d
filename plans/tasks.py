"""What plans do in the background: ids only, harmless when late or twice."""

from __future__ import annotations

from django.utils import timezone
from django.utils.timezone import localdate

from office.jobs import Outcome, handles
from office.models import Job
from plans.actions.deciding import settle_plan
from plans.models import Plan

MOST_AT_ONCE = 500


@handles("plans.settle", queue="clock", title="计划开始执行或结束")
def settle(job: Job) -> Outcome:
    now = timezone.now()
    due = list(Plan.objects.due(localdate(now)).order_by("starts_on", "version")[:MOST_AT_ONCE])
    for number, plan in enumerate(due, 1):
        settle_plan(plan=plan, at=now)
        job.progress(number, len(due))
    return Outcome(f"{len(due)} 份计划开始执行或结束。" if due else "没有到日子的计划。")
