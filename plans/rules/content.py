"""What a plan says: read from plain JSON, checked for completeness, told by its digest. Source: docs/rules.md, "Assessments and plans"."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from office.rules.typed import BadContent, Typed

AREAS = ("chinese", "maths", "living", "labour", "music", "art", "sport", "it", "motor", "senses", "communication", "behaviour", "family")
MEASURES = ("O", "W", "T", "V", "P")
HEALTH = ("seizures", "feeding", "medication", "allergies", "forbidden")  # 癫痫, 进食, 用药, 过敏, 禁忌动作
FAMILY = ("caregiver", "time", "wishes")
SERVICE = ("frequency", "place", "people")
MOST_GOALS, MOST_OBJECTIVES, MOST_STEPS, MOST_LEVELS, MOST_PEOPLE = 20, 12, 20, 30, 20
LONGEST_STEP = 200


@dataclass(frozen=True, slots=True)
class Objective:
    """A short-term objective. `key` stays the same in every version of the plan that keeps it, and in the next term's."""

    key: UUID
    text: str  # the behaviour
    condition: str
    criterion: str
    start_level: int | None  # a prompt level, 5 independent to 0 all of the body
    target_level: int | None
    steps: tuple[str, ...]
    strategy: str
    materials: str
    measures: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        return {
            "key": str(self.key),
            "text": self.text,
            "condition": self.condition,
            "criterion": self.criterion,
            "start_level": self.start_level,
            "target_level": self.target_level,
            "steps": list(self.steps),
            "strategy": self.strategy,
            "materials": self.materials,
            "measures": list(self.measures),
        }


@dataclass(frozen=True, slots=True)
class Goal:
    """A long-term goal with its objectives."""

    key: UUID
    area: str
    text: str
    months: int | None  # 3 to 6
    objectives: tuple[Objective, ...]

    def plain(self) -> dict[str, Any]:
        return {
            "key": str(self.key),
            "area": self.area,
            "text": self.text,
            "months": self.months,
            "objectives": [objective.plain() for objective in self.objectives],
        }


@dataclass(frozen=True, slots=True)
class PlanContent:
    """A plan as its page sends it. `levels` are the present levels: [{"name", "score", "most", "text"}] by domain."""

    assessment: UUID | None
    levels: tuple[dict[str, Any], ...]
    health: Mapping[str, str]
    family: Mapping[str, str]
    goals: tuple[Goal, ...]
    service: Mapping[str, str]
    home_practice: str
    participants: tuple[dict[str, str], ...]  # {"name", "role"}

    @classmethod
    def read(cls, plain: Any) -> PlanContent:
        """From plain JSON; what is not filled in yet is empty. Raises BadContent with words for every field that cannot be right."""
        errors: dict[str, str] = {}
        content = _read(Typed(plain, errors))
        if errors:
            raise BadContent(errors)
        return content

    @classmethod
    def as_filled(cls, plain: Any) -> tuple[PlanContent, dict[str, str]]:
        """What can be read of it, to be shown again, and what is wrong with the rest."""
        errors: dict[str, str] = {}
        return _read(Typed(plain, errors)), errors

    def plain(self) -> dict[str, Any]:
        return {
            "assessment": str(self.assessment) if self.assessment else None,
            "levels": [dict(level) for level in self.levels],
            "health": dict(self.health),
            "family": dict(self.family),
            "goals": [goal.plain() for goal in self.goals],
            "service": dict(self.service),
            "home_practice": self.home_practice,
            "participants": [dict(each) for each in self.participants],
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the content in canonical form."""
        text = json.dumps(self.plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def objectives(self) -> Iterator[tuple[Goal, Objective]]:
        for goal in self.goals:
            for objective in goal.objectives:
                yield goal, objective


BLANK = PlanContent(None, (), dict.fromkeys(HEALTH, ""), dict.fromkeys(FAMILY, ""), (), dict.fromkeys(SERVICE, ""), "", ())


def _read(typed: Typed) -> PlanContent:
    goals = tuple(_goal(each) for each in typed.each("goals", MOST_GOALS))
    keys = [goal.key for goal in goals] + [objective.key for goal in goals for objective in goal.objectives]
    if len(set(keys)) < len(keys):
        typed.wrong("goals", "同一个目标写了两次。")
    return PlanContent(
        assessment=typed.key("assessment"),
        levels=tuple(_level(each) for each in typed.each("levels", MOST_LEVELS)),
        health=_texts(typed, "health", HEALTH, 500),
        family=_texts(typed, "family", FAMILY, 500),
        goals=goals,
        service=_texts(typed, "service", SERVICE, 200),
        home_practice=typed.text("home_practice", 2000),
        participants=tuple(
            {"name": each.text("name", 100), "role": each.text("role", 100)} for each in typed.each("participants", MOST_PEOPLE)
        ),
    )


def _texts(typed: Typed, name: str, fields: tuple[str, ...], longest: int) -> dict[str, str]:
    part = typed.part(name)
    return {field: part.text(field, longest) for field in fields}


def _level(typed: Typed) -> dict[str, Any]:
    return {
        "name": typed.text("name", 100),
        "score": typed.number("score", 0, 10_000),
        "most": typed.number("most", 0, 10_000),
        "text": typed.text("text", 1000),
    }


def _goal(typed: Typed) -> Goal:
    return Goal(
        key=typed.key("key", "目标没有编号。") or UUID(int=0),
        area=typed.word("area", AREAS),
        text=typed.text("text", 500),
        months=typed.number("months", 1, 12),
        objectives=tuple(_objective(each) for each in typed.each("objectives", MOST_OBJECTIVES)),
    )


def _objective(typed: Typed) -> Objective:
    measures = [value for value in typed.several("measures", len(MEASURES)) if isinstance(value, str)]
    if set(measures) - set(MEASURES):
        typed.wrong("measures", "没有这个选项。")
    return Objective(
        key=typed.key("key", "目标没有编号。") or UUID(int=0),
        text=typed.text("text", 500),
        condition=typed.text("condition", 300),
        criterion=typed.text("criterion", 300),
        start_level=typed.number("start_level", 0, 5),
        target_level=typed.number("target_level", 0, 5),
        steps=typed.texts("steps", MOST_STEPS, LONGEST_STEP),
        strategy=typed.text("strategy", 500),
        materials=typed.text("materials", 300),
        measures=tuple(measure for measure in MEASURES if measure in measures),
    )
