"""A sealed value in full: asked for, recorded, never in an address or a log."""

from __future__ import annotations

import logging

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import Area, School
from counties.tests.make import make_county, make_school
from office.fields import blind_index, seal
from office.models import AuditLine
from students.models import Case, Guardian
from students.sheets_in import ID_PURPOSE
from students.tests.make import make_case, make_id, make_student

pytestmark = pytest.mark.django_db
ID, OTHER, PHONE, ADDRESS = make_id(3), make_id(4), "13864924352", "第6乡镇北村18号"


@pytest.fixture
def county() -> Area:
    return make_county()


@pytest.fixture
def school(county: Area) -> School:
    return make_school(county)


@pytest.fixture
def teacher(school: School) -> User:
    return make_user(Role.TEACHER, school)


@pytest.fixture
def case(school: School, teacher: User) -> Case:
    student = make_student(school, id_number=ID, id_index=blind_index(ID, purpose=ID_PURPOSE), home_address=ADDRESS)
    Guardian.objects.create(student=student, kind="guardian", name="覃燕", phone=PHONE)
    return make_case(school, student=student, teachers=(teacher,))


def ask(user: User, case: Case, **form: str) -> tuple[int, str]:
    client = Client()
    client.force_login(user)
    answer = client.post(reverse("student_reveal", args=[case.student_id]), form, follow=True)
    return answer.status_code, answer.content.decode()


def test_who_works_with_the_child_sees_the_value_and_is_recorded(teacher: User, case: Case) -> None:
    status, shown = ask(teacher, case, field="id_number")

    assert status == 200
    assert ID in shown
    assert PHONE not in shown
    line = AuditLine.objects.get(verb="student.revealed")
    assert (line.by, line.subject, line.detail) == (teacher.pk, case.student_id, {"field": "id_number"})


@pytest.mark.parametrize(("field", "value"), [("home_address", ADDRESS), ("phone", PHONE)])
def test_every_sealed_value_may_be_asked_for(field: str, value: str, teacher: User, case: Case) -> None:
    name = f"phone:{Guardian.objects.get().pk}" if field == "phone" else field

    assert value in ask(teacher, case, field=name)[1]
    assert AuditLine.objects.get(verb="student.revealed").detail == {"field": field}


def test_a_countys_staff_say_why(county: Area, case: Case) -> None:
    clerk = make_user(Role.COUNTY_STAFF, county)

    _, asked = ask(clerk, case, field="id_number")
    assert "查看的理由" in asked
    assert ID not in asked
    assert not AuditLine.objects.filter(verb="student.revealed").exists()

    assert ID in ask(clerk, case, field="id_number", reason="核对残疾证")[1]
    assert AuditLine.objects.get(verb="student.revealed").detail == {"field": "id_number", "reason": "核对残疾证"}


@pytest.mark.parametrize(
    ("role", "status"), [(Role.SCHOOL_ADMIN, 200), (Role.PRINCIPAL, 200), (Role.ITINERANT, 403), (Role.INSPECTOR, 403)]
)
def test_guides_and_inspectors_read_with_the_masks_on(role: Role, status: int, school: School, case: Case) -> None:
    user = make_user(role, school)
    page = Client()
    page.force_login(user)

    assert page.get(reverse("student_detail", args=[case.student_id])).status_code == 200
    assert ask(user, case, field="id_number")[0] == status
    assert AuditLine.objects.filter(verb="student.revealed").exists() == (status == 200)


@pytest.mark.parametrize("field", ["name", "id_index", "created_at", "phone", "phone:0", "phone:x", ""])
def test_nothing_else_is_given_by_that_door(field: str, teacher: User, case: Case) -> None:
    ask(teacher, case, field=field)

    assert not AuditLine.objects.filter(verb="student.revealed").exists()


def test_a_guardian_of_another_child_is_not(school: School, teacher: User, case: Case) -> None:
    other = Guardian.objects.create(student=make_student(school), kind="guardian", name="x", phone="13999999999")

    assert "13999999999" not in ask(teacher, case, field=f"phone:{other.pk}")[1]
    assert not AuditLine.objects.filter(verb="student.revealed").exists()


def test_a_number_exchanged_in_the_database_is_not_shown(teacher: User, case: Case, caplog: pytest.LogCaptureFixture) -> None:
    forged = seal(OTHER, purpose="students_student.id_number")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE students_student SET id_number = %s", [forged])

    with caplog.at_level(logging.ERROR):
        _, shown = ask(teacher, case, field="id_number")

    assert "与登记时的不一致" in shown
    assert OTHER not in shown
    assert str(case.student_id) in caplog.text
    assert OTHER not in caplog.text
    assert not AuditLine.objects.filter(verb="student.revealed").exists()


def test_it_takes_a_post(teacher: User, case: Case) -> None:
    client = Client()
    client.force_login(teacher)

    assert client.get(reverse("student_reveal", args=[case.student_id])).status_code == 405
