"""A month's facts counted once: for each child at each school, and for each school."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from counties.rules import PolicyTerms, Span
from visits.rules.judging import BEYOND_THE_TEAM, Fact, Key, credited, is_delivered, is_missed, period_of


class ChildTally:
    """One child at one school. All but `last_on` looks at the judged periods only."""

    __slots__ = ("counted", "delivered", "excused", "last_on", "lessons", "missed", "planned")

    def __init__(self, periods: int) -> None:
        self.counted: list[Fact] = []  # the delivered ones
        self.delivered, self.planned = [0] * periods, [0] * periods
        self.lessons, self.missed, self.excused = Decimal(0), 0, 0
        self.last_on: date | None = None

    def add(self, fact: Fact, period: int, terms: PolicyTerms, *, delivered: bool) -> None:
        if delivered:
            self.counted.append(fact)
            self.delivered[period] += 1
            self.lessons += credited(fact.lessons, terms)
        elif fact.state == "planned":
            self.planned[period] += 1
        elif is_missed(fact):
            self.missed += 1
            self.excused += fact.reason in BEYOND_THE_TEAM


class SchoolTally:
    """The child-visits of a school's calendar month: delivered ones by mode, and those that found nobody."""

    __slots__ = ("missed", "modes")

    def __init__(self) -> None:
        self.modes: Counter[str] = Counter(home=0, centre=0, remote=0)
        self.missed = 0


class Tallies:
    """`children` by child and school, `schools` by school; whoever has no facts has empty ones."""

    def __init__(self, facts: Iterable[Fact], periods: Sequence[Span], calendar_month: Span, terms: PolicyTerms) -> None:
        self.children: dict[tuple[Key, Key], ChildTally] = defaultdict(lambda: ChildTally(len(periods)))
        self.schools: dict[Key, SchoolTally] = defaultdict(SchoolTally)
        for fact in facts:  # in order of their start
            child, delivered = self.children[fact.student_id, fact.school_id], is_delivered(fact, terms)
            if delivered:
                child.last_on = fact.on
            period = period_of(fact.on, periods)
            if period is not None:
                child.add(fact, period, terms, delivered=delivered)
            if calendar_month.holds(fact.on):
                school = self.schools[fact.school_id]
                school.missed += is_missed(fact)
                if delivered:
                    school.modes[fact.mode] += 1
