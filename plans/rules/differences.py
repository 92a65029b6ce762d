"""What one version of a plan says otherwise than another, for people to read. Source: docs/rules.md, "Assessments and plans"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plans.rules.content import Goal, Objective, PlanContent
from plans.rules.planning import FAMILY_WORDS, HEALTH_WORDS, SERVICE_WORDS

OBJECTIVE_WORDS = {
    "text": "行为",
    "condition": "条件",
    "criterion": "标准",
    "start_level": "现在的提示程度",
    "target_level": "目标的提示程度",
    "steps": "动作分解",
    "strategy": "策略",
    "materials": "材料",
    "measures": "评量方式",
}
GOAL_WORDS = {"area": "领域", "text": "长期目标", "months": "期限（月）"}


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` is empty for what is new, `after` for what was dropped."""

    where: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        return "新增" if not self.before else "去掉" if not self.after else "改动"


def differences(before: PlanContent, after: PlanContent, names: Mapping[str, Mapping[Any, str]]) -> list[Difference]:
    """In the order of the page. `names` gives codes as people read them: {"area": …, "level": …, "measure": …}."""
    return [
        *_of_texts("健康与禁忌", HEALTH_WORDS, before.health, after.health),
        *_of_levels(before.levels, after.levels),
        *_of_texts("家庭", FAMILY_WORDS, before.family, after.family),
        *_of_goals(before, after, names),
        *_of_texts("送教安排", SERVICE_WORDS, before.service, after.service),
        *_one("家庭练习", before.home_practice, after.home_practice),
        *_one("参加人", _people(before), _people(after)),
    ]


def _one(where: str, before: str, after: str) -> Iterator[Difference]:
    if before != after:
        yield Difference(where, before, after)


def _of_texts(where: str, words: Mapping[str, str], before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for name, word in words.items():
        yield from _one(f"{where}：{word}", before.get(name, ""), after.get(name, ""))


def _of_levels(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> Iterator[Difference]:
    old, new = ({level["name"]: _level(level) for level in levels} for levels in (before, after))
    for name in dict.fromkeys([*new, *old]):
        yield from _one(f"现有水平：{name}", old.get(name, ""), new.get(name, ""))


def _level(level: dict[str, Any]) -> str:
    scored = "" if level["score"] is None else f"{level['score']}/{level['most']} "
    return f"{scored}{level['text']}".strip() or "未写"


def _people(content: PlanContent) -> str:
    return "、".join(f"{each['name']}（{each['role']}）" if each["role"] else each["name"] for each in content.participants)


def _of_goals(before: PlanContent, after: PlanContent, names: Mapping[str, Mapping[Any, str]]) -> Iterator[Difference]:
    old = {goal.key: goal for goal in before.goals}
    kept = {goal.key for goal in after.goals}
    for number, goal in enumerate(after.goals, 1):
        where = f"长期目标 {number}"
        if (was := old.get(goal.key)) is None:
            yield Difference(where, "", _goal_text(goal, names))
        else:
            for name, word in GOAL_WORDS.items():
                values = (_said(name, getattr(each, name), names) for each in (was, goal))
                yield from _one(f"{where}：{word}", *values)
        yield from _of_objectives(f"短期目标 {number}", was.objectives if was else (), goal.objectives, names)
    for goal in before.goals:
        if goal.key not in kept:
            yield Difference("长期目标", _goal_text(goal, names), "")


def _of_objectives(
    where: str, before: Sequence[Objective], after: Sequence[Objective], names: Mapping[str, Mapping[Any, str]]
) -> Iterator[Difference]:
    old, kept = {each.key: each for each in before}, {each.key for each in after}
    for place, objective in enumerate(after, 1):
        if (was := old.get(objective.key)) is None:
            yield Difference(f"{where}.{place}", "", objective.text or "未写")
            continue
        for name, word in OBJECTIVE_WORDS.items():
            values = (_said(name, getattr(each, name), names) for each in (was, objective))
            yield from _one(f"{where}.{place}：{word}", *values)
    for objective in before:
        if objective.key not in kept:
            yield Difference(where, objective.text or "未写", "")


def _goal_text(goal: Goal, names: Mapping[str, Mapping[Any, str]]) -> str:
    return f"{names['area'].get(goal.area, '')}：{goal.text or '未写'}"


def _said(name: str, value: Any, names: Mapping[str, Mapping[Any, str]]) -> str:
    if name == "area":
        return names["area"].get(value, "")
    if name in ("start_level", "target_level"):
        return names["level"].get(value, "") if value is not None else ""
    if name == "measures":
        return "、".join(names["measure"].get(each, each) for each in value)
    return " → ".join(value) if name == "steps" else str(value if value is not None else "")
