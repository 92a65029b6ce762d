"""The lesson plan of the day stands on the page of the visit and where it is logged, for those who read it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from plans.tests.make import make_lesson_plan, make_standing_plan
from students.models import Case
from students.tests.make import make_case, make_student
from visits.querysets.lesson_plans import lesson_links
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db
NOW = at("2026-10-20 10:00")


class Cast:
    def __init__(self) -> None:
        county = make_county()
        school = make_school(county)
        self.teacher, self.colleague = make_user(Role.TEACHER, school), make_user(Role.TEACHER, school)
        self.admin, self.staff = make_user(Role.SCHOOL_ADMIN, school), make_user(Role.COUNTY_STAFF, county)
        self.case: Case = make_case(school, student=make_student(school, name="覃小远"), teachers=(self.teacher,))
        self.plan = make_standing_plan(self.case, self.teacher, self.admin)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return Cast()


def page(user: User, path: str) -> str:
    client = Client()
    client.force_login(user)
    return str(client.get(path).content.decode())


def test_the_visits_page_leads_to_the_lesson_plan_of_its_child_and_day(cast: Cast) -> None:
    made = make_lesson_plan(cast.plan, cast.teacher, on=date(2026, 10, 12), until=date(2026, 10, 16))
    within, after = (make_visit(cast.case, start=f"2026-10-{day} 14:00", people=(cast.teacher, cast.colleague)) for day in ("13", "19"))
    link = f"/plans/lessons/{made.pk}/"

    assert link in page(cast.teacher, f"/visits/{within.pk}/")
    assert link not in page(cast.teacher, f"/visits/{after.pk}/")
    for user in (cast.colleague, cast.staff):  # who see the visit, not the lesson plan
        shown = page(user, f"/visits/{within.pk}/")
        assert ("这次送教" in shown, link in shown, "认识杯子" in shown) == (True, False, False)


def test_where_a_visit_is_logged_the_lesson_plan_of_the_day_is_at_hand(cast: Cast) -> None:
    path = f"/visits/add/?child={cast.case.student_id}"
    before = page(cast.teacher, path)
    made = make_lesson_plan(cast.plan, cast.teacher, on=date(2026, 10, 20))

    assert "认识杯子" not in before
    assert f'href="/plans/lessons/{made.pk}/"' in page(cast.teacher, path)


def test_of_many_children_one_question_is_asked(cast: Cast, django_assert_num_queries: Any) -> None:
    students = [cast.case.student_id]
    make_lesson_plan(cast.plan, cast.teacher, on=date(2026, 10, 20))
    for _ in range(5):
        case = make_case(cast.case.school, teachers=(cast.teacher,))
        make_lesson_plan(make_standing_plan(case, cast.teacher, cast.admin), cast.teacher, on=date(2026, 10, 20))
        students.append(case.student_id)
    assert cast.teacher.reach
    with django_assert_num_queries(1):
        assert len(lesson_links(cast.teacher, students, date(2026, 10, 20))) == 6
