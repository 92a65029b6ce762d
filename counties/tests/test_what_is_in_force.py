"""Which policy judges a month, and which days the school calendar holds."""

from datetime import date

import pytest
from django.forms import model_to_dict
from pytest_django import DjangoAssertNumQueries

from counties.models import Holiday, Policy, Term
from counties.rules import policy_values
from counties.tests.make import at, make_county

pytestmark = pytest.mark.django_db


def test_the_policy_in_force_on_the_first_day_judges_the_month_and_the_first_one_what_came_before(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    county = make_county()
    first = Policy.objects.get()
    second = Policy.objects.create(
        county=county, effective_on=date(2026, 10, 2), preset="甘肃", values=policy_values("甘肃 2018", {}), created_at=at("2026-10-01")
    )
    with django_assert_num_queries(1):
        judging = Policy.objects.judging_each("450125", [date(2025, 1, 1), date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)])
    assert list(judging.values()) == [first, first, first, second]
    assert Policy.objects.judging("360922", date(2026, 10, 1)) is None


def test_a_county_has_its_own_policies_terms_and_holidays(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    county, other = make_county(), make_county("360922", terms=False)
    Holiday.objects.create(county=county, starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 7))
    Term.objects.create(county=other, name="另一县", starts_on=date(2027, 1, 25), ends_on=date(2027, 7, 1))
    policy, months = Policy.objects.get(county=county), [date(2026, 10, 1)]
    with django_assert_num_queries(1):
        judging, calendar = Policy.objects.with_calendar("450125", months)
    assert judging == {months[0]: policy}
    assert judging[months[0]].terms == policy.terms  # type: ignore[union-attr]
    assert model_to_dict(judging[months[0]]) == model_to_dict(policy)  # type: ignore[arg-type]
    assert calendar.is_public_holiday(date(2026, 10, 7))
    assert not calendar.is_public_holiday(date(2026, 10, 8))
    assert calendar.is_term_day(date(2027, 1, 20))
    assert not calendar.is_term_day(date(2027, 1, 25))
    judging, calendar = Policy.objects.with_calendar("360922", months)
    assert judging == Policy.objects.judging_each("360922", months)
    assert calendar.is_term_day(date(2027, 1, 25))
    assert not calendar.is_public_holiday(date(2026, 10, 7))
