"""Who is told that a plan is due for review, or stands without the guardian's signature: each once, derived from the plan and the day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.actions.deliveries import true_while
from accounts.actions.notices import notify
from accounts.models import Notice
from plans.actions.holding import team_of
from plans.codes import FROZEN, PlanState
from plans.models import Plan
from plans.querysets import PlanQuerySet
from plans.rules.signing import DAYS_UNSIGNED

DUE, UNSIGNED = "plan.due", "plan.unsigned"
AT_ONCE = 500
WORDS = {
    DUE: "您参与的一份个别化教育（康复）计划到了复核的日子，请看目标完成得怎样。",
    UNSIGNED: f"您参与的一份个别化教育（康复）计划批准已满 {DAYS_UNSIGNED} 天，监护人还没有签字。",
}
PAGES = {DUE: "plan_detail", UNSIGNED: "plan_sign"}


def concerned(what: str, at: datetime) -> PlanQuerySet:
    """The plans of which something is said at that moment; of a case that ended nothing is."""
    plans: PlanQuerySet = Plan.objects.in_service(localdate(at))
    if what == DUE:
        return plans.due_for_review(localdate(at))
    return plans.unsigned().filter(decided_at__lte=at - timedelta(days=DAYS_UNSIGNED))


def to_remind(at: datetime) -> Iterator[tuple[str, Plan]]:
    """What is still to be said: of plans nobody was told of yet."""
    for what in (DUE, UNSIGNED):
        plans = list(concerned(what, at).order_by("pk"))
        for start in range(0, len(plans), AT_ONCE):
            some = {_key(what, plan.pk): plan for plan in plans[start : start + AT_ONCE]}
            told = set(Notice.objects.filter(key__in=some).values_list("key", flat=True))
            yield from ((what, plan) for key, plan in some.items() if key not in told)


@transaction.atomic
def remind(*, what: str, plan: Plan, at: datetime) -> None:
    """Its author and who teaches the child today. Said again it changes nothing; past its reason it says nothing."""
    if concerned(what, at).filter(pk=plan.pk).exists():
        path = reverse(PAGES[what], args=[plan.pk])
        notify(users=team_of(plan, at=at), kind="plan", key=_key(what, plan.pk), text=WORDS[what], path=path, at=at)


def _key(what: str, plan: UUID) -> str:
    return f"{what}:{plan}"


# --- When it goes out as a message ------------------------------------------------------------------------


@true_while("plan")
def is_so_still(notice: Notice, at: datetime) -> bool:
    """A plan waits, came back, was approved, is due or unsigned: as the notice says."""
    what, _, rest = notice.key.partition(":")
    plan = Plan.objects.filter(pk=UUID(rest.partition(":")[0])).first() if what in _STILL else None
    return what not in _STILL or (plan is not None and _STILL[what](plan, notice, at))


def _stands(what: str) -> Callable[[Plan, Notice, datetime], bool]:
    return lambda plan, notice, at: concerned(what, at).filter(pk=plan.pk).exists() and notice.user_id in team_of(plan, at=at)


_STILL: dict[str, Callable[[Plan, Notice, datetime], bool]] = {
    DUE: _stands(DUE),
    UNSIGNED: _stands(UNSIGNED),
    "plan.submitted": lambda plan, notice, at: plan.state == PlanState.SUBMITTED,
    "plan.returned": lambda plan, notice, at: plan.state == PlanState.RETURNED and notice.user_id in team_of(plan, at=at),
    "plan.approved": lambda plan, notice, at: plan.state in FROZEN and notice.user_id in team_of(plan, at=at),
}
