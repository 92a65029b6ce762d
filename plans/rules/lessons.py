"""What a lesson plan (教案) says, and what is said of it afterwards: read from plain JSON. Source: docs/rules.md, "Lesson plans"."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from office.rules import number_text
from office.rules.typed import BadContent, Typed
from plans.rules.content import LONGEST_STEP, MOST_STEPS

FLOW_WORDS = {"opening": "导入", "practice": "练习", "closing": "放松与总结"}
REFLECTION_WORDS = {"worked": "做得好的", "failed": "没做好的", "next": "下次怎么做"}
MOST_IN_A_LESSON = 12
LONGEST_TITLE, LONGEST_AIM, LONGEST_LINE = 100, 1200, 500
LONGEST_TEXT = 3000
LONGEST_DAYS = 200
"""A series is over within a term."""


@dataclass(frozen=True, slots=True)
class LessonObjective:
    """An objective of the child's plan as this lesson works at it. `text` is the plan's, kept as it was; the rest is the teacher's."""

    key: UUID
    text: str
    aim: str
    steps: tuple[str, ...]
    materials: str

    def plain(self) -> dict[str, Any]:
        return {"key": str(self.key), "text": self.text, "aim": self.aim, "steps": list(self.steps), "materials": self.materials}


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the lesson: what is done, and for how many minutes."""

    text: str
    minutes: int | None


@dataclass(frozen=True, slots=True)
class LessonContent:
    """A lesson plan as its page sends it, for one visit (`until` is none) or a series from `on` to `until`, both included."""

    on: date
    until: date | None
    lessons: Decimal | None
    title: str
    objectives: tuple[LessonObjective, ...]
    flow: Mapping[str, Stage]
    family: str
    safety: str

    @classmethod
    def read(cls, plain: Any) -> LessonContent:
        """From plain JSON; what is not filled in yet is empty. Raises BadContent with words for every field that cannot be right."""
        content, errors = cls.as_filled(plain)
        if errors:
            raise BadContent(errors)
        return content

    @classmethod
    def as_filled(cls, plain: Any) -> tuple[LessonContent, dict[str, str]]:
        """What can be read of it, to be shown again, and what is wrong with the rest."""
        errors: dict[str, str] = {}
        return _read(Typed(plain, errors)), errors

    def plain(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "lessons": None if self.lessons is None else number_text(self.lessons),
            "title": self.title,
            "objectives": [each.plain() for each in self.objectives],
            "flow": {name: {"text": stage.text, "minutes": stage.minutes} for name, stage in self.flow.items()},
            "family": self.family,
            "safety": self.safety,
        }

    @property
    def picked(self) -> tuple[UUID, ...]:
        """The keys of its objectives, in their order."""
        return tuple(each.key for each in self.objectives)

    @property
    def minutes(self) -> int:
        return sum(stage.minutes or 0 for stage in self.flow.values())

    def with_texts(self, texts: Mapping[UUID, str]) -> LessonContent:
        """With the objectives' own words as the plan has them, whatever a page sent of them."""
        return replace(self, objectives=tuple(replace(each, text=texts.get(each.key, each.text)) for each in self.objectives))

    def only(self, keys: Collection[UUID]) -> LessonContent:
        return replace(self, objectives=tuple(each for each in self.objectives if each.key in keys))


def _read(typed: Typed) -> LessonContent:
    objectives = tuple(_objective(each) for each in typed.each("objectives", MOST_IN_A_LESSON))
    if len({each.key for each in objectives}) < len(objectives):
        typed.wrong("objectives", "同一个目标写了两次。")
    on, until = typed.day("on"), typed.day("until") if typed.plain.get("until") else None
    if on and until and not 0 <= (until - on).days <= LONGEST_DAYS:
        typed.wrong("until", f"最后一天不能早于第一天，也不能晚过 {LONGEST_DAYS} 天。")
    return LessonContent(
        on=on or date.min,
        until=None if until == on else until,
        lessons=typed.lessons("lessons"),
        title=typed.text("title", LONGEST_TITLE),
        objectives=objectives,
        flow=_flow(typed.part("flow")),
        family=typed.text("family", LONGEST_TEXT),
        safety=typed.text("safety", LONGEST_TEXT),
    )


def _flow(typed: Typed) -> dict[str, Stage]:
    parts = {name: typed.part(name) for name in FLOW_WORDS}
    return {name: Stage(part.text("text", LONGEST_TEXT), part.number("minutes", 0, 1000)) for name, part in parts.items()}


def _objective(typed: Typed) -> LessonObjective:
    return LessonObjective(
        key=typed.key("key", "目标没有编号。") or UUID(int=0),
        text=typed.text("text", 500),
        aim=typed.text("aim", LONGEST_AIM),
        steps=typed.texts("steps", MOST_STEPS, LONGEST_STEP),
        materials=typed.text("materials", 300),
    )


@dataclass(frozen=True, slots=True)
class Reflection:
    """Three lines afterwards."""

    worked: str
    failed: str
    next: str

    @classmethod
    def read(cls, plain: Any) -> Reflection:
        """Raises BadContent for a line that is too long, and where all are empty."""
        errors: dict[str, str] = {}
        typed = Typed(plain, errors)
        lines = {name: typed.text(name, LONGEST_LINE) for name in REFLECTION_WORDS}
        if not errors and not any(lines.values()):
            errors["worked"] = "三行都还空着，至少写一行。"
        if errors:
            raise BadContent(errors)
        return cls(**lines)

    def plain(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in REFLECTION_WORDS}
