"""The fields of a plan's form, as plain content; and what its buttons do to goals. Source: docs/rules.md, "Assessments and plans"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar
from uuid import UUID

from plans.rules.bank import Suggestion
from plans.rules.content import FAMILY, HEALTH, SERVICE, Goal, Objective, PlanContent

Fields = Mapping[str, Sequence[str]]
NEW_CONDITION = "在家里，给出材料和提示后"


class Keyed(Protocol):
    @property
    def key(self) -> UUID: ...


T = TypeVar("T", bound=Keyed)


def filled(fields: Fields) -> dict[str, Any]:
    """`goals-0-text`, `goals-0-objectives-1-steps`: rows in the order of their numbers. Nothing is checked here."""
    return {
        "assessment": first(fields, "assessment") or None,
        "levels": [{name: first(fields, f"{row}-{name}") for name in ("name", "score", "most", "text")} for row in rows(fields, "levels")],
        "health": {name: first(fields, f"health-{name}") for name in HEALTH},
        "family": {name: first(fields, f"family-{name}") for name in FAMILY},
        "service": {name: first(fields, f"service-{name}") for name in SERVICE},
        "home_practice": first(fields, "home_practice"),
        "participants": [person for row in rows(fields, "people") if any((person := _person(fields, row)).values())],
        "goals": [_goal(fields, row) for row in rows(fields, "goals")],
    }


def first(fields: Fields, name: str) -> str:
    """The text sent under a name; empty where there is none."""
    given = fields.get(name) or [""]
    return given[0] if isinstance(given[0], str) else ""


def rows(fields: Fields, name: str) -> list[str]:
    """`goals-0`, `goals-3`: what the fields of each row begin with, in the order of the numbers."""
    form = re.compile(rf"{re.escape(name)}-(\d{{1,3}})-")
    numbers = {int(found[1]) for each in fields if (found := form.match(each))}
    return [f"{name}-{number}" for number in sorted(numbers)]


def _person(fields: Fields, row: str) -> dict[str, str]:
    return {name: first(fields, f"{row}-{name}").strip() for name in ("name", "role")}


def _goal(fields: Fields, row: str) -> dict[str, Any]:
    told = {name: first(fields, f"{row}-{name}") for name in ("key", "area", "text", "months")}
    return told | {"objectives": [_objective(fields, each) for each in rows(fields, f"{row}-objectives")]}


def _objective(fields: Fields, row: str) -> dict[str, Any]:
    names = ("key", "text", "condition", "criterion", "start_level", "target_level", "strategy", "materials")
    told: dict[str, Any] = {name: first(fields, f"{row}-{name}") for name in names}
    told["steps"] = first(fields, f"{row}-steps").replace("\r", "").split("\n")
    return told | {"measures": list(fields.get(f"{row}-measures", []))}


def changed(content: PlanContent, what: str, key: UUID | None, fresh: Callable[[], UUID]) -> PlanContent:
    """What a button of the page asks: `goal` and `objective` add an empty one, `up`, `down` and `remove` do so to the one of the key."""
    if what == "goal":
        return replace(content, goals=(*content.goals, Goal(fresh(), "", "", 4, ())))
    goals: list[Goal] = []
    for goal in content.goals:
        if what == "objective" and goal.key == key:
            goals.append(replace(goal, objectives=(*goal.objectives, _blank(fresh()))))
        else:
            goals.append(replace(goal, objectives=moved(goal.objectives, what, key)))
    return replace(content, goals=moved(tuple(goals), what, key))


def _blank(key: UUID) -> Objective:
    return Objective(key, "", "", "", None, 5, (), "", "", ("O",))


def moved(given: tuple[T, ...], what: str, key: UUID | None) -> tuple[T, ...]:
    """The one of the key put `up` or `down` by a place, or away (`remove`); anything else changes nothing."""
    place = next((number for number, row in enumerate(given) if row.key == key), None)
    if place is None or what not in ("up", "down", "remove"):
        return given
    rest = [row for row in given if row.key != key]
    if what != "remove":
        rest.insert(max(0, place + (-1 if what == "up" else 1)), given[place])
    return tuple(rest)


def taken(content: PlanContent, suggestions: Iterable[Suggestion], fresh: Callable[[], UUID]) -> PlanContent:
    """Objectives from the bank, each put at the plan's goal of the same words, or at a new one."""
    goals = list(content.goals)
    for each in suggestions:
        place = next((number for number, goal in enumerate(goals) if (goal.area, goal.text) == (each.area, each.goal)), None)
        if place is None:
            place = len(goals)
            goals.append(Goal(fresh(), each.area, each.goal, 4, ()))
        objective = Objective(fresh(), each.text, NEW_CONDITION, each.criterion, None, 5, each.steps, "", each.materials, ("O",))
        goals[place] = replace(goals[place], objectives=(*goals[place].objectives, objective))
    return replace(content, goals=tuple(goals))
