"""Somebody guesses passwords: they are slowed down, and nobody else is kept out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection
from django.test import Client, RequestFactory

from accounts.actions.signing_in import Origin, account_key, hold_back, release, sign_in, waiting
from accounts.models import Throttle, User
from accounts.rules import Role
from accounts.rules.throttle import LONGEST_WAIT, Kind, wait, wait_text
from accounts.tests.make import PASSWORD, make_user
from accounts.views.origin import client_address
from counties.tests.make import at, make_school
from office.refusals import Refused

pytestmark = pytest.mark.django_db
SCHOOL, ELSEWHERE = "10.0.0.1", "10.9.9.9"


def attempt(username: str, password: str = PASSWORD, *, address: str = ELSEWHERE, client: Client | None = None) -> str:
    """`in`, `wrong` or `wait`, as the page says."""
    response = (client or Client()).post("/login/", {"username": username, "password": password, "next": "/password/"}, REMOTE_ADDR=address)
    if response.status_code == 302:
        return "in"
    page = response.content.decode()
    return "wait" if "试的次数太多" in page else "wrong"


@pytest.fixture
def teacher() -> User:
    return make_user(Role.TEACHER, make_school())


def test_the_wait_grows_to_a_quarter_of_an_hour_and_no_further() -> None:
    waits = [wait(Kind.ACCOUNT, tries) for tries in range(1, 30)]
    assert waits[:4] == [timedelta(), timedelta(), timedelta(seconds=30), timedelta(minutes=1)]
    assert waits == sorted(waits)
    assert waits[9] == waits[-1] == LONGEST_WAIT == timedelta(minutes=15)
    assert (wait_text(timedelta(seconds=29.2)), wait_text(timedelta(seconds=61))) == ("30 秒", "2 分钟")


def test_within_ten_tries_even_the_right_password_waits(teacher: User) -> None:
    answers = [attempt(teacher.username, f"guess {number}") for number in range(10)]
    assert answers == ["wrong"] * 3 + ["wait"] * 7
    assert attempt(teacher.username) == "wait"


def test_a_patient_guesser_gets_no_more_than_four_tries_an_hour(teacher: User) -> None:
    now, looked_at = at("2026-10-28 00:00"), 0
    for _minute in range(4 * 60):
        with suppress(Refused):
            hold_back(account_key(teacher.username), origin=Origin(ELSEWHERE), at=now)
            looked_at += 1
        now += timedelta(minutes=1)
    assert 10 < looked_at <= 7 + 4 * 4
    with pytest.raises(Refused, match="试的次数太多"):
        sign_in(username=teacher.username, password=PASSWORD, origin=Origin(ELSEWHERE), at=now)
    assert sign_in(username=teacher.username, password=PASSWORD, origin=Origin(ELSEWHERE), at=now + LONGEST_WAIT) == teacher


def test_an_unknown_name_waits_just_the_same(teacher: User) -> None:
    known = [attempt(teacher.username, "guess") for _ in range(5)]
    unknown = [attempt("nobody", "guess") for _ in range(5)]
    assert known == unknown == ["wrong"] * 3 + ["wait"] * 2


def test_the_owner_still_gets_in_from_a_device_the_account_knows(teacher: User) -> None:
    own = Client()
    assert attempt(teacher.username, address=SCHOOL, client=own) == "in"
    own.post("/logout/")
    for number in range(10):
        attempt(teacher.username, f"guess {number}", address=SCHOOL)
    assert attempt(teacher.username, address=SCHOOL) == "wait"  # a strange device of the same school
    assert attempt(teacher.username, address=SCHOOL, client=own) == "in"
    assert attempt(teacher.username, address=SCHOOL) == "wait"  # which does not help the guesser


def test_a_known_device_has_a_limit_of_its_own(teacher: User) -> None:
    own = Client()
    attempt(teacher.username, client=own)
    own.post("/logout/")
    assert [attempt(teacher.username, "guess", client=own) for _ in range(5)] == ["wrong"] * 3 + ["wait"] * 2


def test_a_device_known_to_one_account_is_strange_to_another(teacher: User) -> None:
    victim = make_user()
    own = Client()
    attempt(teacher.username, client=own)
    own.post("/logout/")
    assert [attempt(victim.username, "guess", client=own) for _ in range(4)] == ["wrong"] * 3 + ["wait"]
    assert attempt(victim.username) == "wait"


def test_a_forged_device_cookie_is_no_key(teacher: User) -> None:
    own = Client()
    attempt(teacher.username, client=own)
    forger = Client()
    forger.cookies["device"] = own.cookies["device"].value[:-3] + "abc"
    for _ in range(5):
        attempt(teacher.username, "guess")
    assert attempt(teacher.username, client=forger) == "wait"


def test_one_guesser_at_one_account_does_not_lock_out_a_school(teacher: User) -> None:
    colleague = make_user()
    now = at("2026-10-28 00:00")
    with time_machine.travel(now) as clock:
        for _ in range(60):
            attempt(teacher.username, "guess", address=SCHOOL)
            clock.shift(timedelta(minutes=2))
        assert Throttle.objects.get(kind=Kind.ADDRESS).tries == 1
    assert attempt(colleague.username, address=SCHOOL) == "in"


def test_many_accounts_tried_from_one_address_slow_that_address_down(teacher: User) -> None:
    known = Client()
    attempt(teacher.username, address=ELSEWHERE, client=known)
    known.post("/logout/")
    colleague = make_user()
    answers = [attempt(f"name{number}", "123456", address=ELSEWHERE) for number in range(40)]
    assert (answers[:30], answers[-1]) == (["wrong"] * 30, "wait")
    assert attempt(colleague.username, address=ELSEWHERE) == "wait"
    assert attempt(colleague.username, address=SCHOOL) == "in"
    assert attempt(teacher.username, address=ELSEWHERE, client=known) == "in"


def test_a_morning_of_forty_people_signing_in_from_one_school_is_no_attack() -> None:
    now = at("2026-10-28 08:00")
    for _ in range(40):
        person = make_user()
        with pytest.raises(Refused, match="不对"):
            sign_in(username=person.username, password="mistyped", origin=Origin(SCHOOL), at=now)
        assert sign_in(username=person.username, password=PASSWORD, origin=Origin(SCHOOL), at=now) == person


def test_success_takes_the_tries_back(teacher: User) -> None:
    for _ in range(3):
        assert [attempt(teacher.username, "guess") for _ in range(2)] == ["wrong"] * 2
        assert attempt(teacher.username) == "in"


def test_whoever_looks_after_the_account_may_release_it(teacher: User) -> None:
    admin = make_user(Role.SCHOOL_ADMIN, make_school())
    for _ in range(5):
        attempt(teacher.username, "guess")
    now = at("2026-10-28 09:00")
    Throttle.objects.update(free_at=now + timedelta(minutes=5))
    assert waiting([teacher, admin], at=now) == {teacher.username}
    release(user=teacher, by=admin, at=now)
    assert waiting([teacher, admin], at=now) == set()
    assert attempt(teacher.username) == "in"


def test_no_name_and_no_address_is_kept_in_the_counts(teacher: User) -> None:
    attempt("my-real-password", "x", address="203.0.113.77")
    assert Throttle.objects.count() == 3
    kept = repr(list(Throttle.objects.values()))
    assert "my-real-password" not in kept
    assert "203.0.113.77" not in kept


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.7", "10.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),  # what the person sent itself is not believed
        (2, "6.6.6.6, 198.51.100.7, 10.1.1.1", "198.51.100.7"),
        (2, "198.51.100.7", "10.0.0.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "rubbish", "rubbish"),
    ],
)
def test_what_proxies_say_is_believed_only_as_far_as_configured(
    settings: LazySettings, rf: RequestFactory, proxies: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert client_address(rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded})) == address


def test_a_forged_forwarded_header_does_not_shake_off_the_address(teacher: User) -> None:
    for number in range(40):
        Client().post(
            "/login/",
            {"username": f"name{number}", "password": "x"},
            REMOTE_ADDR=ELSEWHERE,
            headers={"X-Forwarded-For": f"1.2.3.{number}"},
        )
    assert attempt(teacher.username, address=ELSEWHERE) == "wait"


@pytest.mark.django_db(transaction=True)
def test_a_dozen_tries_at_once_are_no_more_than_three_in_a_row() -> None:
    username, now = make_user().username, at("2026-10-28 09:00")

    def one(_number: int) -> bool:
        try:
            hold_back(account_key(username), origin=Origin(ELSEWHERE), at=now)
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        looked_at = sum(pool.map(one, range(12)))
    assert looked_at == 3
    assert Throttle.objects.get(kind=Kind.ADDRESS).tries == 1
