"""A plan on its way: what it lacks, what is due by the day, what goes on into the next. Source: docs/rules.md, "Assessments and plans"."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from plans.rules.content import MOST_PEOPLE, Goal, Objective, PlanContent

HEALTH_WORDS = {"seizures": "癫痫", "feeding": "进食", "medication": "用药", "allergies": "过敏", "forbidden": "禁忌动作"}
FAMILY_WORDS = {"caregiver": "谁照料", "time": "方便的时间", "wishes": "家长的期望"}
SERVICE_WORDS = {"frequency": "频次", "place": "地点", "people": "人员"}
LEAST_OBJECTIVES, MOST_AT_A_GOAL = 3, 5
LEAST_MONTHS, LAST_MONTH = 3, 6
CLOSED_MARKS = frozenset({"P", "D"})  # passed, dropped


@dataclass(frozen=True, slots=True)
class Gap:
    """What a plan lacks, in words; `goal` is the key of the goal it is about, `part` the part of the page."""

    words: str
    part: str
    goal: UUID | None = None


def missing_of(content: PlanContent) -> list[Gap]:
    """Everything that keeps a plan from being submitted, in the order of the page."""
    return [*_basics(content), *_goals(content), *_arrangements(content)]


def _basics(content: PlanContent) -> Iterator[Gap]:
    for name, words in HEALTH_WORDS.items():
        if not content.health.get(name):
            yield Gap(f"健康与禁忌：“{words}”还没有写，没有就写“无”。", "health")
    if not any(level["text"] or level["score"] is not None for level in content.levels):
        yield Gap("现有水平还没有写。", "levels")
    for name, words in FAMILY_WORDS.items():
        if not content.family.get(name):
            yield Gap(f"家庭：“{words}”还没有写。", "family")


def _goals(content: PlanContent) -> Iterator[Gap]:
    if not content.goals:
        yield Gap("还没有目标。", "goals")
    for number, goal in enumerate(content.goals, 1):
        for words in _lacks(goal):
            yield Gap(f"长期目标 {number}：{words}", "goals", goal.key)
        for place, objective in enumerate(goal.objectives, 1):
            if lacks := "、".join(lacking(objective)):
                yield Gap(f"短期目标 {number}.{place}：还缺{lacks}。", "goals", goal.key)


def _lacks(goal: Goal) -> Iterator[str]:
    if not goal.text:
        yield "还没有写目标。"
    if not goal.area:
        yield "还没有选领域。"
    if goal.months is None or not LEAST_MONTHS <= goal.months <= LAST_MONTH:
        yield f"期限要在 {LEAST_MONTHS} 到 {LAST_MONTH} 个月之间。"
    if not LEAST_OBJECTIVES <= len(goal.objectives) <= MOST_AT_A_GOAL:
        yield f"要有 {LEAST_OBJECTIVES} 到 {MOST_AT_A_GOAL} 个短期目标，现在有 {len(goal.objectives)} 个。"


def lacking(objective: Objective) -> Iterator[str]:
    """What an objective lacks, by name."""
    told: dict[str, Any] = {
        "行为": objective.text,
        "条件": objective.condition,
        "标准": objective.criterion,
        "现在的提示程度": objective.start_level is not None,
        "目标的提示程度": objective.target_level is not None,
        "动作分解": objective.steps,
        "评量方式": objective.measures,
    }
    return (words for words, given in told.items() if not given)


def _arrangements(content: PlanContent) -> Iterator[Gap]:
    for name, words in SERVICE_WORDS.items():
        if not content.service.get(name):
            yield Gap(f"送教安排：“{words}”还没有写。", "service")
    if not content.home_practice:
        yield Gap("家庭练习还没有写。", "service")
    if not any(each["name"] for each in content.participants):
        yield Gap("参加制定的人还没有写。", "people")


def due_step(state: str, starts_on: date, ends_on: date, *, ends_with_case: date | None, today: date) -> str:
    """What the day asks of a plan: `in_force`, `closed` or nothing. Holds however late it is asked."""
    over = ends_on < today or (ends_with_case is not None and ends_with_case <= today)
    if state in ("approved", "in_force") and over:
        return "closed"
    return "in_force" if state == "approved" and starts_on <= today else ""


def may_decide(person: UUID, *, author: UUID, submitter: UUID | None, writers: Collection[str]) -> bool:
    """Nobody decides about what they wrote or submitted."""
    return person not in (author, submitter) and str(person) not in writers


def carried_on(content: PlanContent, marks: Mapping[str, str]) -> PlanContent:
    """For the next term: objectives that were passed or dropped stay behind, the others keep their keys, as do their goals."""
    goals = []
    for goal in content.goals:
        kept = tuple(each for each in goal.objectives if marks.get(str(each.key)) not in CLOSED_MARKS)
        if kept or not goal.objectives:
            goals.append(replace(goal, objectives=kept))
    return replace(content, goals=tuple(goals))


def with_levels(content: PlanContent, assessment: UUID, levels: list[dict[str, Any]]) -> PlanContent:
    """Present levels as an assessment found them; what was written of a domain of the same name stays."""
    texts = {level["name"]: level["text"] for level in content.levels}
    found = tuple(level | {"text": texts.get(level["name"], "")} for level in levels)
    return replace(content, assessment=assessment, levels=found)


@dataclass(frozen=True, slots=True)
class Usual:
    """What is known before a plan is written: who takes part (name, role), who looks after the child, how often, where, by whom."""

    participants: tuple[tuple[str, str], ...]
    caregiver: str
    frequency: str
    place: str
    people: str


def with_usual(content: PlanContent, usual: Usual) -> PlanContent:
    """What is empty is filled from it; what was written stays."""
    family = dict(content.family) | {"caregiver": content.family.get("caregiver") or usual.caregiver}
    known = {"frequency": usual.frequency, "place": usual.place, "people": usual.people}
    service = dict(content.service) | {name: content.service.get(name) or text[:200] for name, text in known.items()}
    people = content.participants or tuple({"name": name, "role": role} for name, role in usual.participants[:MOST_PEOPLE])
    return replace(content, family=family, service=service, participants=people)


def review_day(content: PlanContent, starts_on: date, ends_on: date) -> date:
    """When the first goal's months are over, at the latest on the last day."""
    months = min((goal.months for goal in content.goals if goal.months), default=LAST_MONTH)
    index = starts_on.year * 12 + starts_on.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return min(ends_on, date(year, month, min(starts_on.day, monthrange(year, month)[1])))
