"""The school calendar: terms and public holidays as frozen values, no database, no clock.

Source: docs/rules.md, "The school calendar".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Span:
    """Days from first to last, both included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def overlap(one: Span, other: Span) -> bool:
    return one.first <= other.last and other.first <= one.last


def school_year_of(day: date) -> int:
    """The year in which the school year of `day` begins: 1 September to 31 August."""
    return day.year if day.month >= 9 else day.year - 1


def school_year_span(year: int) -> Span:
    return Span(date(year, 9, 1), date(year + 1, 8, 31))


def days_of(span: Span) -> Iterable[date]:
    return (span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1))


@dataclass(frozen=True)
class Calendar:
    """Terms and public holidays of one county."""

    terms: tuple[Span, ...] = ()
    holidays: tuple[Span, ...] = ()

    @cached_property
    def _years_with_terms(self) -> frozenset[int]:
        return frozenset(school_year_of(term.first) for term in self.terms)

    @cached_property
    def _days_of_terms(self) -> frozenset[date]:
        return frozenset(day for term in self.terms for day in days_of(term))

    @cached_property
    def _holiday_days(self) -> frozenset[date]:
        return frozenset(day for holiday in self.holidays for day in days_of(holiday))

    def is_term_day(self, day: date) -> bool:
        """In a school year without terms every day outside July and August is one."""
        if school_year_of(day) not in self._years_with_terms:
            return day.month not in (7, 8)
        return day in self._days_of_terms

    def is_public_holiday(self, day: date) -> bool:
        return day in self._holiday_days

    def term_days(self, year: int) -> list[date]:
        """The term days of a school year, in order."""
        return [day for day in days_of(school_year_span(year)) if self.is_term_day(day)]


def why_no_term(term: Span, others: Iterable[Span]) -> str:
    """Why a county cannot have this term beside its others, or an empty text."""
    if school_year_of(term.first) != school_year_of(term.last):
        return "一个学期不能跨过 9 月 1 日。"
    return "与已有的学期重叠。" if any(overlap(term, other) for other in others) else ""
