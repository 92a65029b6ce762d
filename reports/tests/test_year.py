"""已补齐 as the board shows it: from the standing verdicts of the school year."""

from __future__ import annotations

from datetime import date

import pytest

from counties.tests.make import at, make_school
from reports.figures.year import children_made_good
from reports.models import Verdict
from students.models import Case
from students.tests.make import make_case

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def judged(case: Case, month: date, delivered: int, revision: int = 1) -> None:
    assert case.school is not None
    short, over = max(0, 2 - delivered), max(0, delivered - 2)
    Verdict.objects.create(
        student=case.student,
        school=case.school,
        month=month,
        revision=revision,
        outcome="short" if short else "met",
        owed=2,
        delivered=delivered,
        reachable=2,
        lessons=3 * delivered,
        short_visits=short,
        short_lessons=3 * short,
        surplus_visits=over,
        surplus_lessons=3 * over,
        made_at=at("2026-12-01"),
    )


def test_a_short_month_is_made_good_by_later_surplus_and_the_verdict_stays() -> None:
    school = make_school()
    case, other = make_case(school), make_case(school)
    judged(case, SEPTEMBER, 1)
    judged(case, OCTOBER, 3)
    judged(other, SEPTEMBER, 1)
    judged(other, OCTOBER, 2)
    assert children_made_good(month=SEPTEMBER, schools=[school.pk]) == {case.student_id}
    assert children_made_good(month=OCTOBER, schools=[school.pk]) == frozenset()
    assert Verdict.objects.get(student=case.student, month=SEPTEMBER).outcome == "short"


def test_only_the_latest_revision_weighs() -> None:
    school = make_school()
    case = make_case(school)
    judged(case, SEPTEMBER, 1)
    judged(case, OCTOBER, 3)
    Verdict.objects.filter(month=OCTOBER).update(is_standing=False)
    judged(case, OCTOBER, 2, revision=2)
    assert children_made_good(month=SEPTEMBER, schools=[school.pk]) == frozenset()
