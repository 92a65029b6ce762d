"""Promises that hold for every address there is, also for the ones added tomorrow."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_county
from office.middleware import POLICY
from tests.addresses import Address, addresses

pytestmark = pytest.mark.django_db

ALL = addresses()
OURS = [address for address in ALL if not address.name.startswith("admin:")]  # Django's admin knows no 405
OPEN = {"login"}


def client_of(role: Role) -> Client:
    client = Client()
    client.force_login(make_user(role, make_county() if role == Role.COUNTY_STAFF else None))
    return client


def test_the_walk_finds_addresses() -> None:
    assert {"login", "home", "student_list", "visit_list", "month"} <= {address.name for address in ALL}


@pytest.mark.parametrize("address", ALL, ids=str)
def test_a_stranger_is_sent_to_sign_in(client: Client, address: Address) -> None:
    answer = client.get(address.path)
    if answer.status_code == 405:
        answer = client.post(address.path)

    if address.name in OPEN:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith((reverse("login"), "/admin/login/"))


@pytest.mark.parametrize("address", OURS, ids=str)
def test_a_wrong_method_is_told_which_are_right(address: Address) -> None:
    answer = client_of(Role.COUNTY_STAFF).delete(address.path)

    assert answer.status_code == 405
    assert set(answer["Allow"].split(", ")) <= {"GET", "HEAD", "POST", "PUT"}


@pytest.mark.parametrize("address", OURS, ids=str)
def test_changes_are_posts_with_a_token(address: Address) -> None:
    """A POST without the form's token changes nothing and is answered in words, whoever sends it."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(Role.COUNTY_STAFF, make_county()))
    answer = client.post(address.path)

    assert answer.status_code in (403, 405)


@pytest.mark.parametrize("address", ALL, ids=str)
def test_every_answer_carries_the_content_security_policy(address: Address) -> None:
    stranger, operator = Client(), client_of(Role.OPERATOR)

    for answer in (stranger.get(address.path), operator.get(address.path), operator.delete(address.path)):
        assert answer["Content-Security-Policy"] == POLICY


def test_so_do_refusals_files_and_breakdowns(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(Role.COUNTY_STAFF)
    client.raise_request_exception = False
    answers = [client.get("/no-such-page/"), client.get("/static/css/tokens.css"), Client(enforce_csrf_checks=True).post("/login/")]
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", lambda request: 1 / 0)
    answers.append(client.get("/"))

    assert [answer.status_code for answer in answers] == [404, 200, 403, 500]
    assert {answer["Content-Security-Policy"] for answer in answers} == {POLICY}


def test_the_policy_allows_nothing_foreign_and_nothing_inline() -> None:
    assert "default-src 'self'" in POLICY
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "*" not in POLICY


def test_pages_are_not_shown_in_frames_nor_guessed_at_nor_told_about(client: Client) -> None:
    answer = client.get(reverse("login"))

    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_page_of_a_person_is_kept_by_no_cache() -> None:
    """What was on the screen before signing out must not come back with the back button of a shared machine."""
    for address in OURS:
        answer = client_of(Role.COUNTY_STAFF).get(address.path)
        if answer.status_code == 200 and address.name not in OPEN:
            assert "no-store" in answer.get("Cache-Control", ""), address


def test_debug_is_off() -> None:
    assert settings.DEBUG is False
