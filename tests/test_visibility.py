"""The one door: what each role's querysets reach."""

import pytest

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_county, make_school
from students.models import Case, Student
from students.tests.make import make_case
from visits.models import Visit
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db


def test_a_teacher_sees_the_children_they_are_on_and_the_visits_they_made() -> None:
    school = make_school()
    teacher, colleague = make_user(Role.TEACHER, school), make_user(Role.TEACHER, school)
    mine, other = make_case(school, teachers=(teacher,)), make_case(school, teachers=(colleague,))
    helped, theirs = make_visit(other, people=(teacher, colleague)), make_visit(other, people=(colleague,), start="2026-10-15 14:00")

    assert set(Case.objects.visible_to(teacher)) == {mine}
    assert set(Student.objects.visible_to(teacher)) == {mine.student}
    assert set(Visit.objects.visible_to(teacher)) == {helped}
    assert set(Visit.objects.visible_to(colleague)) == {helped, theirs}


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.SCHOOL_ADMIN, 1),
        (Role.PRINCIPAL, 1),
        (Role.ITINERANT, 1),
        (Role.INSPECTOR, 1),
        (Role.COUNTY_STAFF, 2),
        (Role.COUNTY_LEADER, 2),
        (Role.OBSERVER, 0),
        (Role.OPERATOR, 0),
        (Role.AUDITOR, 0),
    ],
)
def test_each_role_reaches_its_place_and_nothing_beyond(role: Role, sees: int) -> None:
    county, elsewhere = make_county(), make_county("360922")
    school, neighbour, foreign = make_school(county), make_school(county), make_school(elsewhere)
    for place in (school, neighbour, foreign):
        make_visit(make_case(place))
    where = {Role.COUNTY_STAFF: county, Role.COUNTY_LEADER: county, Role.OBSERVER: county, Role.OPERATOR: None, Role.AUDITOR: None}.get(
        role, school
    )
    user = make_user(role, where)

    assert Student.objects.visible_to(user).count() == sees
    assert Case.objects.visible_to(user).count() == sees
    assert Visit.objects.visible_to(user).count() == sees
