"""A case is paused, resumed, given another team, taught remotely: by its school, within its time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import TODAY, make_user
from counties.models import School
from counties.tests.make import at, make_school
from office.models import AuditLine
from office.refusals import Refused
from students.actions.cases import change_team, make_mainly_remote, pause_case, resume_case
from students.codes import CaseState
from students.models import Case, Pause
from students.tests.make import make_case

pytestmark = pytest.mark.django_db
NOW = at("2026-10-28 09:00")


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def admin(school: School) -> User:
    return make_user(Role.SCHOOL_ADMIN, school)


@pytest.fixture
def teacher(school: School) -> User:
    return make_user(Role.TEACHER, school)


@pytest.fixture
def case(school: School, teacher: User) -> Case:
    return make_case(school, teachers=(teacher,))


def standing(case: Case, on: date = TODAY) -> str:
    return str(Case.objects.with_standing(on).get(pk=case.pk).standing)


def on(text: str) -> date:
    return date.fromisoformat(text)


def team_on(case: Case, day: str) -> set[Any]:
    return {
        post.user_id
        for post in case.teachers.all()
        if (post.starts_on is None or post.starts_on <= on(day)) and (post.ends_on is None or post.ends_on > on(day))
    }


def test_a_paused_case_is_resumed(case: Case, admin: User) -> None:
    pause_case(case=case, starts_on=on("2026-10-20"), ends_on=None, reason="住院", by=admin, at=NOW)
    assert (standing(case, on("2026-10-19")), standing(case)) == ("active", "suspended")

    resume_case(case=case, on=on("2026-10-28"), by=admin, at=NOW)
    assert (standing(case, on("2026-10-27")), standing(case)) == ("suspended", "active")
    assert list(AuditLine.objects.about(case.student_id).order_by("number").values_list("verb", "by")) == [
        ("case.paused", admin.pk),
        ("case.resumed", admin.pk),
    ]


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        ("2026-08-31", None),  # before the service
        ("2026-12-01", None),  # after it
        ("2026-10-20", "2026-10-20"),
        ("2026-10-20", "2026-10-19"),
        ("2026-10-05", "2026-10-11"),  # into another pause
        ("2026-10-05", None),
        ("2026-10-14", "2026-10-16"),
    ],
)
def test_a_pause_lies_within_the_service_and_beside_other_pauses(starts_on: str, ends_on: str | None, case: Case, admin: User) -> None:
    Case.objects.filter(pk=case.pk).update(ends_on=on("2026-12-01"))
    pause_case(case=case, starts_on=on("2026-10-10"), ends_on=on("2026-10-15"), reason="外出", by=admin, at=NOW)
    pause_case(case=case, starts_on=on("2026-10-15"), ends_on=on("2026-10-16"), reason="外出", by=admin, at=NOW)

    with pytest.raises(Refused):
        pause_case(case=case, starts_on=on(starts_on), ends_on=on(ends_on) if ends_on else None, reason="x", by=admin, at=NOW)
    assert Pause.objects.count() == 2


def test_only_what_is_paused_is_resumed_and_once(case: Case, admin: User) -> None:
    with pytest.raises(Refused, match="没有暂停"):
        resume_case(case=case, on=TODAY, by=admin, at=NOW)
    pause_case(case=case, starts_on=on("2026-10-20"), ends_on=None, reason="住院", by=admin, at=NOW)
    with pytest.raises(Refused, match="晚于"):
        resume_case(case=case, on=on("2026-10-20"), by=admin, at=NOW)

    resume_case(case=case, on=TODAY, by=admin, at=NOW)
    with pytest.raises(Refused, match="没有暂停"):
        resume_case(case=case, on=TODAY, by=admin, at=NOW)


def test_a_team_changes_on_a_day(case: Case, admin: User, teacher: User, school: School) -> None:
    newcomer = make_user(Role.TEACHER, school)

    change_team(case=case, team=[newcomer], on=on("2026-10-20"), by=admin, at=NOW)

    assert team_on(case, "2026-10-19") == {teacher.pk}
    assert team_on(case, "2026-10-20") == {newcomer.pk}
    assert set(Case.objects.visible_to(newcomer)) == {case}
    assert not Case.objects.visible_to(teacher).exists()

    change_team(case=case, team=[newcomer, teacher], on=on("2026-10-25"), by=admin, at=NOW)
    change_team(case=case, team=[newcomer, teacher], on=on("2026-10-25"), by=admin, at=NOW)
    assert team_on(case, "2026-10-22") == {newcomer.pk}
    assert team_on(case, "2026-10-25") == {newcomer.pk, teacher.pk}
    assert case.teachers.count() == 3

    change_team(case=case, team=[newcomer], on=on("2026-10-25"), by=admin, at=NOW)
    assert team_on(case, "2026-10-25") == {newcomer.pk}
    assert case.teachers.count() == 2  # who never began leaves no trace


def test_a_team_has_somebody_and_a_day_of_the_service(case: Case, admin: User, teacher: User) -> None:
    for team, day in (([], "2026-10-20"), ([teacher], "2026-08-31")):
        with pytest.raises(Refused):
            change_team(case=case, team=team, on=on(day), by=admin, at=NOW)
    assert team_on(case, "2026-10-20") == {teacher.pk}


def test_a_case_is_taught_mainly_remotely_until_a_day(case: Case, admin: User) -> None:
    make_mainly_remote(case=case, until=on("2026-12-31"), reason="住在康复机构", by=admin, at=NOW)

    case.refresh_from_db()
    assert (case.mainly_remote_until, case.mainly_remote_reason) == (on("2026-12-31"), "住在康复机构")
    with pytest.raises(Refused):
        make_mainly_remote(case=case, until=on("2026-08-01"), reason="x", by=admin, at=NOW)


def test_a_child_that_is_not_served_yet_is_not_paused(school: School, admin: User) -> None:
    identified = make_case(school, state=CaseState.IDENTIFIED, starts_on=None)

    with pytest.raises(Refused, match="还没有开始送教"):
        pause_case(case=identified, starts_on=TODAY, ends_on=None, reason="x", by=admin, at=NOW)


PAGES = {
    "case_pause": {"starts_on": "2026-10-20", "reason": "住院"},
    "case_resume": {"on": "2026-10-28"},
    "case_remote": {"until": "2026-12-31", "reason": "住在康复机构"},
    "case_team": {"on": "2026-10-20"},
}


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_do_it_for_the_schools_admin_alone(page: str, case: Case, admin: User, teacher: User, school: School) -> None:
    if page == "case_resume":
        Pause.objects.create(case=case, starts_on=on("2026-10-10"), reason="住院")
    address, form = reverse(page, args=[case.pk]), PAGES[page] | ({"team": [str(teacher.pk)]} if page == "case_team" else {})
    others = {
        make_user(Role.SCHOOL_ADMIN, make_school(school.county)): 404,
        teacher: 403,
        make_user(Role.PRINCIPAL, school): 403,
        make_user(Role.COUNTY_STAFF, school.county): 403,
        make_user(Role.COUNTY_LEADER, school.county): 403,
    }
    for other, status in others.items():
        client = Client()
        client.force_login(other)
        assert [client.get(address).status_code, client.post(address, form).status_code] == [status, status]
    assert not AuditLine.objects.filter(verb__startswith="case.").exists()

    client = Client()
    client.force_login(admin)
    assert client.get(address).status_code == 200
    assert client.post(address, {}).status_code == 200  # nothing written: asked again
    answer = client.post(address, form)
    assert (answer.status_code, answer["Location"]) == (302, reverse("student_placement", args=[case.student_id]))
    assert AuditLine.objects.filter(verb__startswith="case.").count() == 1
    assert reverse("case_team", args=[case.pk]) in client.get(answer["Location"]).content.decode()


def test_a_refusal_is_told_beside_the_form(case: Case, admin: User) -> None:
    client = Client()
    client.force_login(admin)

    answer = client.post(reverse("case_pause", args=[case.pk]), {"starts_on": "2020-01-01", "reason": "x"})

    assert answer.status_code == 200
    assert "不在送教期间" in answer.content.decode()
