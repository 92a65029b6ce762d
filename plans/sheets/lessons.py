"""A lesson plan as its pages and its paper show it."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string

from office.pdf import make_pdf
from office.rules import full_day_text, number_text
from plans.models import LessonPlan, Plan
from plans.rules.content import PlanContent
from plans.rules.lessons import FLOW_WORDS, REFLECTION_WORDS, LessonContent, LessonObjective
from plans.rules.planning import HEALTH_WORDS
from plans.sheets.plans import Field, fields_of


@dataclass(frozen=True)
class LessonRow:
    """An objective of the lesson, and its steps a line each."""

    number: int
    objective: LessonObjective
    steps: str


@dataclass(frozen=True)
class StageRow:
    code: str
    word: str
    text: str
    minutes: int | None


@dataclass(frozen=True)
class LessonPage:
    content: LessonContent
    days: str
    lessons: str
    health: tuple[Field, ...]  # as the child's plan says it now
    objectives: tuple[LessonRow, ...]
    flow: tuple[StageRow, ...]
    reflection: tuple[Field, ...]  # none before it is written

    @property
    def lines(self) -> tuple[Field, ...]:
        """The three lines of the reflection, empty where there is none."""
        return self.reflection or fields_of(REFLECTION_WORDS, {})


def lesson_page(lesson: LessonPlan, plan: Plan, *, content: LessonContent | None = None) -> LessonPage:
    """As it is on record, or with `content` as somebody filled it in; `plan` tells the child's health."""
    content = content or lesson.told
    return LessonPage(
        content=content,
        days=days_of(content),
        lessons="" if content.lessons is None else number_text(content.lessons),
        health=fields_of(HEALTH_WORDS, PlanContent.read(plan.content).health),
        objectives=tuple(LessonRow(number, each, "\n".join(each.steps)) for number, each in enumerate(content.objectives, 1)),
        flow=tuple(StageRow(code, word, content.flow[code].text, content.flow[code].minutes) for code, word in FLOW_WORDS.items()),
        reflection=fields_of(REFLECTION_WORDS, lesson.reflection) if lesson.reflection else (),
    )


def days_of(content: LessonContent) -> str:
    """`2026年10月28日`, or the first and last day of a series."""
    return full_day_text(content.on) + (f"—{full_day_text(content.until)}" if content.until else "")


def print_lesson(lesson: LessonPlan, page: LessonPage) -> bytes:
    """On paper, with room for what happens; the same lesson plan, of a child whose plan says the same, gives the same bytes."""
    css = render_to_string("plans/print/lesson.css")
    return make_pdf(render_to_string("plans/print/_lesson.html", {"lesson": lesson, "page": page, "lines": page.lines}), css=[css])
