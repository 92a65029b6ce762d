"""A person signs in and out; a session ends when it should."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client

from accounts.hashers import Argon2id
from accounts.models import Post, User
from accounts.rules import Role
from accounts.tests.make import PASSWORD, give_post, make_user
from counties.tests.make import make_county, make_school
from office.models import AuditLine

pytestmark = pytest.mark.django_db
INSIDE = "/password/"  # a page of everybody who is signed in
WRONG = "登录名或密码不对。"


def sign_in(client: Client, user: User, password: str = PASSWORD) -> int:
    """The status of the answer; 302 is success."""
    return client.post("/login/", {"username": user.username, "password": password, "next": INSIDE}).status_code


def is_inside(client: Client) -> bool:
    return client.get(INSIDE).status_code == 200


@pytest.fixture
def teacher() -> User:
    return make_user(Role.TEACHER, make_school(), username="lan.yonghao")


def test_the_right_name_and_password_open_the_house(client: Client, teacher: User) -> None:
    assert not is_inside(client)
    response = client.post("/login/", {"username": " LAN.YongHao ", "password": PASSWORD, "next": INSIDE})
    assert (response.status_code, response["Location"]) == (302, INSIDE)
    assert is_inside(client)


def test_a_stranger_is_sent_to_sign_in_and_comes_back(client: Client) -> None:
    response = client.get(INSIDE)
    assert (response.status_code, response["Location"]) == (302, f"/login/?next={INSIDE}")
    assert f'name="next" value="{INSIDE}"' in client.get(response["Location"]).content.decode()


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_host(client: Client, teacher: User, wanted: str) -> None:
    response = client.post("/login/", {"username": teacher.username, "password": PASSWORD, "next": wanted})
    assert response.status_code == 302
    assert "evil" not in response["Location"]
    assert "javascript" not in response["Location"]


@pytest.mark.parametrize("wanted", ["abc", "2026-10", "admin:nothing", "login", ".", "reports/"])
def test_a_next_that_is_no_address_leads_home(client: Client, teacher: User, wanted: str) -> None:
    signed_in = client.post("/login/", {"username": teacher.username, "password": PASSWORD, "next": wanted})
    again = client.get("/login/", {"next": wanted})
    assert [(each.status_code, each["Location"]) for each in (signed_in, again)] == [(302, "/")] * 2


def test_a_post_after_the_session_ended_leads_back_to_its_page_and_says_that_nothing_was_done(client: Client, teacher: User) -> None:
    sent = client.post("/notices/read/", headers={"referer": "http://testserver/notices/?state=new"})
    assert sent["Location"] == "/login/?next=/notices/%3Fstate%3Dnew"
    page = client.get(sent["Location"]).content.decode()
    assert ("没有保存" in page, 'name="next" value="/notices/?state=new"' in page) == (True, True)
    for stranger in ("", "https://evil.example/notices/", "//evil.example", "http://testserver//evil.example"):
        assert client.post("/notices/read/", headers={"referer": stranger})["Location"] == "/login/?next=/"


def test_the_address_of_a_button_is_no_empty_page(client: Client, teacher: User) -> None:
    sign_in(client, teacher)
    answer = client.get("/notices/read/")
    assert (answer.status_code, answer["Allow"], "没有改动" in answer.content.decode()) == (405, "POST", True)


def test_a_wrong_password_an_unknown_name_and_a_disabled_account_get_the_same_answer(client: Client, teacher: User) -> None:
    make_user(username="gone", is_active=False)
    pages = []
    for username, password in [(teacher.username, "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD)]:
        response = Client().post("/login/", {"username": username, "password": password})
        page = response.content.decode().replace(username, "…")
        token = page.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
        pages.append((response.status_code, page.replace(token, "…")))
    assert pages[0][1].count(WRONG) == 1
    assert pages[0] == pages[1] == pages[2]


def test_every_try_costs_exactly_one_hash_whoever_it_names(client: Client, teacher: User) -> None:
    make_user(username="gone", is_active=False)
    costs = []
    for username in (teacher.username, "nobody", "gone"):
        with (
            patch.object(Argon2id, "encode", autospec=True, side_effect=Argon2id.encode) as made,
            patch.object(Argon2id, "verify", autospec=True, side_effect=Argon2id.verify) as checked,
        ):
            client.post("/login/", {"username": username, "password": "wrong"})
        costs.append(made.call_count + checked.call_count)
    assert costs == [1, 1, 1]


def test_only_post_signs_out_and_the_old_session_is_dead(client: Client, teacher: User) -> None:
    sign_in(client, teacher)
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_inside(thief)
    assert client.get("/logout/").status_code == 405
    assert is_inside(client)
    assert client.post("/logout/").status_code == 302
    assert not is_inside(client)
    assert not is_inside(thief)


def test_the_session_is_another_after_signing_in(client: Client, teacher: User) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = str(planted)
    sign_in(client, teacher)
    assert client.cookies["sessionid"].value != planted
    attacker = Client()
    attacker.cookies["sessionid"] = str(planted)
    assert not is_inside(attacker)


def test_two_people_on_one_phone_do_not_share_a_session(client: Client, teacher: User) -> None:
    colleague = make_user(Role.TEACHER, make_school())
    sign_in(client, teacher)
    client.session["draft"] = "of the first"
    first = client.cookies["sessionid"].value
    sign_in(client, colleague)
    assert client.cookies["sessionid"].value != first
    assert client.session["_auth_user_id"] == str(colleague.pk)


def test_a_disabled_account_is_out_at_the_next_request(client: Client, teacher: User) -> None:
    sign_in(client, teacher)
    assert is_inside(client)
    User.objects.filter(pk=teacher.pk).update(is_active=False)
    assert not is_inside(client)


def test_a_new_round_of_sessions_ends_those_before(client: Client, teacher: User) -> None:
    sign_in(client, teacher)
    assert is_inside(client)
    User.objects.filter(pk=teacher.pk).update(session_round=1)
    assert not is_inside(client)
    assert sign_in(client, teacher) == 302


def test_changed_posts_end_the_session(client: Client, teacher: User) -> None:
    sign_in(client, teacher)
    assert is_inside(client)
    give_post(teacher, Role.SCHOOL_ADMIN, make_school())
    assert not is_inside(client)
    assert "职责有变动" in client.get("/login/").content.decode()
    sign_in(client, teacher)
    assert is_inside(client)
    Post.objects.filter(user=teacher, role=Role.TEACHER).delete()
    assert not is_inside(client)


def test_a_post_that_ends_tonight_ends_the_session_tomorrow(client: Client, teacher: User) -> None:
    with time_machine.travel("2026-10-28 22:00+08:00") as clock:
        Post.objects.filter(user=teacher).update(ends_on="2026-10-29")
        sign_in(client, teacher)
        assert is_inside(client)
        clock.shift(timedelta(minutes=50))
        assert is_inside(client)
        clock.shift(timedelta(minutes=50))
        assert is_inside(client)
        clock.shift(timedelta(minutes=30))
        assert not is_inside(client)


def test_a_session_left_alone_ends(client: Client, teacher: User, settings: LazySettings) -> None:
    settings.IDLE_MINUTES = 30
    with time_machine.travel("2026-10-28 09:00+08:00") as clock:
        sign_in(client, teacher)
        for _ in range(3):
            clock.shift(timedelta(minutes=29))
            assert is_inside(client)
        clock.shift(timedelta(minutes=30))
        assert not is_inside(client)
        assert "没有操作" in client.get("/login/").content.decode()


def test_signing_in_failing_and_signing_out_are_in_the_audit_without_names(client: Client) -> None:
    county = make_county()
    teacher = make_user(Role.TEACHER, make_school(county), username="lan.yonghao")
    sign_in(client, teacher, "wrong")
    client.post("/login/", {"username": "my-real-password", "password": "x"})
    sign_in(client, teacher)
    client.post("/logout/")
    lines = AuditLine.objects.order_by("at").values_list("chain", "verb", "subject", "by")
    assert list(lines) == [
        ("installation", "account.sign_in_failed", teacher.pk, None),
        ("installation", "account.sign_in_failed", None, None),
        (county.code, "account.signed_in", teacher.pk, teacher.pk),
        (county.code, "account.signed_out", teacher.pk, teacher.pk),
    ]
    assert "my-real-password" not in repr(list(AuditLine.objects.values()))
