"""The plans of an archive as their pages show them, with every review and who signed; its lesson plans and term summaries."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from office.rules import full_day_text
from plans.codes import Mark
from plans.models import LessonPlan, Plan
from plans.sheets import PlanPage, plan_page
from plans.sheets.lessons import LessonPage, lesson_page
from plans.sheets.plans import ObjectivePart
from plans.sheets.signing import Signed, signed_of
from visits.models import TermSummary
from visits.sheets import SummaryPage, summary_page


@dataclass(frozen=True)
class GoalRows:
    heading: str
    objectives: tuple[tuple[ObjectivePart, tuple[str, ...]], ...]  # each with what its reviews said


@dataclass(frozen=True)
class PlanRows:
    plan: Plan
    heading: str
    days: str
    page: PlanPage
    goals: tuple[GoalRows, ...]
    signed: tuple[Signed, ...]


def plan_rows(plan: Plan, *, signatures: bool) -> PlanRows:
    """Without `signatures` it says who signed, and shows no stroke and no paper."""
    reviews: dict[UUID, list[str]] = {}
    for each in plan.reviews.all():
        said = f"{full_day_text(each.on)} {Mark(each.mark).label}"
        reviews.setdefault(each.objective, []).append(f"{said}：{each.note}" if each.note else said)
    page = plan_page(plan, reviews=plan.reviews.all())
    goals = (
        GoalRows(
            heading="".join(filter(None, (part.goal.text, part.area and f"（{part.area}）"))),
            objectives=tuple((each, tuple(reviews.get(each.objective.key, ()))) for each in part.objectives),
        )
        for part in page.goals
    )
    return PlanRows(
        plan=plan,
        heading=f"{plan.get_term_display()}计划（第 {plan.version} 版，{plan.get_state_display()}）",
        days=f"{full_day_text(plan.starts_on)} 至 {full_day_text(plan.ends_on)}",
        page=page,
        goals=tuple(goals),
        signed=tuple(signed_of(plan, plan.signatures.all(), is_shown=signatures)),
    )


def lesson_rows(lessons: tuple[LessonPlan, ...]) -> tuple[tuple[LessonPlan, LessonPage], ...]:
    return tuple((each, lesson_page(each, each.plan)) for each in lessons)


def summary_rows(summaries: tuple[TermSummary, ...]) -> tuple[tuple[TermSummary, SummaryPage], ...]:
    """Finished ones keep their figures: the day says nothing about them."""
    return tuple((each, summary_page(each, on=each.ends_on)) for each in summaries)
