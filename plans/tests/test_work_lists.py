"""What is to be done about plans, to whom it is shown, by name or as numbers."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from plans.actions.signing import sign_plan
from plans.models import Plan
from plans.querysets import work_of, work_of_county
from plans.tests.make import NAME_DRAWN, make_plan
from students.models import Case
from students.tests.make import make_case, make_student

pytestmark = pytest.mark.django_db
NOW = at("2026-10-20 10:00")


class Cast:
    def __init__(self) -> None:
        county = make_county()
        self.school, elsewhere = make_school(county, name="石门小学"), make_school(county, name="大丰小学")
        self.teacher, self.admin = make_user(Role.TEACHER, self.school), make_user(Role.SCHOOL_ADMIN, self.school)
        self.leader, self.staff = make_user(Role.COUNTY_LEADER, county), make_user(Role.COUNTY_STAFF, county)
        self.neighbour = make_user(Role.SCHOOL_ADMIN, elsewhere)
        self.mine, self.other = (make_case(self.school, student=make_student(self.school, name=name)) for name in ("覃小远", "韦小山"))
        self.mine.teachers.create(user=self.teacher)
        make_case(elsewhere, student=make_student(elsewhere, name="农小河"))

    def plan(self, case: Case, state: str) -> Plan:
        decided: dict[str, Any] = {} if state in ("draft", "submitted") else {"digest": "a" * 64, "decided_by": self.admin}
        return make_plan(
            case, self.teacher, state=state, submitted_by=self.teacher, submitted_at=NOW, review_on=date(2026, 10, 1), **decided
        )


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return Cast()


def shown(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get("/plans/").content.decode()


def part(page: str, heading: str) -> str:
    found = re.search(rf'aria-labelledby="{heading}".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def test_children_without_a_plan_are_named_to_their_team_and_their_school(cast: Cast) -> None:
    assert [name in part(shown(cast.teacher), "missing") for name in ("覃小远", "韦小山", "农小河")] == [True, False, False]
    assert [name in part(shown(cast.admin), "missing") for name in ("覃小远", "韦小山", "农小河")] == [True, True, False]
    cast.plan(cast.mine, "in_force")
    assert "覃小远" not in part(shown(cast.admin), "missing")
    Case.objects.filter(pk=cast.other.pk).update(ends_on=date(2026, 10, 1))
    assert part(shown(cast.admin), "missing") == ""


def test_what_waits_what_is_in_work_and_what_is_due_stand_apart(cast: Cast) -> None:
    cast.plan(cast.mine, "submitted")
    cast.plan(cast.other, "in_force")
    page = shown(cast.admin)

    assert ("覃小远" in part(page, "waiting"), "韦小山" in part(page, "due"), part(page, "in-work")) == (True, True, "")
    assert "覃小远" not in part(shown(cast.teacher), "waiting")
    assert "覃小远" not in shown(cast.neighbour)


def test_the_county_sees_numbers_by_school_and_no_name(cast: Cast) -> None:
    cast.plan(cast.mine, "in_force")
    cast.plan(cast.other, "submitted")
    for user in (cast.leader, cast.staff):
        page = shown(user)
        row = re.findall(r"<t[dh] [^>]*(?:row|label)[^>]*>([^<]*)</t[dh]>", part(page, "counties"))
        assert row == ["大丰小学", "1", "0", "0", "0", "0", "石门小学", "2", "1", "1", "1", "1"]
        assert [name for name in ("覃小远", "韦小山", "农小河") if name in page] == []


def test_what_no_guardian_has_signed_is_listed_until_one_has(cast: Cast) -> None:
    made = cast.plan(cast.mine, "in_force")
    assert [("覃小远" in part(shown(user), "unsigned")) for user in (cast.teacher, cast.admin, cast.neighbour)] == [True, True, False]
    sign_plan(
        plan=made,
        key=uuid4(),
        kind="guardian",
        name="覃母",
        relation="",
        on=NOW.date(),
        strokes=NAME_DRAWN,
        paper=None,
        by=cast.teacher,
        at=NOW,
    )
    assert part(shown(cast.admin), "unsigned") == ""


def test_the_counts_of_a_home_are_the_lengths_of_the_lists(cast: Cast, django_assert_num_queries: Any) -> None:
    """As many of each as are listed, also for who may not decide about what they wrote; in one query."""
    admin_too = make_user(Role.SCHOOL_ADMIN, cast.school)
    cases = [make_case(cast.school, student=make_student(cast.school, name=f"学生{number}")) for number in range(9)]
    for case in cases[:3]:
        cast.plan(case, "submitted")
    Plan.objects.filter(case=cases[0]).update(writers=[str(cast.admin.pk)])
    Plan.objects.filter(case=cases[1]).update(author=cast.admin)
    for case, state in zip(cases[3:8], ("draft", "returned", "in_force", "in_force", "approved"), strict=True):
        cast.plan(case, state)
    cast.plan(cast.mine, "in_force")
    for user in (cast.teacher, cast.admin, admin_too, cast.neighbour, cast.staff):
        page = shown(user)
        listed = {name: part(page, name.replace("_", "-")).count("<li>") for name in ("waiting", "in_work", "unsigned", "due", "missing")}
        with django_assert_num_queries(1):
            assert work_of(user, NOW.date()) == listed
    assert work_of(cast.admin, NOW.date()) == {"waiting": 1, "in_work": 2, "unsigned": 4, "due": 3, "missing": 7}
    assert work_of(admin_too, NOW.date())["waiting"] == 3


def test_the_countys_counts_are_the_sums_of_its_schools(cast: Cast) -> None:
    cast.plan(cast.mine, "in_force")
    cast.plan(cast.other, "submitted")
    assert work_of_county(cast.staff, ["450125"], NOW.date()) == {"waiting": 1, "unsigned": 1, "due": 1, "missing": 2}
    assert work_of_county(cast.staff, [], NOW.date()) == {"waiting": 0, "unsigned": 0, "due": 0, "missing": 0}


def test_many_cost_as_many_queries_as_few(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        case = make_case(cast.school, student=make_student(cast.school, name=f"学生{number}"))
        if number % 3:
            cast.plan(case, "submitted" if number % 3 == 1 else "in_force")
    client = Client()
    client.force_login(cast.admin)
    with django_assert_max_num_queries(12):
        assert client.get("/plans/").content.decode().count("<li>") >= 12
