"""How the objectives of a plan stand when it is looked back on: what is passed or dropped is not carried on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from office.refusals import Refused
from office.rules.typed import clean
from plans.actions.holding import hold, note
from plans.codes import Mark, PlanState
from plans.models import ObjectiveReview, Plan
from plans.rules.content import PlanContent

REVIEWED = (PlanState.IN_FORCE, PlanState.CLOSED)


@transaction.atomic
def review_objectives(*, plan: Plan, marks: Mapping[UUID, tuple[str, str]], on: date, by: User, at: datetime) -> int:
    """Adds a mark and a note for each objective named by its key; the latest one stands. Returns how many were added."""
    held = hold(plan, None, REVIEWED)
    keys = {objective.key for _, objective in PlanContent.read(held.content).objectives()}
    if not marks or marks.keys() - keys or any(mark not in Mark.values for mark, _ in marks.values()):
        raise Refused("请给这份计划里的短期目标选结果。")
    if on > at.astimezone().date():
        raise Refused("评价日期不能在今天之后。")
    ObjectiveReview.objects.bulk_create(
        ObjectiveReview(plan=held, objective=key, mark=mark, note=clean(words)[:500], on=on, by=by, at=at)
        for key, (mark, words) in marks.items()
    )
    note("plan.reviewed", held, by=by, at=at, objectives=len(marks))
    return len(marks)
