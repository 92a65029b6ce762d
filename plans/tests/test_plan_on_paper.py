"""A plan as PDF: everything it says, nothing cut off, the same bytes twice, for those who read it."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from plans.tests.make import make_content, make_goal, make_objective, make_plan, paper_of
from students.tests.make import make_case, make_student

pytestmark = pytest.mark.django_db
NOW = at("2026-10-20 10:00")
LONG = "一口气写下来没有空格" * 50


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_it_says_everything_to_the_last_word_and_is_the_same_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    school = make_school(make_county(), name="石门小学")
    teacher, stranger, admin = make_user(Role.TEACHER, school), make_user(Role.TEACHER, school), make_user(Role.SCHOOL_ADMIN, school)
    case = make_case(school, student=make_student(school, name="阿依·覃𬭎㛃"), teachers=(teacher,))
    steps = [f"{'慢' * 190}步{number}" for number in range(20)]
    goal = make_goal(*(make_objective(f"{LONG[:490]}完{n}", steps=steps) for n in range(3)), text=f"{LONG[:490]}目标完")
    content = make_content(goal, home_practice=f"{LONG * 3}练习完")
    made = make_plan(case, teacher, content, state="in_force", digest="d" * 64, submitted_by=teacher, decided_by=admin, decided_at=NOW)
    client, address = client_of(teacher), f"/plans/{made.pk}/pdf/"
    first, second = (client.get(address) for _ in range(2))

    pages = paper_of(first.content)
    whole = "".join("".join(pages).split())
    assert first.content == second.content
    assert len(pages) > 3
    for said in ("阿依·覃𬭎㛃", "石门小学", "不俯卧", "目标完", "完0", "完2", "步19", "练习完", "d" * 64, "监护人"):
        assert said in whole, said
    assert client_of(stranger).get(address).status_code == 404
    assert AuditLine.objects.filter(verb="plan.exported").count() == 2
    assert "覃" not in first["Content-Disposition"]
