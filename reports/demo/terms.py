"""The terms that the demo's plans are for. A plan runs until the next term begins: make-up visits fall into holidays too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from counties.rules import school_year_of
from reports.demo.places import terms_around

AUTUMN, SPRING = 1, 2


@dataclass(frozen=True, slots=True)
class DemoTerm:
    year: int
    term: int
    starts_on: date
    ends_on: date  # inclusive


def plan_terms(today: date) -> list[DemoTerm]:
    """Those that have begun, the earliest first, and the one after them."""
    terms = [
        DemoTerm(school_year_of(one["start"]), _half(one["start"]), one["start"], other["start"] - timedelta(days=1))
        for one, other in pairwise(terms_around(today))
    ]
    begun = [term for term in terms if term.starts_on <= today]
    return terms[: len(begun) + 1]


def _half(start: date) -> int:
    return AUTUMN if start.month >= 8 else SPRING


def last_lessons(term: DemoTerm) -> date:
    """The day on which one looks back on a term."""
    return date(term.year + 1, 1, 15) if term.term == AUTUMN else date(term.year + 1, 7, 3)
