"""What plans do in the background: ids only, harmless when late or twice."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from functools import partial

from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone
from django.utils.timezone import localdate

from office.jobs import Outcome, handles
from office.models import Job
from office.refusals import Refused
from plans.actions.deciding import settle_plan
from plans.actions.reminding import remind, to_remind
from plans.models import Plan

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 500


@handles("plans.settle", queue="clock", title="计划开始执行或结束")
def settle(job: Job) -> Outcome:
    """Each plan by itself: one that cannot be settled holds up no other, and the job says so."""
    now = timezone.now()
    due = Plan.objects.due(localdate(now)).order_by("starts_on", "version")[:MOST_AT_ONCE]
    done, failed = _each(job, [partial(settle_plan, plan=plan, at=now) for plan in due])
    if failed:
        raise Refused(f"{done} 份计划开始执行或结束，{failed} 份没有做成，一小时后再试；请告诉维护系统的人看日志。")
    return Outcome(f"{done} 份计划开始执行或结束。" if done else "没有到日子的计划。")


@handles("plans.remind", queue="clock", title="提醒复核计划和补签字")
def remind_of_plans(job: Job) -> Outcome:
    now = timezone.now()
    done, failed = _each(job, [partial(remind, what=what, plan=plan, at=now) for what, plan in to_remind(now)])
    if failed:
        raise Refused(f"提醒了 {done} 份计划，{failed} 份没有做成，明天再试；请告诉维护系统的人看日志。")
    return Outcome(f"提醒了 {done} 份计划。" if done else "没有要提醒的计划。")


def _each(job: Job, steps: Sequence[Callable[[], object]]) -> tuple[int, int]:
    """How many were done, and how many failed: told in the log by type and place, for the error's text may quote a child's data."""
    failed = 0
    for number, step in enumerate(steps, 1):
        try:
            step()
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:
            failed += 1
            logger.error("job %s: %s\n%s", job, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
        job.progress(number, len(steps))
    return len(steps) - failed, failed
