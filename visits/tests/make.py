"""Visits for tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from accounts.models import User
from counties.tests.make import at
from students.models import Case
from visits.actions import tell
from visits.models import Visit, VisitPerson, VisitRecord
from visits.querysets.raised import raised_in

RECORD = ("present", "absent_reason", "reason_text", "teaching", "teaching_key", "rehabilitation", "family")


def make_visit(
    *cases: Case, start: str = "2026-10-14 14:00", minutes: int = 120, people: tuple[User | str, ...] = (), lessons: Any = 3, **fields: Any
) -> Visit:
    """A visit done with the children of `cases`; people are users or the names of companions."""
    school = cases[0].school
    assert school is not None, "a visit needs a case in service"
    starts_at = at(start)
    record = {key: fields.pop(key) for key in RECORD if key in fields}
    defaults = {
        "school": school,
        "on": starts_at.date(),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=minutes),
        "mode": Visit.Mode.HOME if len(cases) == 1 else Visit.Mode.CENTRE,
        "state": Visit.State.DONE,
        "source": Visit.Source.SHEET,  # of which no photo, confirmation or clock is asked; say PAGE where they are meant
        "written_at": starts_at + timedelta(minutes=minutes),
    }
    visit = Visit.objects.create(**defaults | fields)
    for case in cases:
        VisitRecord.objects.create(
            visit=visit, case=case, student_id=case.student_id, school=case.school or school, on=visit.on, lessons=lessons, **record
        )
    for person in people:
        VisitPerson.objects.create(
            visit=visit, user=person if isinstance(person, User) else None, name=person.name if isinstance(person, User) else person
        )
    return visit


def file_month(month: date, *, as_of: datetime) -> None:
    """As if every school had filed the month: its records are closed, its questions told."""
    records = VisitRecord.objects.between(month, month.replace(day=28))
    raised = raised_in(schools=set(records.values_list("school", flat=True)), month=month, as_of=as_of)
    tell(submission=uuid4(), records=records.values_list("pk", flat=True), own=raised, late=[])
    records.update(lock=VisitRecord.Lock.FILED)
