"""The course of one child: what each term's plan aims at, how its objectives come along from visit to visit, what assessments find.

Some objectives are mastered quickly, some slowly; one comes to a stand and is made simpler, one is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from plans.rules.bank import Suggestion, built_in
from plans.rules.content import Goal, Objective
from plans.rules.scales import Scale
from reports.demo.children import DemoChild
from reports.demo.terms import DemoTerm
from reports.demo.wording import AREAS, CONDITIONS, NOTES, REVIEWED, STRATEGIES

GOALS, OBJECTIVES, AT_ONCE = 3, 3, 4
PACES = ("quick", "steady", "stands still", "quick", "dropped", "steady", "steady")
STEP = {"quick": 0.8, "steady": 0.5, "stands still": 0.4, "dropped": 0.05}
IN_A_ROW, TOO_OFTEN, STANDS = 3, 4, 6
"""Mastered after so many good visits; dropped after so many; simplified after so many."""


@dataclass(frozen=True, slots=True)
class Practised:
    """An objective in a visit."""

    day: date
    term: DemoTerm
    objective: UUID
    level: int
    tries: int
    right: int
    note: str


@dataclass(frozen=True, slots=True)
class TermCourse:
    """A term's plan as it begins, and how its objectives stand: [mark, words, day] by key."""

    term: DemoTerm
    goals: tuple[Goal, ...]
    marks: dict[UUID, tuple[str, str, date]]


@dataclass(slots=True)
class _Growing:
    """An objective on its way."""

    objective: Objective
    pace: str
    level: float
    ceiling: int
    tried: int = 0
    streak: int = 0
    mark: str = ""
    marked_on: date | None = None

    @property
    def is_open(self) -> bool:
        return not self.mark

    def practise(self, rng: Random, day: date) -> tuple[int, int, int]:
        """Prompt level, tries, right; afterwards it may be mastered, or given up."""
        level = max(0, min(self.ceiling, round(self.level + rng.uniform(-0.6, 0.4))))
        tries = rng.choice((5, 6, 8, 10))
        right = max(0, min(tries, round(tries * (0.3 + 0.1 * level + rng.uniform(-0.12, 0.16)))))
        self.tried += 1
        self.level = min(self.ceiling, self.level + STEP[self.pace])
        self.streak = self.streak + 1 if level == 5 or right >= 0.8 * tries else 0
        if self.streak >= IN_A_ROW:
            self.mark, self.marked_on = "P", day
        elif self.pace == "dropped" and self.tried >= TOO_OFTEN:
            self.mark, self.marked_on = "D", day
        return level, tries, right

    def as_it_stands(self) -> Objective:
        """For the next plan: from where it has come to, a step higher at least."""
        start = max(0, min(4, round(self.level)))
        return replace(self.objective, start_level=start, target_level=max(start + 1, self.objective.target_level or 0))


class Course:
    """Drawn from the child's number alone: the same on every day the terms and visits are the same."""

    def __init__(self, child: DemoChild, terms: Sequence[DemoTerm], days: Sequence[date]) -> None:
        self._rng = Random(f"course {child.number}")  # noqa: S311 — drawn content, not secrets
        self._child = child
        self._bank = {area: self._mixed(area) for area in AREAS[child.need]}
        self._growing: dict[UUID, _Growing] = {}
        self.terms: list[TermCourse] = []
        self.practised: list[Practised] = []
        for term in terms:
            goals = self._goals()
            self._go_on(term, goals, [day for day in days if term.starts_on <= day <= term.ends_on])
            self.terms.append(TermCourse(term, goals, self._marks(term, goals)))

    # --- goals ---

    def _mixed(self, area: str) -> list[list[Suggestion]]:
        """The area's goals in the bank, those with enough objectives, in the child's own order."""
        goals: dict[str, list[Suggestion]] = {}
        for each in built_in():
            if each.area == area:
                goals.setdefault(each.goal, []).append(each)
        enough = [found for found in goals.values() if len(found) >= OBJECTIVES]
        return self._rng.sample(enough, k=len(enough))

    def _goals(self) -> tuple[Goal, ...]:
        """What the last plan left open, filled up from the bank; where nothing is left of a goal, the area's next one."""
        kept = [replace(goal, objectives=tuple(self._kept(goal))) for goal in (self.terms[-1].goals if self.terms else ())]
        goals = [filled for goal in kept if goal.objectives and len((filled := self._filled(goal)).objectives) >= OBJECTIVES]
        areas = [area for area in AREAS[self._child.need] if area not in {goal.area for goal in goals}]
        new = [self._new_goal(area) for area in areas[: max(0, GOALS - len(goals))]]
        return (*goals, *(goal for goal in new if goal))

    def _new_goal(self, area: str) -> Goal | None:
        """The area's next goal of which enough objectives are left in the bank."""
        if not (first := next((each for each in self._bank[area] if len(each) >= OBJECTIVES), [])):
            return None
        return self._filled(Goal(self._key(), area, first[0].goal, self._rng.choice((4, 4, 5)), ()))

    def _kept(self, goal: Goal) -> Iterator[Objective]:
        return (growing.as_it_stands() for each in goal.objectives if (growing := self._growing[each.key]).mark not in ("P", "D"))

    def _filled(self, goal: Goal) -> Goal:
        objectives = list(goal.objectives)
        source = next((each for each in self._bank[goal.area] if each and each[0].goal == goal.text), [])
        while len(objectives) < OBJECTIVES and source:
            objectives.append(self._taken(source.pop(0)))
        self._bank[goal.area] = [each for each in self._bank[goal.area] if each]
        return replace(goal, objectives=tuple(objectives))

    def _taken(self, each: Suggestion) -> Objective:
        rng, start = self._rng, self._rng.choice((0, 1, 1, 2, 2, 3))
        pace = PACES[len(self._growing) % len(PACES)]
        target = min(5, start + rng.choice((2, 3, 4)))
        objective = Objective(
            key=self._key(),
            text=each.text,
            condition=rng.choice(CONDITIONS),
            criterion=each.criterion,
            start_level=start,
            target_level=target,
            steps=each.steps,
            strategy=rng.choice(STRATEGIES),
            materials=each.materials,
            measures=rng.choice((("O",), ("O", "P"), ("O", "V"), ("P",))),
        )
        ceiling = start + 1 if pace == "stands still" else 1 if pace == "dropped" else 5
        self._growing[objective.key] = _Growing(objective, pace, start, ceiling)
        return objective

    def _key(self) -> UUID:
        return UUID(int=self._rng.getrandbits(128), version=4)

    # --- visits ---

    def _go_on(self, term: DemoTerm, goals: Sequence[Goal], days: Sequence[date]) -> None:
        aimed_at = [self._growing[objective.key] for goal in goals for objective in goal.objectives]
        for day in days:
            for growing in [each for each in aimed_at if each.is_open][:AT_ONCE]:
                level, tries, right = growing.practise(self._rng, day)
                note = self._rng.choice(NOTES[level]) if self._rng.random() < 0.3 else ""
                self.practised.append(Practised(day, term, growing.objective.key, level, tries, right, note))

    def _marks(self, term: DemoTerm, goals: Sequence[Goal]) -> dict[UUID, tuple[str, str, date]]:
        """How each objective of the term's plan stood at its end: passed and dropped ones since their own day."""
        marks = {}
        for objective in (each for goal in goals for each in goal.objectives):
            growing = self._growing[objective.key]
            stands = growing.pace == "stands still" and growing.tried >= STANDS
            mark = growing.mark or ("S" if stands else "C")
            marks[objective.key] = (mark, self._rng.choice(REVIEWED[mark]), growing.marked_on or term.ends_on)
        return marks


def scores_of(child: DemoChild, scale: Scale, months: float) -> dict[str, int]:
    """What an assessment finds so many months after service began: every domain has its own beginning, and its own pace."""
    scores = {}
    for domain in scale.domains:
        own = Random(f"{child.number} {domain.name}")  # noqa: S311
        begun, pace = own.uniform(0.3, 1.6), own.uniform(0.01, 0.06)
        for place, item in enumerate(domain.items):
            points = begun + pace * months - 0.16 * place + own.uniform(-0.4, 0.4)
            scores[item.code] = max(0, min(scale.top, round(points)))
    return scores


def as_content(begun: dict[str, Any], goals: Sequence[Goal], **parts: Any) -> dict[str, Any]:
    """What the page would send: the draft as it was begun, its goals and the other parts filled in."""
    return begun | {"goals": [goal.plain() for goal in goals]} | parts
