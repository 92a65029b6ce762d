"""A school admin and the county's staff look after accounts; nobody looks after their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.hashers import check_password
from django.test import Client

from accounts.models import Post, Throttle, User
from accounts.rules import Role
from accounts.tests.make import PASSWORD, give_post, make_user
from counties.models import Area, School
from counties.tests.make import make_county, make_school
from office.models import AuditLine

pytestmark = pytest.mark.django_db
BEYOND = "管不到的任职"


@dataclass
class Cast:
    county: Area
    school: School
    admin: User
    clerk: User
    teacher: User
    shared: User
    elsewhere: User
    foreign: User


@pytest.fixture
def cast() -> Cast:
    county = make_county()
    school, neighbour, foreign = make_school(county), make_school(county), make_school(make_county("360922"))
    shared = make_user(Role.TEACHER, school)
    give_post(shared, Role.TEACHER, neighbour)
    return Cast(
        county=county,
        school=school,
        admin=make_user(Role.SCHOOL_ADMIN, school, name="温冬雨"),
        clerk=make_user(Role.COUNTY_STAFF, county, name="苏雨美"),
        teacher=make_user(Role.TEACHER, school, name="蓝永浩"),
        shared=shared,
        elsewhere=make_user(Role.TEACHER, neighbour),
        foreign=make_user(Role.TEACHER, foreign),
    )


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_admin_lists_the_own_school_and_a_clerk_the_county(cast: Cast) -> None:
    page = as_(cast.admin).get("/people/").content.decode()
    assert cast.teacher.username in page
    assert cast.elsewhere.username not in page
    page = as_(cast.clerk).get("/people/").content.decode()
    assert cast.teacher.username in page
    assert cast.elsewhere.username in page
    assert cast.foreign.username not in page


@pytest.mark.parametrize("role", [Role.TEACHER, Role.PRINCIPAL, Role.ITINERANT, Role.INSPECTOR])
def test_others_of_the_school_have_no_list(cast: Cast, role: Role) -> None:
    client = as_(make_user(role, cast.school))
    assert client.get("/people/").status_code == 403
    assert client.get("/people/export/").status_code == 403
    assert client.get("/people/add/").status_code == 403


def test_the_list_is_filtered_and_sorted(cast: Cast) -> None:
    client = as_(cast.clerk)
    cast.teacher.last_login = cast.teacher.created_at
    cast.teacher.save()
    make_user(Role.TEACHER, cast.school, name="停用者", is_active=False)

    def names(**query: str) -> list[str]:
        return [person.name for person in client.get("/people/", query).context["page"]]

    assert names(q="永浩") == ["蓝永浩"]
    assert names(q=cast.teacher.username.upper()) == ["蓝永浩"]
    assert names(state="disabled") == ["停用者"]
    assert names(role="school_admin") == ["温冬雨"]
    assert cast.elsewhere.name not in names(school=str(cast.school.pk))
    assert names(sort="-name") == list(reversed(names(sort="name")))
    assert "蓝永浩" not in names(state="never")
    assert names(role="no such role") == names(school="no such school") == []


def test_schools_are_chosen_by_their_names(cast: Cast) -> None:
    School.objects.filter(pk=cast.school.pk).update(name="石门小学")
    for page in ("/people/", "/people/add/", f"/people/{cast.teacher.pk}/"):
        html = as_(cast.clerk).get(page).content.decode()
        assert f'<option value="{cast.school.pk}">石门小学</option>' in html, page


def test_the_list_costs_the_same_for_few_and_for_many(cast: Cast, django_assert_max_num_queries: object) -> None:
    client = as_(cast.clerk)
    client.get("/people/")
    with django_assert_max_num_queries(12) as few:  # type: ignore[operator]
        client.get("/people/")
    for _ in range(60):
        make_user(Role.TEACHER, cast.school)
    with django_assert_max_num_queries(len(few)):  # type: ignore[operator]
        client.get("/people/")


def test_the_list_goes_out_as_a_workbook(cast: Cast) -> None:
    from office.sheets_in import read_table

    response = as_(cast.admin).get("/people/export/")
    table = read_table(response.content, {"name": ("姓名",), "username": ("登录名",), "posts": ("任职",)})
    assert cast.teacher.username in {row.cells["username"] for row in table.rows}
    assert AuditLine.objects.filter(verb="people.exported", by=cast.admin.pk).count() == 1


def test_a_person_beyond_ones_reach_does_not_exist(cast: Cast) -> None:
    client = as_(cast.admin)
    assert client.get(f"/people/{cast.teacher.pk}/").status_code == 200
    for pk in (cast.elsewhere.pk, cast.foreign.pk, uuid4()):
        assert client.get(f"/people/{pk}/").status_code == 404
        for verb in ("release", "disable", "enable", "sign-out", "posts/give"):
            assert client.post(f"/people/{pk}/{verb}/").status_code == 404


def test_a_teacher_sees_no_page_about_anybody(cast: Cast) -> None:
    client = as_(cast.teacher)
    assert client.get(f"/people/{cast.teacher.pk}/").status_code == 403
    assert client.get(f"/people/{cast.shared.pk}/").status_code == 404


@pytest.mark.parametrize("verb", ["release", "disable", "enable", "sign-out", "posts/give"])
def test_changes_are_made_by_post_only(cast: Cast, verb: str) -> None:
    assert as_(cast.admin).get(f"/people/{cast.teacher.pk}/{verb}/").status_code == 405


# --- A new first password ------------------------------------------------------------------------------


def reset(client: Client, *people: User) -> str:
    response = client.post("/people/reset/", {"person": [str(person.pk) for person in people]})
    return response.content.decode()


def test_a_reset_shows_the_password_once_and_ends_lock_and_sessions(cast: Cast) -> None:
    theirs = as_(cast.teacher)
    assert theirs.get("/password/").status_code == 200
    for _ in range(4):
        Client().post("/login/", {"username": cast.teacher.username, "password": "x"})
    response = as_(cast.admin).post("/people/reset/", {"person": str(cast.teacher.pk)})
    password = response.context["slips"][0].password
    assert response.content.decode().count(password) == 1
    assert "no-store" in response["Cache-Control"]
    cast.teacher.refresh_from_db()
    assert check_password(password, cast.teacher.password)
    assert cast.teacher.must_change_password
    assert theirs.get("/password/").status_code == 302
    signed_in = Client().post("/login/", {"username": cast.teacher.username, "password": password, "next": "/"})
    assert signed_in.status_code == 302
    assert password not in repr(list(AuditLine.objects.values()))


def test_several_are_reset_together_or_none(cast: Cast) -> None:
    colleague = make_user(Role.TEACHER, cast.school)
    assert reset(as_(cast.admin), cast.teacher, colleague).count("初始密码：") == 2
    before = User.objects.get(pk=cast.teacher.pk).password
    client = as_(cast.admin)
    reset(client, cast.teacher, cast.shared)
    assert User.objects.get(pk=cast.teacher.pk).password == before


def test_who_teaches_elsewhere_too_is_reset_by_the_county(cast: Cast) -> None:
    client = as_(cast.admin)
    assert BEYOND in reset(client, cast.shared)
    assert check_password(PASSWORD, User.objects.get(pk=cast.shared.pk).password)
    assert "初始密码：" in reset(as_(cast.clerk), cast.shared)


def test_nobody_takes_over_a_higher_account(cast: Cast) -> None:
    give_post(cast.clerk, Role.TEACHER, cast.school)  # so the admin sees the clerk
    assert BEYOND in reset(as_(cast.admin), cast.clerk)
    operator = make_user(Role.OPERATOR)
    give_post(operator, Role.COUNTY_LEADER, cast.county)
    assert BEYOND in reset(as_(cast.clerk), operator)


def test_whoever_is_not_seen_is_not_reset(cast: Cast) -> None:
    for person in (cast.elsewhere, cast.foreign):
        assert "请先勾选" in reset(as_(cast.admin), person)
        assert check_password(PASSWORD, User.objects.get(pk=person.pk).password)
    assert "请先勾选" in as_(cast.admin).post("/people/reset/", {"person": ["not-an-id"]}).content.decode()
    assert "请先勾选" in as_(cast.admin).post("/people/reset/").content.decode()


# --- Locks, sessions, disabling ---------------------------------------------------------------------------


def test_a_lock_is_released(cast: Cast) -> None:
    for _ in range(4):
        Client().post("/login/", {"username": cast.teacher.username, "password": "x"})
    client = as_(cast.admin)
    assert "等待中" in client.get("/people/").content.decode()
    assert "解除等待" in client.get(f"/people/{cast.teacher.pk}/").content.decode()
    client.post(f"/people/{cast.teacher.pk}/release/")
    assert not Throttle.objects.filter(kind="account").exists()
    assert "等待中" not in client.get("/people/").content.decode()


def test_a_disabled_account_is_out_and_stays_out_of_its_old_session_when_enabled_again(cast: Cast) -> None:
    theirs, client = as_(cast.teacher), as_(cast.admin)
    assert theirs.get("/password/").status_code == 200
    client.post(f"/people/{cast.teacher.pk}/disable/")
    assert theirs.get("/password/").status_code == 302
    stolen = as_(cast.teacher) if User.objects.get(pk=cast.teacher.pk).is_active else theirs
    client.post(f"/people/{cast.teacher.pk}/enable/")
    assert stolen.get("/password/").status_code == 302
    assert as_(User.objects.get(pk=cast.teacher.pk)).get("/password/").status_code == 200
    verbs = AuditLine.objects.filter(subject=cast.teacher.pk).values_list("verb", flat=True)
    assert list(verbs) == ["account.disabled", "account.enabled"]


def test_a_lost_phone_is_signed_out(cast: Cast) -> None:
    theirs = as_(cast.teacher)
    assert theirs.get("/password/").status_code == 200
    as_(cast.admin).post(f"/people/{cast.teacher.pk}/sign-out/")
    assert theirs.get("/password/").status_code == 302


def test_a_security_officer_locks_out_but_resets_nobody(cast: Cast) -> None:
    client = as_(make_user(Role.SECURITY_OFFICER))
    client.post(f"/people/{cast.shared.pk}/disable/")
    assert not User.objects.get(pk=cast.shared.pk).is_active
    assert BEYOND in reset(client, cast.teacher)
    assert client.get("/people/add/").status_code == 403


def test_nobody_looks_after_their_own_account(cast: Cast) -> None:
    client = as_(cast.admin)
    assert "自己的账号" in client.get(f"/people/{cast.admin.pk}/").content.decode()
    assert "自己的账号" in client.post(f"/people/{cast.admin.pk}/disable/").content.decode()
    assert User.objects.get(pk=cast.admin.pk).is_active


# --- Posts ---------------------------------------------------------------------------------------------------


def give(client: Client, person: User, **fields: str) -> int:
    before = person.posts.count()
    client.post(f"/people/{person.pk}/posts/give/", fields)
    return person.posts.count() - before


def test_an_admin_gives_roles_of_the_own_school_only(cast: Cast) -> None:
    client = as_(cast.admin)
    assert give(client, cast.teacher, role="principal") == 1
    assert "已经有了" in client.post(f"/people/{cast.teacher.pk}/posts/give/", {"role": "principal"}).content.decode()
    assert cast.teacher.posts.count() == 2
    for role in ("inspector", "itinerant", "county_staff", "county_leader", "observer", "operator", "auditor", "no such role"):
        assert give(client, cast.teacher, role=role) == 0
    assert give(client, cast.teacher, role="teacher", school=str(cast.elsewhere.posts.get().school_id)) == 0


def test_a_clerk_gives_roles_of_the_county(cast: Cast) -> None:
    client = as_(cast.clerk)
    foreign = cast.foreign.posts.get().school_id
    assert give(client, cast.teacher, role="inspector", school=str(cast.school.pk), starts_on="2026-11-01") == 1
    assert give(client, cast.teacher, role="county_leader") == 1
    assert cast.teacher.posts.get(role="county_leader").area_id == cast.county.code
    assert give(client, cast.teacher, role="teacher", school=str(foreign)) == 0
    assert give(client, cast.teacher, role="teacher") == 0
    assert give(client, cast.teacher, role="operator") == 0


def test_nobody_raises_themselves(cast: Cast) -> None:
    assert give(as_(cast.admin), cast.admin, role="principal") == 0
    assert give(as_(cast.clerk), cast.clerk, role="county_leader") == 0
    assert give(as_(cast.admin), cast.teacher, role="principal") == 1


def test_a_post_is_ended_and_its_rights_with_it(cast: Cast) -> None:
    theirs, client = as_(cast.teacher), as_(cast.admin)
    assert theirs.get("/password/").status_code == 200
    post = cast.teacher.posts.get()
    client.post(f"/people/{cast.teacher.pk}/posts/{post.pk}/end/")
    post.refresh_from_db()
    assert post.ends_on is not None
    assert theirs.get("/password/").status_code == 302
    client.post(f"/people/{cast.teacher.pk}/posts/{post.pk}/end/")
    assert AuditLine.objects.filter(verb="post.ended").count() == 1


def test_a_post_that_has_not_begun_is_taken_back(cast: Cast) -> None:
    post = give_post(cast.teacher, Role.PRINCIPAL, cast.school, starts_on=date(2026, 11, 1))
    with time_machine.travel("2026-10-28 09:00+08:00"):
        as_(cast.admin).post(f"/people/{cast.teacher.pk}/posts/{post.pk}/end/")
    assert not Post.objects.filter(pk=post.pk).exists()


def test_a_post_elsewhere_is_not_ended_by_this_school(cast: Cast) -> None:
    post = cast.shared.posts.exclude(school=cast.school).get()
    assert as_(cast.admin).post(f"/people/{cast.shared.pk}/posts/{post.pk}/end/").status_code == 403
    other = cast.elsewhere.posts.get()
    assert as_(cast.admin).post(f"/people/{cast.teacher.pk}/posts/{other.pk}/end/").status_code == 404
    as_(cast.clerk).post(f"/people/{cast.shared.pk}/posts/{post.pk}/end/")
    post.refresh_from_db()
    assert post.ends_on is not None


def test_a_post_over_long_ago_no_longer_stands_in_the_way(cast: Cast) -> None:
    Post.objects.filter(user=cast.shared).exclude(school=cast.school).update(ends_on=date.today() - timedelta(days=1))  # noqa: DTZ011
    assert "初始密码：" in reset(as_(cast.admin), cast.shared)
