"""A teacher is on a case once, also where no first day is known."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_school
from students.models import CaseTeacher
from students.tests.make import make_case

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("starts_on", [None, date(2026, 9, 1)])
def test_a_teacher_is_on_a_case_once(starts_on: date | None) -> None:
    school = make_school()
    teacher, case = make_user(Role.TEACHER, school), make_case(school)
    CaseTeacher.objects.create(case=case, user=teacher, starts_on=starts_on)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseTeacher.objects.create(case=case, user=teacher, starts_on=starts_on)
    CaseTeacher.objects.create(case=case, user=teacher, starts_on=date(2026, 12, 1))
    assert CaseTeacher.objects.count() == 2
