"""A child's school year, month by month, as dots and sums. Source: docs/rules.md, "Judging a month"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Given(NamedTuple):
    """A visit of the child: its day, outcome (visits.rules.lines.OUTCOMES), whether it counts as delivered, its credited lessons."""

    on: date
    outcome: str
    is_delivered: bool
    credited: Decimal


@dataclass(frozen=True, slots=True)
class MonthDots:
    """One month's marks. `unplanned` are visits owed and nowhere planned."""

    month: date
    done: int
    missed: int
    planned: int
    owed: int

    @property
    def unplanned(self) -> int:
        return max(0, self.owed - self.done - self.planned)


@dataclass(frozen=True, slots=True)
class ChildYear:
    """The dots of twelve months, the lessons that count, and what the policy asks of the year (None: it does not say)."""

    months: tuple[MonthDots, ...]
    lessons: Decimal
    owed: int | None
    gap: int | None


def child_year(given: Iterable[Given], owed: Mapping[date, int], *, lessons_owed: int | None, gap: int | None) -> ChildYear:
    """`owed` names the year's months in order, with the visits that each owes."""
    visits = list(given)
    return ChildYear(
        months=tuple(_dots(month, [visit for visit in visits if visit.on.replace(day=1) == month], owed[month]) for month in owed),
        lessons=sum((visit.credited for visit in visits if visit.is_delivered), Decimal(0)),
        owed=lessons_owed,
        gap=gap,
    )


def _dots(month: date, visits: Sequence[Given], owed: int) -> MonthDots:
    found = Counter(visit.outcome for visit in visits)
    return MonthDots(month, sum(visit.is_delivered for visit in visits), found["missed"], found["planned"], owed)
