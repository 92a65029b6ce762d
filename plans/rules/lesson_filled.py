"""The fields of a lesson plan's form, as plain content; what its buttons do; how two of them differ.

Source: docs/rules.md, "Lesson plans"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from office.rules import full_day_text, number_text
from plans.rules.content import PlanContent
from plans.rules.differences import Difference
from plans.rules.filled import Fields, first, moved, rows
from plans.rules.lesson_drafts import drafted_objective
from plans.rules.lessons import FLOW_WORDS, LessonContent, LessonObjective, Stage

OBJECTIVE_WORDS = {"aim": "教学目标", "steps": "步骤", "materials": "材料"}


def filled(fields: Fields) -> dict[str, Any]:
    """`objectives-0-aim`, `flow-opening-text`: rows in the order of their numbers. Nothing is checked here."""
    told: dict[str, Any] = {name: first(fields, name) for name in ("on", "until", "lessons", "title", "family", "safety")}
    told["objectives"] = [_objective(fields, row) for row in rows(fields, "objectives")]
    told["flow"] = {part: {name: first(fields, f"flow-{part}-{name}") for name in ("text", "minutes")} for part in FLOW_WORDS}
    return told


def _objective(fields: Fields, row: str) -> dict[str, Any]:
    told: dict[str, Any] = {name: first(fields, f"{row}-{name}") for name in ("key", "aim", "materials")}
    return told | {"steps": first(fields, f"{row}-steps").replace("\r", "").split("\n")}


def changed(content: LessonContent, what: str, key: UUID | None, plan: PlanContent) -> LessonContent:
    """What a button of the page asks: `add` takes the plan's objective of the key; `up`, `down` and `remove` do so to the lesson's."""
    if what == "add":
        fresh = (drafted_objective(each) for _, each in plan.objectives() if each.key == key and key not in content.picked)
        return replace(content, objectives=(*content.objectives, *fresh))
    return replace(content, objectives=moved(content.objectives, what, key))


def differences(before: LessonContent, after: LessonContent) -> list[Difference]:
    """In the order of the page."""
    return [
        *_one("日期", _days(before), _days(after)),
        *_one("课时", _lessons(before), _lessons(after)),
        *_one("课题", before.title, after.title),
        *_of_objectives(before, after),
        *(each for name in FLOW_WORDS for each in _one(FLOW_WORDS[name], _stage(before.flow[name]), _stage(after.flow[name]))),
        *_one("家长做什么", before.family, after.family),
        *_one("安全", before.safety, after.safety),
    ]


def _one(where: str, before: str, after: str) -> Iterator[Difference]:
    if before != after:
        yield Difference(where, before, after)


def _days(content: LessonContent) -> str:
    return full_day_text(content.on) + (f"—{full_day_text(content.until)}" if content.until else "")


def _lessons(content: LessonContent) -> str:
    return "" if content.lessons is None else number_text(content.lessons)


def _stage(stage: Stage) -> str:
    return stage.text if stage.minutes is None else f"{stage.text}（{stage.minutes} 分钟）"


def _of_objectives(before: LessonContent, after: LessonContent) -> Iterator[Difference]:
    old = {each.key: each for each in before.objectives}
    for number, each in enumerate(after.objectives, 1):
        if (was := old.get(each.key)) is None:
            yield Difference(f"目标 {number}", "", each.text or each.aim)
            continue
        for name, word in OBJECTIVE_WORDS.items():
            yield from _one(f"目标 {number}：{word}", _said(was, name), _said(each, name))
    for each in before.objectives:
        if each.key not in after.picked:
            yield Difference("目标", each.text or each.aim, "")


def _said(objective: LessonObjective, name: str) -> str:
    value = getattr(objective, name)
    return value if isinstance(value, str) else " → ".join(value)
