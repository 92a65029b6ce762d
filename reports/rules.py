"""What a later surplus makes good. Source: docs/rules.md, "Judging a month"."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple


class Balance(NamedTuple):
    """A judged month of one child: what was short, and what was given beyond what was owed."""

    short_visits: int
    short_lessons: Decimal
    surplus_visits: int
    surplus_lessons: Decimal

    @property
    def is_short(self) -> bool:
        return bool(self.short_visits or self.short_lessons)


def made_good(months: Sequence[Balance]) -> frozenset[int]:
    """Which short months of one school year (by position, in order) later surplus has covered: 已补齐.

    The oldest shortfall is covered first, visits by visits and lessons by lessons. The verdicts stay.
    """
    visits = _uncovered((month.short_visits, month.surplus_visits) for month in months)
    lessons = _uncovered((month.short_lessons, month.surplus_lessons) for month in months)
    return frozenset(n for n, month in enumerate(months) if month.is_short and n not in visits and n not in lessons)


def _uncovered(months: Iterable[tuple[Decimal | int, Decimal | int]]) -> frozenset[int]:
    """Positions whose shortfall no later surplus reached."""
    waiting: deque[tuple[int, Decimal | int]] = deque()
    for number, (short, surplus) in enumerate(months):
        while waiting and surplus > 0:
            oldest, missing = waiting.popleft()
            if missing > surplus:
                waiting.appendleft((oldest, missing - surplus))
            surplus = max(Decimal(0), surplus - missing)
        if short > 0:
            waiting.append((number, short))
    return frozenset(number for number, _ in waiting)
