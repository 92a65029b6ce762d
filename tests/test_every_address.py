"""Promises that hold for every address there is, also for the ones added tomorrow."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_county
from tests.addresses import Address, addresses

pytestmark = pytest.mark.django_db

ALL = addresses()
OURS = [address for address in ALL if not address.name.startswith("admin:")]  # Django's admin knows no 405
OPEN = {"login"}
ANSWERING_MACHINES = {"healthz"}  # with what is down, and nothing else
# In JSON, by PUT and DELETE; a redirect would tell a script nothing.
SPOKEN_TO_BY_SCRIPTS = {"visit_text", "visit_draft", "assessment_scores", "plan_content", "lesson_content"}
TAKING_FILES = {"visit_photo"}  # shown to browsers, put by scripts


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

    if address.name in ANSWERING_MACHINES:
        assert set(answer.json()) == {"down"}
    elif address.name in OPEN:
        assert answer.status_code == 200
    elif address.name in SPOKEN_TO_BY_SCRIPTS:
        assert [client.put(address.path).status_code, answer.status_code] == [401, 401]
        assert "登录" in answer.json()["words"]
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith((reverse("login"), "/admin/login/"))


@pytest.mark.parametrize("address", OURS, ids=str)
def test_a_wrong_method_is_told_which_are_right(address: Address) -> None:
    answer = client_of(Role.COUNTY_STAFF).patch(address.path)

    assert answer.status_code == 405
    scripts = {"PUT", "DELETE"} if address.name in SPOKEN_TO_BY_SCRIPTS | TAKING_FILES else set()
    assert set(answer["Allow"].split(", ")) <= {"GET", "HEAD", "POST"} | scripts
