"""The lines a month is made of: a child's, a school's, a teacher's, and the county's that holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from uuid import UUID

from counties.models import Policy, School
from counties.rules import PolicyTerms
from visits.rules.judging import Month, Verdict, Year, rate, reachable_rate


@dataclass(frozen=True, slots=True)
class ChildMonth:
    """One child's line for one school. `is_paused`: in the school's care, but no day of the month in service."""

    student_id: UUID
    school_id: UUID
    name: str
    birth_on: date
    month: Month
    year: Year
    is_paused: bool
    last_visit_on: date | None


@dataclass(frozen=True, slots=True)
class SchoolMonthFigures:
    school: School
    lines: tuple[ChildMonth, ...]  # also children paused all month
    by_mode: dict[str, int]
    missed: int
    filed: str = ""  # the state of what the school filed last of the month; empty while nothing is
    shows_flags: bool = True  # not to the county before it is filed

    @property
    def children(self) -> tuple[ChildMonth, ...]:
        """The children in service on any day of the month."""
        return tuple(line for line in self.lines if not line.is_paused)

    @property
    def is_filed(self) -> bool:
        return bool(self.filed)

    @property
    def on_roll(self) -> int:
        return len(self.children)

    @property
    def owed(self) -> int:
        return sum(line.month.owed for line in self.lines)

    @property
    def delivered(self) -> int:
        return sum(line.month.delivered for line in self.lines)

    @property
    def lessons(self) -> Decimal:
        return sum((line.month.lessons for line in self.lines), Decimal(0))

    @property
    def children_owed(self) -> int:
        return sum(line.month.owed > 0 for line in self.lines)

    @property
    def children_served(self) -> int:
        return sum(line.month.delivered > 0 for line in self.lines)

    @property
    def flagged(self) -> int:
        return sum(bool(line.month.flags) for line in self.lines)

    def count(self, verdict: Verdict) -> int:
        return sum(line.month.verdict == verdict for line in self.children)

    @property
    def rate(self) -> Fraction | None:
        return rate(line.month for line in self.lines)

    @property
    def reachable_rate(self) -> Fraction | None:
        return reachable_rate(line.month for line in self.lines)


@dataclass(frozen=True, slots=True)
class TeacherMonth:
    """A person's outings of the calendar month, for one of their schools."""

    user_id: UUID
    name: str
    school_code: str
    visits: int
    missed: int
    workload: Decimal | None


@dataclass(frozen=True)
class CountyMonth:
    """A month as it stands at `as_of`; `is_over` once its last period has ended."""

    county_code: str
    month: date
    as_of: datetime
    is_over: bool
    days_left: int
    policy: Policy | None
    terms: PolicyTerms
    schools: tuple[SchoolMonthFigures, ...]
    teachers: tuple[TeacherMonth, ...]

    @cached_property
    def lines(self) -> tuple[ChildMonth, ...]:
        return tuple(line for school in self.schools for line in school.lines)

    @property
    def rate(self) -> Fraction | None:
        return rate(line.month for line in self.lines)

    @property
    def reachable_rate(self) -> Fraction | None:
        return reachable_rate(line.month for line in self.lines)
