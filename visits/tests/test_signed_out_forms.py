"""Without scripts: what is posted after the session ended is a draft of whoever was shown the page, found after signing in."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from visits.models import Visit, VisitDraft
from visits.tests.conftest import Cast, signed_in
from visits.tests.make import make_visit

TEXT = "登录过期前写好的教学内容"


def page(client: Client, cast: Cast, address: str = "") -> tuple[str, dict[str, str]]:
    """The page's address and the hidden fields of its form, as a browser holds them."""
    address = address or f"/visits/add/?child={cast.case.pk}"
    html = client.get(address).content.decode()
    names = ("csrfmiddlewaretoken", "visit", "base_version", "ticket")
    return address, {name: re.search(rf'name="{name}"\s+value="([^"]+)"', html)[1] for name in names}  # type: ignore[index]


def typed(cast: Cast) -> dict[str, Any]:
    said = {"on": "2026-10-28", "start": "06:00", "end_time": "08:00", "mode": "home", "purpose": "teaching", "end": "1"}
    return said | {"cases": [str(cast.case.pk)], f"teaching-{cast.case.pk}": TEXT, "people": [str(cast.teacher.pk)]}


def browser_of(user: User) -> Client:
    """One that checks the token against forgery, as in life."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def post(client: Client, address: str, fields: dict[str, Any]) -> Any:
    return client.post(address, fields, headers={"referer": "http://testserver/"})


def test_it_is_kept_and_found_again_by_the_same_person_and_by_nobody_else(cast: Cast) -> None:
    client = browser_of(cast.teacher)
    address, hidden = page(client, cast)
    Session.objects.all().delete()

    answer = post(client, address, hidden | typed(cast))
    assert answer.status_code == 302
    assert answer["Location"] == f"/login/?next=/visits/add/%3Fvisit%3D{hidden['visit']}"
    assert "已存成您的草稿" in client.get(answer["Location"]).content.decode()
    assert (Visit.objects.count(), VisitDraft.objects.get().user) == (0, cast.teacher)

    colleague = signed_in(cast.colleague).get(f"/visits/add/?visit={hidden['visit']}").content.decode()
    assert TEXT not in colleague
    client.force_login(cast.teacher)
    assert TEXT in client.get(f"/visits/add/?visit={hidden['visit']}").content.decode()


def test_a_session_that_was_idle_too_long_loses_nothing_either(cast: Cast) -> None:
    client = browser_of(cast.teacher)
    address, hidden = page(client, cast)
    with time_machine.travel("2026-10-28 11:30+08:00", tick=False):
        post(client, address, hidden | typed(cast))
    assert (VisitDraft.objects.get().user, Visit.objects.count()) == (cast.teacher, 0)
    assert VisitDraft.objects.get().content["records"][0]["teaching"] == TEXT


def test_a_visit_on_record_is_kept_the_same_way(cast: Cast) -> None:
    visit = make_visit(cast.case, people=(cast.teacher,), author=cast.teacher)
    client = browser_of(cast.teacher)
    address, hidden = page(client, cast, f"/visits/{visit.pk}/edit/")
    Session.objects.all().delete()
    assert post(client, address, hidden | typed(cast))["Location"] == f"/login/?next={address}"
    client.force_login(cast.teacher)
    assert TEXT in client.get(address).content.decode()
    assert visit.records.get().teaching == ""


@pytest.mark.parametrize("spoil", ["no token", "no ticket", "another visit", "forged", "a day later", "disabled", "moved away"])
def test_what_is_not_surely_theirs_is_not_kept(cast: Cast, spoil: str) -> None:
    client = browser_of(cast.teacher)
    address, hidden = page(client, cast)
    Session.objects.all().delete()
    now = "2026-10-29 09:01+08:00" if spoil == "a day later" else "2026-10-28 09:30+08:00"
    if spoil == "no token":
        hidden["csrfmiddlewaretoken"] = "x" * 64
    elif spoil == "no ticket":
        del hidden["ticket"]
    elif spoil == "another visit":
        hidden["visit"] = "5f0c1c1e-0000-4000-8000-000000000000"
    elif spoil == "forged":
        hidden["ticket"] = hidden["ticket"][:-3] + "abc"
    elif spoil == "disabled":
        User.objects.filter(pk=cast.teacher.pk).update(is_active=False)
    elif spoil == "moved away":
        cast.teacher.posts.all().delete()
    with time_machine.travel(now, tick=False):
        answer = post(client, address, hidden | typed(cast))
    assert answer.status_code == (403 if spoil == "no token" else 302)
    assert not VisitDraft.objects.exists()


def test_on_a_shared_phone_nobody_posts_the_page_of_the_one_before(cast: Cast) -> None:
    client = browser_of(cast.teacher)
    address, hidden = page(client, cast)
    client.logout()
    client.force_login(cast.admin)
    _, own = page(client, cast)
    answer = post(client, address, hidden | {"csrfmiddlewaretoken": own["csrfmiddlewaretoken"]} | typed(cast))
    assert "另一位老师打开的" in client.get(answer["Location"]).content.decode() if answer.status_code == 302 else answer.content.decode()
    assert not Visit.objects.exists()
    assert not VisitDraft.objects.exists()
    post(client, address, own | typed(cast))  # the control: their own page goes through
    assert Visit.objects.get().author == cast.admin
