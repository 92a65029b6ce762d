"""What is on record of a child until a day, as progress and the sums of a term read it: its visits, and the policies of its county."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q

from counties.models import Policy
from counties.rules import Calendar, Mastery, PolicyTerms, school_year_of
from students.models import Student
from students.rules.service import months_of_year
from visits.models import VisitRecord
from visits.rules.lines import Measure, measure, outcome

YEARS = 6  # school years back that are looked at for what counts as delivered


@dataclass(frozen=True, slots=True)
class Given:
    """A child's share of a visit, as far as progress and sums ask."""

    pk: UUID
    on: date
    starts_at: datetime
    visit: UUID
    case: UUID
    mode: str
    outcome: str
    is_delivered: bool
    credited: Decimal
    reason: str
    mood: str
    participation: str
    last_homework: str
    is_guided: bool

    @property
    def order(self) -> str:
        """Tells visits of a day apart."""
        return f"{self.starts_at.isoformat()} {self.pk}"


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record of a child until a day: its visits, and the policies and terms of its county."""

    student: Student
    on: date
    terms: Mapping[date, PolicyTerms]  # by month
    calendar: Calendar
    given: tuple[Given, ...]

    @property
    def mastery(self) -> Mastery | None:
        return self.terms[self.on.replace(day=1)].mastery


FIELDS = (
    *("pk", "on", "visit__starts_at", "visit", "case", "visit__mode", "visit__state", "visit__purpose", "present", "lessons"),
    *("visit__missed_reason", "absent_reason", "mood", "participation", "last_homework"),
)


def known_of(student: Student, *, on: date) -> Known:
    """Two queries, however many visits there were."""
    months = [month for year in range(school_year_of(on) - YEARS, school_year_of(on) + 1) for month in months_of_year(year)]
    judging, calendar = Policy.objects.with_calendar(student.county_id, months)
    terms = {month: policy.terms if policy else PolicyTerms() for month, policy in judging.items()}
    counts = measure({student.county_id: list(terms.items())})
    rows = VisitRecord.objects.filter(student=student, on__lte=on).order_by("on", "visit__starts_at", "pk")
    told = rows.annotate(guided=ExpressionWrapper(~Q(family=""), BooleanField())).values_list(*FIELDS, "guided")
    return Known(student, on, terms, calendar, tuple(_given(row, student.county_id, counts) for row in told))


def _given(row: Sequence[Any], county: str, counts: Measure) -> Given:
    pk, on, starts_at, visit, case, mode, state, purpose, present, lessons, missed, absent, mood, participation, homework, guided = row
    return Given(
        pk=pk,
        on=on,
        starts_at=starts_at,
        visit=visit,
        case=case,
        mode=mode,
        outcome=outcome(state, present=present),
        is_delivered=state == "done" and present and lessons > 0 and purpose in counts.purposes,
        credited=counts.credit(lessons, county, on),
        reason=missed or absent,
        mood=mood,
        participation=participation,
        last_homework=homework,
        is_guided=guided,
    )
