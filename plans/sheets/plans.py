"""A plan as its pages and its paper show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from office.pdf import Medium, make_pdf
from plans.codes import Area, Mark, Measure, PromptLevel
from plans.models import GoalComment, ObjectiveReview, Plan
from plans.rules.content import Goal, Objective, PlanContent
from plans.rules.planning import FAMILY_WORDS, HEALTH_WORDS, SERVICE_WORDS, lacking
from plans.sheets.signing import SignRow

NAMES: Mapping[str, Mapping[Any, str]] = {
    "area": dict(Area.choices),
    "level": dict(PromptLevel.choices),
    "measure": dict(Measure.choices),
    "mark": dict(Mark.choices),
}
"""Codes as people read them."""


@dataclass(frozen=True)
class Field:
    """A text of the plan: its code, what it is called, what it says."""

    code: str
    word: str
    text: str


@dataclass(frozen=True)
class ObjectivePart:
    number: str
    objective: Objective
    start: str
    target: str
    measures: str
    steps: str  # a line each
    mark: str
    is_whole: bool


@dataclass(frozen=True)
class GoalPart:
    number: int
    goal: Goal
    area: str
    objectives: tuple[ObjectivePart, ...]
    comments: tuple[GoalComment, ...]
    typed: str  # a comment that was refused


@dataclass(frozen=True)
class PlanPage:
    content: PlanContent
    health: tuple[Field, ...]
    family: tuple[Field, ...]
    service: tuple[Field, ...]
    goals: tuple[GoalPart, ...]
    comments: tuple[GoalComment, ...]  # on the whole of it, and on goals that are no longer there


def plan_page(
    plan: Plan,
    *,
    content: PlanContent | None = None,
    comments: Iterable[GoalComment] = (),
    reviews: Iterable[ObjectiveReview] = (),
    typed: Mapping[str, str] | None = None,
) -> PlanPage:
    """As it is on record, or with `content` as somebody filled it in. `reviews` come the earliest first."""
    content = content or PlanContent.read(plan.content)
    said, marks = list(comments), {each.objective: each.get_mark_display() for each in reviews}
    keys = {goal.key for goal in content.goals}
    goals = tuple(_goal(number, goal, said, marks, typed or {}) for number, goal in enumerate(content.goals, 1))
    return PlanPage(
        content=content,
        health=fields_of(HEALTH_WORDS, content.health),
        family=fields_of(FAMILY_WORDS, content.family),
        service=fields_of(SERVICE_WORDS, content.service),
        goals=goals,
        comments=tuple(each for each in said if each.goal not in keys),
    )


def fields_of(words: Mapping[str, str], texts: Mapping[str, str]) -> tuple[Field, ...]:
    """Each of these texts with what it is called, in the order of `words`."""
    return tuple(Field(code, word, texts.get(code, "")) for code, word in words.items())


def _goal(number: int, goal: Goal, comments: Iterable[GoalComment], marks: Mapping[Any, str], typed: Mapping[str, str]) -> GoalPart:
    objectives = tuple(_objective(f"{number}.{place}", each, marks) for place, each in enumerate(goal.objectives, 1))
    own = tuple(each for each in comments if each.goal == goal.key)
    return GoalPart(number, goal, NAMES["area"].get(goal.area, ""), objectives, own, typed.get(f"comment-{goal.key}", ""))


def _objective(number: str, objective: Objective, marks: Mapping[Any, str]) -> ObjectivePart:
    return ObjectivePart(
        number=number,
        objective=objective,
        start=_level(objective.start_level),
        target=_level(objective.target_level),
        measures="、".join(NAMES["measure"][each] for each in objective.measures),
        steps="\n".join(objective.steps),
        mark=marks.get(objective.key, ""),
        is_whole=not any(lacking(objective)),
    )


def _level(level: int | None) -> str:
    return "" if level is None else f"{level} {NAMES['level'][level]}"


def print_plan(plan: Plan, page: PlanPage, rows: Sequence[SignRow], papers: Mapping[str, Medium]) -> bytes:
    """On paper, with the signatures there are and room for those to come; the same plan gives the same bytes.

    `papers` are the signed papers by their id; one that cannot be read any more is said to be.
    """
    css = render_to_string("plans/print/plan.css")
    context = {"plan": plan, "page": page, "rows": rows, "papers": set(papers)}
    return make_pdf(render_to_string("plans/print/_plan.html", context), css=[css], media=papers)
