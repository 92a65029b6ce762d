"""Children for tests: generated, with numbers that belong to nobody."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from accounts.models import User
from counties.models import School
from counties.tests.make import at, make_school
from students.codes import CaseState, Sex
from students.models import Case, CaseTeacher, Student

_numbers = itertools.count(1)


def make_student(school: School | None = None, **fields: Any) -> Student:
    number = next(_numbers)
    name = fields.pop("name", f"学生{number}")
    school = school or make_school()
    defaults = {
        "county_id": school.county_id,
        "name": name,
        "name_key": name,
        "initials": "xs",
        "sex": Sex.MALE,
        "birth_on": date(2015, 3, 8),
        "created_at": at("2026-08-01"),
    }
    return Student.objects.create(**defaults | fields)


def make_case(school: School | None = None, *, student: Student | None = None, teachers: tuple[User, ...] = (), **fields: Any) -> Case:
    """An active case since 1 September 2026."""
    school = school or make_school()
    defaults = {"state": CaseState.ACTIVE, "school": school, "starts_on": date(2026, 9, 1), "created_at": at("2026-08-01")}
    case = Case.objects.create(student=student or make_student(school), **defaults | fields)
    CaseTeacher.objects.bulk_create(CaseTeacher(case=case, user=teacher) for teacher in teachers)
    return case
