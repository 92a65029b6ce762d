"""What counts in a list, and what a child's year shows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from counties.rules import PolicyTerms
from visits.rules.lines import measure, outcome
from visits.rules.year import Given, child_year

THREE, TWO, UNKNOWN = (PolicyTerms(lessons_per_visit=lessons) for lessons in (Decimal(3), Decimal(2), None))


@pytest.mark.parametrize(
    ("state", "present", "became"),
    [
        ("done", True, "done"),
        ("done", False, "missed"),
        ("missed", False, "missed"),
        ("missed", True, "missed"),
        ("planned", False, "planned"),
    ],
)
def test_an_absent_child_was_not_served(state: str, present: bool, became: str) -> None:  # noqa: FBT001
    assert outcome(state, present=present) == became


@pytest.mark.parametrize(
    ("on", "credited"),
    [(date(2020, 1, 1), 6), (date(2026, 10, 31), 6), (date(2026, 11, 1), 4), (date(2026, 12, 31), 4), (date(2027, 1, 1), 8)],
)
def test_lessons_are_capped_by_the_policy_that_judges_their_month(on: date, credited: int) -> None:
    rule = measure({"450125": [(date(2026, 9, 15), THREE), (date(2026, 10, 2), TWO), (date(2026, 12, 9), UNKNOWN)]})
    assert rule.credit(Decimal(8), "450125", on) == credited
    assert rule.credit(Decimal("2.5"), "450125", on) == Decimal("2.5")


def test_a_county_without_a_policy_has_the_defaults() -> None:
    assert measure({"450125": []}).credit(Decimal(8), "450125", date(2026, 10, 1)) == 6
    assert measure({}).credit(Decimal(8), "450125", date(2026, 10, 1)) == 6
    assert "condolence" not in measure({}).purposes


def test_dots_of_a_month_never_go_below_nothing() -> None:
    given = [Given(date(2026, 10, day), "done", True, Decimal(3)) for day in (1, 8, 15)]  # noqa: FBT003
    given.append(Given(date(2026, 10, 20), "done", False, Decimal(0)))  # noqa: FBT003
    year = child_year(given, {date(2026, 10, 1): 2, date(2026, 11, 1): 2}, lessons_owed=None, gap=None)
    assert [(dots.done, dots.unplanned) for dots in year.months] == [(3, 0), (0, 2)]
    assert year.lessons == 9
