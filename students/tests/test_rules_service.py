"""What is owed: every worked example of docs/rules.md, without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from counties.rules import Calendar, PolicyTerms, Span, policy_values
from students.rules.service import MonthDemand, Service, YearDemand, latest_safe_day, months_of_year, visits_for, weeks_of, year_demand

CALENDAR = Calendar(
    terms=(Span(date(2026, 9, 1), date(2027, 1, 20)), Span(date(2027, 2, 22), date(2027, 7, 8))),
    holidays=(Span(date(2026, 10, 1), date(2026, 10, 7)),),
)
MONTHLY = PolicyTerms()
WEEKLY = PolicyTerms.read(policy_values("甘肃 2018", {}))


def owed(service: Service | tuple[Service, ...], month: date, terms: PolicyTerms = MONTHLY) -> int:
    services = service if isinstance(service, tuple) else (service,)
    demand = MonthDemand(month, terms, CALENDAR)
    window = Span(demand.periods[0].first, demand.periods[-1].last)
    return demand.total(tuple(each.spans(window) for each in services))


def since(day: date, until: date | None = None, **fields: Any) -> Service:
    return Service(day, until, **fields)


ALL_YEAR = since(date(2026, 9, 1))


@pytest.mark.parametrize(
    ("service", "month", "visits"),
    [
        (ALL_YEAR, date(2026, 10, 1), 2),
        (since(date(2026, 10, 17)), date(2026, 10, 1), 1),
        (since(date(2026, 10, 25)), date(2026, 10, 1), 0),
        (ALL_YEAR, date(2027, 1, 1), 1),
        (ALL_YEAR, date(2027, 2, 1), 1),
        (ALL_YEAR, date(2027, 7, 1), 1),
        (ALL_YEAR, date(2027, 8, 1), 0),
        (since(date(2026, 9, 1), pauses=((date(2026, 9, 20), None),)), date(2026, 10, 1), 0),
        (since(date(2026, 9, 1), pauses=((date(2026, 10, 1), date(2026, 10, 17)),)), date(2026, 10, 1), 1),
        (since(date(2026, 9, 1), date(2026, 10, 1)), date(2026, 10, 1), 0),  # the exit day does not count
    ],
)
def test_owed_by_month_follows_the_days_in_service(service: Service, month: date, visits: int) -> None:
    assert owed(service, month) == visits


def test_an_exempt_month_owes_nothing() -> None:
    assert owed(ALL_YEAR, date(2026, 10, 1), PolicyTerms(exempt_months=(10,))) == 0


def test_october_2026_holds_five_weeks_and_owes_four() -> None:
    assert len(weeks_of(date(2026, 10, 1))) == 5
    assert owed(ALL_YEAR, date(2026, 10, 1), WEEKLY) == 4
    owing = MonthDemand(date(2026, 10, 1), WEEKLY, CALENDAR).owed(((Span(date(2026, 9, 1), date(2027, 8, 31)),),))
    assert [sum(shares) for shares in owing] == [1, 0, 1, 1, 1]


def test_a_child_who_changes_school_owes_once_split_by_days() -> None:
    first, second = Service(date(2026, 9, 1), date(2026, 10, 17)), Service(date(2026, 10, 17))
    window = Span(date(2026, 10, 1), date(2026, 10, 31))
    (shares,) = MonthDemand(date(2026, 10, 1), MONTHLY, CALENDAR).owed((first.spans(window), second.spans(window)))
    assert shares == (1, 1)
    late = Service(date(2026, 9, 1), date(2026, 10, 3)), Service(date(2026, 10, 3))
    (shares,) = MonthDemand(date(2026, 10, 1), MONTHLY, CALENDAR).owed(tuple(each.spans(window) for each in late))
    assert shares == (0, 2)


def year(service: Service, terms: PolicyTerms = MONTHLY) -> YearDemand:
    return year_demand(2026, dict.fromkeys(months_of_year(2026), terms), CALENDAR, judged_by=terms)


def test_a_child_in_service_all_year_owes_exactly_the_lessons_of_the_year() -> None:
    demand = year(ALL_YEAR)
    whole = demand.owed((ALL_YEAR.spans(demand.window),))
    assert (whole.visits, whole.lessons, whole.gap) == (19, 60, 3)


def test_a_child_since_17_october_owes_its_share_of_the_year() -> None:
    demand = year(ALL_YEAR)
    late = demand.owed((since(date(2026, 10, 17)).spans(demand.window),))
    assert (late.visits, late.lessons) == (16, 51)


def test_an_unknown_number_of_lessons_does_not_judge() -> None:
    terms = PolicyTerms.read(policy_values("万载县 2020", {}))
    demand = year(ALL_YEAR, terms)
    assert demand.owed((ALL_YEAR.spans(demand.window),)).lessons is None


def test_the_latest_safe_day_leaves_room_for_every_missing_visit() -> None:
    days = CALENDAR.term_days(2026)
    assert visits_for(Decimal(57), MONTHLY) == 19
    assert latest_safe_day(Decimal(57), MONTHLY, days) == date(2027, 4, 30)
    assert latest_safe_day(Decimal(0), MONTHLY, days) is None
    assert latest_safe_day(Decimal(9999), MONTHLY, days) == days[0]
