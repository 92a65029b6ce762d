"""Service days and what is owed, for one child over its cases. Source: docs/rules.md, "What is owed".

Everything is counted in days of the county's calendar; nothing here knows a clock.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from counties.rules import Calendar, PolicyTerms, Span, days_of, school_year_of, school_year_span

WEEK_OWES_FROM = 3  # Mondays to Fridays served, of a week that owes its visits
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Service:
    """One case as the calendar sees it: the last days of `ends_on` and of a pause's end are not served."""

    starts_on: date
    ends_on: date | None = None
    pauses: tuple[tuple[date, date | None], ...] = ()

    def spans(self, window: Span) -> tuple[Span, ...]:
        """The days in service within `window`, pauses taken out, as spans in order."""
        last = window.last if self.ends_on is None else min(window.last, self.ends_on - timedelta(days=1))
        spans = [Span(max(window.first, self.starts_on), last)]
        for paused_from, resumed_on in self.pauses:
            spans = [part for span in spans for part in _without(span, paused_from, resumed_on)]
        return tuple(span for span in spans if span.first <= span.last)

    def touches(self, window: Span) -> bool:
        """In the case's care on any day of `window`, paused or not."""
        return self.starts_on <= window.last and (self.ends_on is None or self.ends_on > window.first)


def _without(span: Span, paused_from: date, resumed_on: date | None) -> Iterable[Span]:
    yield Span(span.first, min(span.last, paused_from - timedelta(days=1)))
    if resumed_on is not None:
        yield Span(max(span.first, resumed_on), span.last)


# --- Months and their periods ------------------------------------------------------------------


def month_span(month: date) -> Span:
    """The calendar month of its first day."""
    return Span(month, month.replace(day=monthrange(month.year, month.month)[1]))


def next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def weeks_of(month: date) -> tuple[Span, ...]:
    """The weeks, Monday to Sunday, whose Thursday lies in the month."""
    span = month_span(month)
    thursdays = (day for day in days_of(span) if day.weekday() == 3)
    return tuple(Span(day - timedelta(days=3), day + timedelta(days=3)) for day in thursdays)


def periods_of(month: date, terms: PolicyTerms) -> tuple[Span, ...]:
    """What is judged one by one: the month itself, or its weeks."""
    return weeks_of(month) if terms.period == "week" else (month_span(month),)


def judged_span(month: date, terms: PolicyTerms) -> Span:
    """From the first day of the month's first period to the last of its last."""
    periods = periods_of(month, terms)
    return Span(periods[0].first, periods[-1].last)


def months_of_year(year: int) -> tuple[date, ...]:
    """The first days of a school year's twelve months, from September."""
    return tuple(date(year + (n > 12), (n - 1) % 12 + 1, 1) for n in range(9, 21))


# --- Owed ----------------------------------------------------------------------------------------


def round_half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


class MonthDemand:
    """What one policy and calendar ask of a month, ready to be asked for many children.

    Children with the same days in service get the same answer from a table.
    """

    def __init__(self, month: date, terms: PolicyTerms, calendar: Calendar) -> None:
        self.month, self.terms = month, terms
        self.periods = periods_of(month, terms)
        self._counting = [[day for day in days_of(period) if self._counts(day, calendar)] for period in self.periods]
        self._known: dict[tuple[tuple[Span, ...], ...], tuple[tuple[int, ...], ...]] = {}

    def _counts(self, day: date, calendar: Calendar) -> bool:
        if day.month in self.terms.exempt_months or not calendar.is_term_day(day):
            return False
        return self.terms.period == "month" or (day.weekday() < SATURDAY and not calendar.is_public_holiday(day))

    def owed(self, served: tuple[tuple[Span, ...], ...]) -> tuple[tuple[int, ...], ...]:
        """Visits owed per period and, within it, per case.

        `served` holds the spans in service of each case, the earliest case first.
        """
        if served not in self._known:
            self._known[served] = tuple(self._period_owed(days, served) for days in self._counting)
        return self._known[served]

    def total(self, served: tuple[tuple[Span, ...], ...]) -> int:
        return sum(sum(shares) for shares in self.owed(served))

    def _period_owed(self, counting: list[date], served: tuple[tuple[Span, ...], ...]) -> tuple[int, ...]:
        days = [0] * len(served)
        for day in counting:
            for number, spans in enumerate(served):
                if any(span.holds(day) for span in spans):
                    days[number] += 1
                    break  # a day is served once, by the earliest case that holds it
        return _shares(self._visits(sum(days)), days)

    def _visits(self, days: int) -> int:
        if self.terms.period == "week":
            return self.terms.visits_per_period if days >= WEEK_OWES_FROM else 0
        return round_half_up(Fraction(self.terms.visits_per_period * days, monthrange(self.month.year, self.month.month)[1]))


def _shares(visits: int, days: Sequence[int]) -> tuple[int, ...]:
    """`visits` split by days: each case but the last is rounded half up, the last takes the rest."""
    if len(days) == 1:
        return (visits,)
    everything, until_now, given = sum(days), 0, 0
    shares = []
    for count in days:
        until_now += count
        upto = round_half_up(Fraction(visits * until_now, everything)) if everything else 0
        shares.append(upto - given)
        given = upto
    return tuple(shares)


@dataclass(frozen=True, slots=True)
class YearOwed:
    """A child's school year: `visits` by its months, `lessons` by the year, `gap` lessons that the months alone leave."""

    visits: int
    lessons: int | None
    gap: int | None


class YearDemand:
    """What is asked of a school year, month by month, each under the policy that judges it."""

    def __init__(self, year: int, months: Sequence[MonthDemand], terms: PolicyTerms) -> None:
        self.year, self.terms = year, terms
        self.span = school_year_span(year)
        # Weeks of the first and last month may reach over the year's ends.
        self._window = Span(months[0].periods[0].first, months[-1].periods[-1].last)
        self._months = months
        self._whole = sum(month.total(((self._window,),)) for month in months)
        self._known: dict[tuple[tuple[Span, ...], ...], YearOwed] = {}

    @property
    def window(self) -> Span:
        """The days that any month of the year looks at."""
        return Span(min(self.span.first, self._window.first), max(self.span.last, self._window.last))

    def owed(self, served: tuple[tuple[Span, ...], ...]) -> YearOwed:
        """The year of a child whose cases were in service on the spans of `served`."""
        if served not in self._known:
            self._known[served] = self._judge(sum(month.total(served) for month in self._months))
        return self._known[served]

    def _judge(self, visits: int) -> YearOwed:
        if self.terms.lessons_per_year is None:
            return YearOwed(visits, None, None)
        lessons = ceil(Fraction(self.terms.lessons_per_year * visits, self._whole)) if self._whole else 0
        if self.terms.lessons_per_visit is None:
            return YearOwed(visits, lessons, None)
        return YearOwed(visits, lessons, max(0, ceil(lessons - visits * Fraction(self.terms.lessons_per_visit))))


def year_demand(year: int, terms_of: dict[date, PolicyTerms], calendar: Calendar, *, judged_by: PolicyTerms) -> YearDemand:
    """The year from the terms that judge each of its months."""
    return YearDemand(year, [MonthDemand(month, terms_of[month], calendar) for month in months_of_year(year)], judged_by)


def latest_safe_day(missing_lessons: Decimal, terms: PolicyTerms, term_days: Sequence[date]) -> date | None:
    """The last day on which make-up must begin so that the year can still be met.

    None when nothing is missing, the lessons of a visit are unknown, or no term day is left to count.
    """
    if missing_lessons <= 0 or not terms.lessons_per_visit or not terms.makeup_per_week or not term_days:
        return None
    weeks = ceil(Fraction(visits_for(missing_lessons, terms), terms.makeup_per_week))
    return term_days[-min(7 * weeks, len(term_days))]


def visits_for(lessons: Decimal, terms: PolicyTerms) -> int:
    """How many visits it takes to give `lessons`; 0 when the lessons of a visit are unknown."""
    return ceil(lessons / terms.lessons_per_visit) if terms.lessons_per_visit and lessons > 0 else 0


def year_and_months(month: date) -> tuple[int, tuple[date, ...]]:
    year = school_year_of(month)
    return year, months_of_year(year)
