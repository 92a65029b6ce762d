"""How a child's objectives went, read from the visits: by goal, each with its line. Source: docs/rules.md, "Progress"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from counties.rules import Mastery
from counties.rules.words import mastery_words
from plans.codes import FROZEN, Area, Mark, PlanState, PromptLevel
from plans.models import ObjectiveReview, Plan
from plans.rules.content import Goal, Objective, PlanContent
from students.models import Student
from visits.models import Practice
from visits.querysets.given import Known, known_of
from visits.rules.chart import Chart, draw
from visits.rules.progress import LONG, Standing, Trial, proposal, standing, visits_without

AREAS, LEVELS = dict(Area.choices), dict(PromptLevel.choices)


@dataclass(frozen=True, slots=True)
class ObjectiveProgress:
    """One objective, as the latest plan that holds it says it. `trials` are those of the stretch asked for, `left_out` the delivered
    visits since it was last practised."""

    number: str
    objective: Objective
    standing: Standing
    trials: tuple[Trial, ...]
    chart: Chart | None
    is_current: bool
    is_dropped: bool  # of a version whose successor has it no more
    left_out: int
    review: ObjectiveReview | None

    @property
    def chart_label(self) -> str:
        """What the line shows, for who does not see it."""
        levels = [f"{trial.level} {LEVELS[trial.level]}" for trial in self.trials if trial.level is not None]
        return f"提示程度的折线：{len(levels)} 次送教，从 {levels[0]} 到 {levels[-1]}；数字见每次的记录"

    @property
    def is_long_ago(self) -> bool:
        return self.is_current and not self.standing.mastered and self.left_out >= LONG

    @property
    def proposed(self) -> tuple[str, str, str]:
        """A mark, its word, and why."""
        mark, why = proposal(self.standing)
        return mark, (Mark(mark).label if mark else ""), why


@dataclass(frozen=True, slots=True)
class GoalProgress:
    goal: Goal
    area: str
    is_current: bool  # of the plan in force
    objectives: tuple[ObjectiveProgress, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """The goals of the plan in force first, then those of earlier plans that were practised."""

    goals: tuple[GoalProgress, ...]
    known: Known

    @property
    def rule(self) -> str:
        return mastery_words(self.known.mastery) if self.known.mastery else "政策没有规定，不判断是否掌握"

    @property
    def objectives(self) -> list[ObjectiveProgress]:
        return [each for goal in self.goals for each in goal.objectives]

    @property
    def current(self) -> list[GoalProgress]:
        return [goal for goal in self.goals if goal.is_current]

    @property
    def earlier(self) -> list[GoalProgress]:
        return [goal for goal in self.goals if not goal.is_current]

    @property
    def mastered(self) -> list[ObjectiveProgress]:
        return [each for each in self.objectives if each.standing.mastered]

    @property
    def long_ago(self) -> list[ObjectiveProgress]:
        return [each for each in self.objectives if each.is_long_ago]


def progress_of(student: Student, *, on: date, first: date | None = None, plan: Plan | None = None, known: Known | None = None) -> Progress:
    """What is known on the day; five queries, however much was practised. With `first`, of the plans and trials from that day on:
    what is mastered still rests on everything before. With `plan`, of its objectives alone, as it words them.
    """
    known = known or known_of(student, on=on)
    delivered = {each.pk: (each.on, each.order) for each in known.given if each.is_delivered}
    plans = [plan] if plan else _plans(student, first, on)
    reviews = ObjectiveReview.objects.filter(plan__student=student, on__lte=on).order_by("at", "pk").select_related("by")
    reading = _Reading(
        mastery=known.mastery,
        terms=[(term.first, f"{term.first.year}年{'秋' if term.first.month >= 8 else '春'}") for term in known.calendar.terms],
        visits=sorted(delivered.values()),
        trials=_trials(student, delivered),
        reviews={each.objective: each for each in reviews},
        first=first,
    )
    return Progress(tuple(reading.goals(plans, is_alone=plan is not None)), known)


def _plans(student: Student, first: date | None, on: date) -> list[Plan]:
    found = Plan.objects.filter(student=student, state__in=FROZEN, starts_on__lte=on)
    if first:
        found = found.filter(ends_on__gte=first)
    return list(found.order_by("starts_on", "version", "pk"))


def _trials(student: Student, days: Mapping[UUID, tuple[date, str]]) -> dict[UUID, list[Trial]]:
    rows = Practice.objects.filter(record__student=student).values_list(
        "record", "objective", "level", "tries", "right", "note", "record__visit"
    )
    found: dict[UUID, list[Trial]] = {}
    for record, objective, level, tries, right, note, visit in rows.order_by():
        if record in days:
            found.setdefault(objective, []).append(Trial(*days[record], level, tries, right, note, visit))
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    mastery: Mastery | None
    terms: Sequence[tuple[date, str]]
    visits: Sequence[tuple[date, str]]
    trials: Mapping[UUID, Sequence[Trial]]
    reviews: Mapping[UUID, ObjectiveReview]
    first: date | None

    def goals(self, plans: Sequence[Plan], *, is_alone: bool) -> Iterable[GoalProgress]:
        """Each objective once, at its goal in the latest plan that holds it."""
        contents = [(plan, PlanContent.read(plan.content)) for plan in plans]
        began: dict[UUID, tuple[Plan, Objective]] = {}
        for plan, content in contents:
            for _, objective in content.objectives():
                began.setdefault(objective.key, (plan, objective))
        told: set[UUID] = set()
        for plan, content in _latest_first(contents):
            is_current = is_alone or plan.state == PlanState.IN_FORCE
            is_dropped = not is_alone and plan.state == PlanState.SUPERSEDED
            for number, goal in enumerate(content.goals, 1):
                fresh = [(f"{number}.{place}", each) for place, each in enumerate(goal.objectives, 1) if each.key not in told]
                told |= {each.key for _, each in fresh}
                found = [
                    self._objective(name, each, *began[each.key], is_current=is_current, is_dropped=is_dropped) for name, each in fresh
                ]
                if kept := tuple(each for each in found if is_current or self.first or each.trials):
                    yield GoalProgress(goal, AREAS.get(goal.area, ""), is_current, kept)

    def _objective(
        self, number: str, objective: Objective, plan: Plan, began: Objective, *, is_current: bool, is_dropped: bool
    ) -> ObjectiveProgress:
        theirs = self.trials.get(objective.key, ())
        stands = standing(theirs, self.mastery, start=began.start_level, target=objective.target_level)
        shown = tuple(each for each in stands.trials if self.first is None or each.on >= self.first)
        levels = [(each.on, each.level) for each in shown if each.level is not None]
        reached = stands.mastered.on if stands.mastered else None
        return ObjectiveProgress(
            number=number,
            objective=objective,
            standing=stands,
            trials=shown,
            chart=draw(levels, start=stands.start, target=stands.target, mastered=reached, terms=self.terms),
            is_current=is_current,
            is_dropped=is_dropped,
            left_out=visits_without(theirs, self.visits, plan.starts_on),
            review=self.reviews.get(objective.key),
        )


def _latest_first(contents: Sequence[tuple[Plan, Any]]) -> list[tuple[Plan, Any]]:
    """The plan in force, then from the latest to the earliest."""
    latest = list(contents)[::-1]
    return sorted(latest, key=lambda each: each[0].state != PlanState.IN_FORCE)
