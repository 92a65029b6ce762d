"""A plan before those who decide: sent back with comments at its goals, or approved; then in force as its days say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.models import User
from office.refusals import Refused
from office.rules.typed import clean
from plans.actions.holding import deciders, hold, keep, note, team_of, tell
from plans.codes import PlanState
from plans.models import GoalComment, Plan
from plans.rules.content import PlanContent
from plans.rules.planning import due_step, review_day

STANDING = (PlanState.APPROVED, PlanState.IN_FORCE)
LONGEST_COMMENT = 1000


@transaction.atomic
def return_plan(*, plan: Plan, edition: int, reason: str, comments: Iterable[tuple[UUID | None, str]], by: User, at: datetime) -> Plan:
    """Back to its writers. `comments` name a goal by its key, or none; a reason or a comment there must be."""
    held = hold(plan, edition, [PlanState.SUBMITTED])
    _see_that_may(held, by, reason, at, is_return=True)
    said = [(goal, text) for goal, given in comments if (text := clean(given))]
    goals = {goal.key for goal in PlanContent.read(held.content).goals}
    if not clean(reason) and not said:
        raise Refused("请写明为什么退回，或者在目标旁边写意见。")
    if any(len(text) > LONGEST_COMMENT for _, text in said) or any(goal and goal not in goals for goal, _ in said):
        raise Refused(f"意见最多 {LONGEST_COMMENT} 个字，要写在这份计划的目标上。")
    GoalComment.objects.bulk_create(GoalComment(plan=held, goal=goal, text=text, by=by, at=at) for goal, text in said)
    keep(held, state=PlanState.RETURNED, decided_by=by, decided_at=at, decision_reason=clean(reason)[:500])
    text = "您参与的一份个别化教育（康复）计划被退回，请看意见，改好再提交。"
    tell(held, "returned", team_of(held, at=at), text, reverse("plan_edit", args=[held.pk]), at=at)
    note("plan.returned", held, by=by, at=at, comments=len(said))
    return held


@transaction.atomic
def approve_plan(*, plan: Plan, edition: int, by: User, at: datetime, reason: str = "") -> Plan:
    """From now on it never changes. It takes the place of the term's version before, and is in force once its days have begun.
    Raises Refused for its author, its writers and whoever submitted it; of a county's staff it asks a reason."""
    held = hold(plan, edition, [PlanState.SUBMITTED])
    _see_that_may(held, by, reason, at, is_return=False)
    content = PlanContent.read(held.content)
    review_on = review_day(content, held.starts_on, held.ends_on)
    decided = {"decided_by": by, "decided_at": at, "decision_reason": clean(reason)[:500]}
    for before in Plan.objects.filter(case=held.case_id, year=held.year, term=held.term, state=PlanState.APPROVED):
        _end(before, PlanState.SUPERSEDED, by=by, at=at)
    keep(held, state=PlanState.APPROVED, digest=content.digest, content=content.plain(), review_on=review_on, **decided)
    tell(
        held, "approved", team_of(held, at=at), "您参与的一份个别化教育（康复）计划已批准。", reverse("plan_detail", args=[held.pk]), at=at
    )
    note("plan.approved", held, by=by, at=at, digest=held.digest)
    return _settle(held, by=by, at=at)


def _see_that_may(plan: Plan, by: User, reason: str, at: datetime, *, is_return: bool) -> None:
    who, is_county = deciders(plan, at=at)
    if by.pk not in who:
        raise Refused("计划要由没有写过它的学校送教负责人或校长审批；学校没有这样的人时由县局审批。")
    if is_county and not is_return and not clean(reason):
        raise Refused("县局代为审批，请写明理由。")


@transaction.atomic
def settle_plan(*, plan: Plan, at: datetime) -> Plan:
    """What the day asks of an approved plan: in force, or over. Harmless when late or twice."""
    return _settle(hold(plan, None, PlanState.values), by=None, at=at)


@transaction.atomic
def close_plan(*, plan: Plan, edition: int, by: User, at: datetime) -> Plan:
    """Before its last day, by the school."""
    held = hold(plan, edition, STANDING)
    return _end(held, PlanState.CLOSED, by=by, at=at)


def _settle(plan: Plan, *, by: User | None, at: datetime) -> Plan:
    step = due_step(plan.state, plan.starts_on, plan.ends_on, ends_with_case=plan.case.ends_on, today=localdate(at))
    if step == "closed":
        return _end(plan, PlanState.CLOSED, by=by, at=at)
    if step == "in_force":
        for other in Plan.objects.in_force().select_related("school").filter(case=plan.case_id):
            same = (other.year, other.term) == (plan.year, plan.term)
            if not same and other.starts_on > plan.starts_on:
                return _end(plan, PlanState.CLOSED, by=by, at=at)  # a later term's is in force: this one came too late
            _end(other, PlanState.SUPERSEDED if same else PlanState.CLOSED, by=by, at=at)
        keep(plan, state=PlanState.IN_FORCE, in_force_at=at)
        note("plan.in_force", plan, by=by, at=at)
    return plan


def _end(plan: Plan, state: PlanState, *, by: User | None, at: datetime) -> Plan:
    keep(plan, state=state, ended_at=at)
    note(f"plan.{state.value}", plan, by=by, at=at)
    return plan
