"""Verdicts are made once the month is over; later knowledge adds a revision."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from office.refusals import Refused
from reports.actions import VerdictsMade, make_verdicts
from reports.models import Verdict
from students.tests.make import make_case
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


def make(when: str = "2026-11-01 00:00", by: UUID | None = None) -> VerdictsMade:
    return make_verdicts(county_code="450125", month=OCTOBER, by=by, at=at(when))


def test_every_child_in_service_is_judged_and_the_judgement_names_its_policy() -> None:
    case = make_case()
    make_visit(case)
    assert make() == VerdictsMade(first=1, revised=0, unchanged=0)
    verdict = Verdict.objects.get()
    assert (verdict.outcome, verdict.owed, verdict.delivered, verdict.short_lessons) == ("short", 2, 1, 3)
    assert verdict.policy is not None
    assert verdict.policy.preset == "上林县 2021"


def test_a_month_that_is_not_over_is_refused() -> None:
    make_case()
    with pytest.raises(Refused, match="还没有结束"):
        make("2026-10-31 23:59")
    assert not Verdict.objects.exists()


def test_making_them_twice_changes_nothing_and_says_nothing() -> None:
    make_visit(make_case())
    make()
    assert make("2026-11-02 00:00") == VerdictsMade(first=0, revised=0, unchanged=1)
    assert AuditLine.objects.filter(verb="verdicts.made").count() == 1


def test_a_late_record_adds_a_revision_and_leaves_the_old_judgement_as_it_was() -> None:
    case = make_case()
    make_visit(case)
    make()
    make_visit(case, start="2026-10-20 14:00")
    assert make("2026-11-03 00:00") == VerdictsMade(first=0, revised=1, unchanged=0)
    assert list(Verdict.objects.order_by("revision").values_list("revision", "outcome", "delivered")) == [(1, "short", 1), (2, "met", 2)]
    assert [verdict.revision for verdict in Verdict.objects.of_month(OCTOBER).standing()] == [2]


def test_a_policy_that_comes_later_rewrites_no_judgement() -> None:
    school = make_school(make_county())
    make_visit(make_case(school))
    make()
    old = Verdict.objects.get()
    school.county.policies.create(
        effective_on=date(2026, 12, 1), preset="万载县 2020", values={"visits_per_period": 1}, created_at=at("2026-11-05")
    )
    assert make("2026-12-05 00:00").unchanged == 1
    assert Verdict.objects.get() == old


def test_the_audit_says_who_made_them_and_how_many() -> None:
    make_visit(make_case())
    clerk = make_user(Role.COUNTY_STAFF, make_county())
    make(by=clerk.pk)
    line = AuditLine.objects.get(verb="verdicts.made")
    assert (line.by, line.detail["month"], line.detail["first"]) == (clerk.pk, "2026-10", 1)
