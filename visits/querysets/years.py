"""A child's school year as its page shows it: what was given, what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from counties.models import Policy
from counties.rules import PolicyTerms
from students.codes import SERVED_STATES
from students.models import Case, Student
from students.rules.service import MonthDemand, Service, YearDemand, months_of_year
from visits.querysets.records import VisitRecordQuerySet
from visits.rules.lines import Measure, measure, outcome
from visits.rules.year import ChildYear, Given, child_year


@dataclass(frozen=True, slots=True)
class YearOnRecord:
    """The year's figures, its records (the newest first), and what counts in them."""

    figures: ChildYear
    records: list[UUID]
    measure: Measure


def year_of(student: Student, records: VisitRecordQuerySet, year: int, *, on: date) -> YearOnRecord:
    """The school year that begins in `year`, of these records, under the policies that judge its months; four queries."""
    months = months_of_year(year)
    judging, calendar = Policy.objects.with_calendar(student.county_id, months)
    terms = {month: policy.terms if policy else PolicyTerms() for month, policy in judging.items()}
    counts = measure({student.county_id: list(terms.items())})
    demands = [MonthDemand(month, terms[month], calendar) for month in months]
    demand = YearDemand(year, demands, terms[min(max(on.replace(day=1), months[0]), months[-1])])
    spans = tuple(service.spans(demand.window) for service in _services(student))
    asked = demand.owed(spans)
    given = _given(records.between(demand.span.first, demand.span.last), student.county_id, counts)
    owed = {each.month: each.total(spans) for each in demands}
    return YearOnRecord(child_year(given.values(), owed, lessons_owed=asked.lessons, gap=asked.gap), list(given), counts)


def _services(student: Student) -> list[Service]:
    cases = Case.objects.filter(student=student, state__in=SERVED_STATES).order_by("starts_on", "pk").prefetch_related("pauses")
    return [
        Service(case.starts_on, case.ends_on, tuple((pause.starts_on, pause.ends_on) for pause in case.pauses.all()))
        for case in cases
        if case.starts_on
    ]


def _given(records: VisitRecordQuerySet, county: str, counts: Measure) -> dict[UUID, Given]:
    rows = records.order_by("-visit__starts_at", "pk").values_list("pk", "on", "visit__state", "visit__purpose", "present", "lessons")
    return {
        pk: Given(
            on=on,
            outcome=outcome(state, present=present),
            is_delivered=state == "done" and present and lessons > 0 and purpose in counts.purposes,
            credited=counts.credit(lessons, county, on),
        )
        for pk, on, state, purpose, present, lessons in rows
    }
