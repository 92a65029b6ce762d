"""A plan in force for a child of the tests, and what a page would send of its objectives."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.models import User
from counties.tests.make import at
from plans.codes import PlanState
from plans.models import Plan
from plans.rules.content import PlanContent
from plans.tests.make import make_content, make_goal, make_objective, make_plan
from students.models import Case

TEXTS = ("看到杯子时，用手指出杯子", "听到名字时，抬头看说话的人", "在手势提示下，把勺子送到嘴边")


def make_plan_in_force(case: Case, author: User, by: User, *texts: str, since: str = "2026-09-10 10:00", **fields: Any) -> Plan:
    """One with a goal of these objectives (TEXTS, where none is named), written by `author`, approved by `by`."""
    goal = make_goal(*(make_objective(text) for text in texts or TEXTS))
    content = fields.pop("content", None) or make_content(goal)
    usual: dict[str, Any] = {"state": PlanState.IN_FORCE, "digest": PlanContent.read(content).digest, "decided_by": by}
    usual |= {"decided_at": at(since), "in_force_at": at(since), "submitted_by": author}
    return make_plan(case, author, content, **usual | fields)


def keys_of(plan: Plan) -> list[UUID]:
    return [objective.key for _, objective in PlanContent.read(plan.content).objectives()]


def line(plan: Plan, number: int = 0, **said: Any) -> dict[str, Any]:
    """What a page sends of the plan's objective of that number."""
    usual: dict[str, Any] = {"level": 3, "tries": None, "right": None, "note": ""}
    return {"plan": str(plan.pk), "objective": str(keys_of(plan)[number])} | usual | said
