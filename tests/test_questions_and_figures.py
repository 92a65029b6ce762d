"""What a month's figures say is asked of a child is what is asked record by record, in whole counties."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db.models import Q
from django.utils.timezone import get_default_timezone

from counties.models import Policy, School
from counties.rules import PolicyTerms, Span
from counties.tests.make import at
from reports.figures import month_figures
from students.rules.service import judged_span
from tests.test_counties import COUNTIES, SHEETS, County
from visits.models import Visit, VisitRecord
from visits.querysets.raised import raised_in
from visits.rules.judging import Flag

pytestmark = pytest.mark.django_db
Flags = dict[tuple[UUID, UUID], set[Flag]]
AFTER = at("2027-08-20 00:00")
OF_SHEETS = set(list(Flag)[:6])
OF_PAGES = {Flag.UNCONFIRMED, Flag.LATE_RECORD, Flag.CLOCK_SKEW}


def of_figures(county: str, month: date) -> Flags:
    """By child and school, of all lines, also of those nothing is asked about."""
    figures = month_figures(county_code=county, month=month, as_of=AFTER)
    return {(line.student_id, line.school_id): set(line.month.flags) for line in figures.lines}


def of_records(county: str, month: date, lines: Flags) -> Flags:
    """The same, of the judged days of the children who have a line."""
    found: Flags = {line: set() for line in lines}
    judged = judged_days(county, month)
    for each in raised_in(schools=School.objects.filter(county=county).values_list("pk", flat=True), month=month, as_of=AFTER):
        if judged.holds(each.on) and (each.student, each.school) in lines and each.travels:
            found[each.student, each.school].add(each.code)
    return found


def judged_days(county: str, month: date) -> Span:
    policy = Policy.objects.judging(county, month)
    return judged_span(month, policy.terms if policy else PolicyTerms())


def months_of(county: str) -> list[date]:
    days = VisitRecord.objects.filter(school__county=county).values_list("on", flat=True)
    return sorted({day.replace(day=1) for day in days})


@pytest.mark.parametrize("folder", COUNTIES, ids=lambda folder: folder.name)
def test_both_ways_ask_the_same(folder: Path) -> None:
    county = County(folder)
    county.load()
    for kind in SHEETS:
        county.take_in(kind)
    assert OF_SHEETS >= _same_both_ways(county.code) > set()
    _as_if_from_the_page()
    assert _same_both_ways(county.code) >= OF_PAGES


def _same_both_ways(county: str) -> set[Flag]:
    """All that is asked in any month."""
    asked: set[Flag] = set()
    for month in months_of(county):
        figures = of_figures(county, month)
        assert of_records(county, month, figures) == figures
        asked = asked.union(*figures.values())
    return asked


def _as_if_from_the_page() -> None:
    """All of them written on the page: some late, some with a wrong clock, some confirmed."""
    zone = get_default_timezone()
    for number, visit in enumerate(Visit.objects.order_by("starts_at", "pk")):
        visit.source, visit.drift = Visit.Source.PAGE, 601 if number % 5 == 0 else 0
        visit.written_at = visit.ends_at.astimezone(zone) + timedelta(hours=170 if number % 3 == 0 else 1)
        visit.save()
    confirmed = VisitRecord.objects.filter(Q(lessons=3) | Q(teaching_key=""))
    confirmed.update(confirmed_at=AFTER)
