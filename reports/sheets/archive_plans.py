"""The individualized plans of an archive: what was approved, printed plainly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from office.rules import full_day_text
from plans.codes import Area, Mark, Measure, PromptLevel
from plans.models import Plan
from plans.rules.content import Goal, Objective, PlanContent
from reports.sheets.paper import clean

Rows = tuple[tuple[str, str], ...]
HEALTH = {"seizures": "癫痫", "feeding": "进食", "medication": "用药", "allergies": "过敏", "forbidden": "禁忌动作"}
FAMILY = {"caregiver": "照料人", "time": "合适的时间", "wishes": "家庭的愿望"}
SERVICE = {"frequency": "次数", "place": "地点", "people": "人员"}


@dataclass(frozen=True)
class ObjectivePart:
    text: str
    facts: Rows
    steps: tuple[str, ...]
    reviews: tuple[str, ...]


@dataclass(frozen=True)
class GoalPart:
    heading: str
    objectives: tuple[ObjectivePart, ...]


@dataclass(frozen=True)
class PlanPage:
    heading: str
    facts: Rows
    levels: tuple[tuple[str, str, str], ...]
    told: Rows  # health, family, service
    goals: tuple[GoalPart, ...]
    home_practice: str
    signed: tuple[str, ...]
    digest: str


def plan_page(plan: Plan) -> PlanPage:
    content = PlanContent.read(plan.content)
    reviews: dict[str, list[str]] = {}
    for each in plan.reviews.all():
        said = f"{full_day_text(each.on)} {Mark(each.mark).label}"
        reviews.setdefault(str(each.objective), []).append(f"{said}：{clean(each.note)}" if each.note else said)
    return PlanPage(
        heading=f"{plan.get_term_display()}计划（第 {plan.version} 版，{plan.get_state_display()}）",
        facts=tuple(_facts(plan)),
        levels=tuple((clean(each["name"]), _points(each), clean(each["text"])) for each in content.levels),
        told=tuple(_told(content)),
        goals=tuple(GoalPart(_goal(goal), tuple(_objective(one, reviews) for one in goal.objectives)) for goal in content.goals),
        home_practice=clean(content.home_practice),
        signed=tuple(_signed(plan, content)),
        digest=plan.digest,
    )


def _facts(plan: Plan) -> Iterator[tuple[str, str]]:
    yield "起止", f"{full_day_text(plan.starts_on)} 至 {full_day_text(plan.ends_on)}"
    yield "学校", clean(plan.school.name)
    yield "制定人", clean(plan.author.name)
    yield "审批人", clean(plan.decided_by.name) if plan.decided_by else "—"


def _points(level: dict[str, object]) -> str:
    return f"{level['score']} / {level['most']}" if level["score"] is not None and level["most"] is not None else "—"


def _told(content: PlanContent) -> Iterator[tuple[str, str]]:
    for words, said in ((HEALTH, content.health), (FAMILY, content.family), (SERVICE, content.service)):
        for name, label in words.items():
            if text := clean(str(said.get(name, ""))):
                yield label, text


def _goal(goal: Goal) -> str:
    area = Area(goal.area).label if goal.area else ""
    return "：".join(filter(None, (str(area), clean(goal.text)))) + (f"（{goal.months} 个月）" if goal.months else "")


def _objective(one: Objective, reviews: dict[str, list[str]]) -> ObjectivePart:
    levels = [str(PromptLevel(level).label) if level is not None else "—" for level in (one.start_level, one.target_level)]
    rows = (
        ("条件", clean(one.condition)),
        ("达成标准", clean(one.criterion)),
        ("提示程度", " → ".join(levels) if set(levels) != {"—"} else ""),
        ("策略", clean(one.strategy)),
        ("材料", clean(one.materials)),
        ("评量方式", "、".join(str(Measure(code).label) for code in one.measures)),
    )
    steps = tuple(map(clean, one.steps))
    return ObjectivePart(clean(one.text), tuple((label, text) for label, text in rows if text), steps, tuple(reviews.get(str(one.key), ())))


def _signed(plan: Plan, content: PlanContent) -> Iterator[str]:
    for each in content.participants:
        yield "参加人 " + " ".join(filter(None, (clean(each["name"]), clean(each["role"]))))
    for one in plan.signatures.all():
        as_whom = "，".join(filter(None, (str(one.get_kind_display()), clean(one.relation))))
        yield f"签字 {clean(one.name)}（{as_whom}），{full_day_text(one.on)}"
