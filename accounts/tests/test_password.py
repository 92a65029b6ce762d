"""A person changes their password: because it is the first one, because they want to, or because it is old."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.auth.hashers import check_password
from django.test import Client

from accounts.actions.passwords import common_passwords
from accounts.models import FormerPassword, User
from accounts.rules import Role
from accounts.rules.passwords import PROFILES, weaknesses
from accounts.rules.usernames import spellings
from accounts.tests.make import PASSWORD, make_user
from counties.tests.make import make_school
from office.models import AuditLine

pytestmark = pytest.mark.django_db
NEW = "Lu-ye-chen-guang-7"


@pytest.fixture
def teacher() -> User:
    return make_user(Role.TEACHER, make_school(), username="qin.xy", name="覃小远")


@pytest.fixture
def inside(client: Client, teacher: User) -> Client:
    client.force_login(teacher)
    return client


def change(client: Client, new: str = NEW, old: str = PASSWORD, again: str = "") -> str:
    """The page that answers, or an empty text when the password was changed."""
    response = client.post("/password/", {"old": old, "new": new, "again": again or new})
    return "" if response.status_code == 302 else response.content.decode()


def test_a_new_password_holds_and_the_old_one_does_not(inside: Client, teacher: User) -> None:
    assert change(inside) == ""
    teacher.refresh_from_db()
    assert check_password(NEW, teacher.password)
    assert teacher.password_changed_at is not None
    assert inside.get("/password/").status_code == 200
    assert AuditLine.objects.filter(verb="account.password_changed", subject=teacher.pk).count() == 1


def test_changing_it_ends_the_sessions_elsewhere(inside: Client, teacher: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(teacher)
    assert elsewhere.get("/password/").status_code == 200
    before = inside.cookies["sessionid"].value
    change(inside)
    assert elsewhere.get("/password/").status_code == 302
    assert inside.get("/password/").status_code == 200
    assert inside.cookies["sessionid"].value != before


def test_a_stranger_changes_nothing(client: Client, teacher: User) -> None:
    assert client.post("/password/", {"old": PASSWORD, "new": NEW, "again": NEW})["Location"].startswith("/login/")
    teacher.refresh_from_db()
    assert check_password(PASSWORD, teacher.password)


def test_the_old_password_must_be_right_and_guessing_it_is_slowed_down(inside: Client) -> None:
    answers = [change(inside, old="wrong") for _ in range(5)]
    assert ["现在的密码不对" in page for page in answers] == [True, True, True, False, False]
    assert "试的次数太多" in change(inside)


def test_both_new_ones_must_be_equal(inside: Client) -> None:
    assert "两次输入的新密码不一样" in change(inside, again="Lu-ye-chen-guang-8")


def test_the_first_password_must_be_changed_before_anything_else(client: Client, teacher: User) -> None:
    User.objects.filter(pk=teacher.pk).update(must_change_password=True)
    client.force_login(teacher)
    for address in ("/", "/students/", "/operator/", "/nowhere/"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (302, "/password/"), address
    assert "请先换成只有自己知道的密码" in client.get("/password/").content.decode()
    assert change(client) == ""
    assert client.get("/nowhere/").status_code == 404


def test_whoever_must_change_it_may_still_sign_out(client: Client, teacher: User) -> None:
    User.objects.filter(pk=teacher.pk).update(must_change_password=True)
    client.force_login(teacher)
    assert client.post("/logout/")["Location"] == "/login/"


def test_the_one_in_use_is_not_a_new_one(inside: Client) -> None:
    assert "不能再用" in change(inside, new=PASSWORD)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("x7-k", "至少 8 位"),
        ("x7-k" * 40, "128"),
        ("password", "太常见"),
        ("woaini1314", "太常见"),
        ("Huawei@123", "太常见"),
        ("sunshine2026!", "太常见"),
        ("87654321", "太常见"),
        ("qwertyuiop", "太常见"),
        ("abcabcabc", "太常见"),
        ("13877112233", "太常见"),
        ("19850307", "太常见"),
        ("1985年3月07日", ""),
        ("qin.xy-2026-hao", "登录名或姓名"),
        ("QinXiaoYuan88", "登录名或姓名"),
        ("覃小远的密码本子", "登录名或姓名"),
        ("lu shui qing shan", ""),
        ("绿水青山送教上门", ""),
        (NEW, ""),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(teacher: User, password: str, why: str) -> None:
    found = weaknesses(
        password, profile=PROFILES["asvs"], own_words=[teacher.username, *spellings(teacher.name)], common=common_passwords()
    )
    assert bool(found) == bool(why), found
    assert why in " ".join(found)


def test_a_weak_password_is_refused_on_the_page(inside: Client, teacher: User) -> None:
    assert "太常见" in change(inside, new="woaini1314")
    teacher.refresh_from_db()
    assert check_password(PASSWORD, teacher.password)


def test_the_strict_profile_wants_three_classes(settings: LazySettings, inside: Client) -> None:
    assert change(inside, new="lu ye chen guang") == ""
    settings.PASSWORD_PROFILE = "dengbao3"
    assert "至少要有 3 种" in change(inside, old="lu ye chen guang", new="bai yun shan quan x")
    assert change(inside, old="lu ye chen guang", new="Bai yun shan 7") == ""


def test_the_strict_profile_remembers_five(settings: LazySettings, inside: Client, teacher: User) -> None:
    settings.PASSWORD_PROFILE = "dengbao3"
    used = [PASSWORD, *(f"Bai-yun-shan-{number}" for number in range(6))]
    for old, new in pairwise(used):
        assert change(inside, old=old, new=new) == ""
    assert "最近 5 次" in change(inside, old=used[-1], new=used[-3])
    assert "最近 5 次" in change(inside, old=used[-1], new=used[1])
    assert FormerPassword.objects.filter(user=teacher).count() == 5
    assert change(inside, old=used[-1], new=used[0]) == ""


def test_the_usual_profile_keeps_no_former_passwords(inside: Client) -> None:
    change(inside)
    assert not FormerPassword.objects.exists()


def test_the_strict_profile_wants_a_new_one_every_90_days(settings: LazySettings, client: Client, teacher: User) -> None:
    with time_machine.travel("2026-10-28 09:00+08:00") as clock:
        client.force_login(teacher)
        change(client)
        clock.shift(timedelta(days=91))
        client.force_login(User.objects.get(pk=teacher.pk))
        assert client.get("/nowhere/").status_code == 404
        settings.PASSWORD_PROFILE = "dengbao3"
        assert client.get("/nowhere/")["Location"] == "/password/"
        assert change(client, old=NEW, new="Bai-yun-shan-7") == ""
        assert client.get("/nowhere/").status_code == 404


def test_passwords_are_hashed_with_argon2id(teacher: User) -> None:
    assert teacher.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
