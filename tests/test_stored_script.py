"""Scripts stored in every text field there is: opened in Chromium by every kind of person, none of them runs.

The payloads go into the tables themselves, beneath every form and check, so that a field added later is tried too.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, models, transaction
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from office import work
from office.fields import SealedJSONField
from students.models import RosterUpload
from students.tests.make import make_roster, make_row
from tests.browser import browser, open_as
from tests.crawl import UUID_TEXT, crawl
from tests.test_house import ROOMS
from tests.world import NOW, make_world

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAYLOADS = [
    "<script>ran()</script>",
    "<SCRIPT SRC=//127.0.0.1:1/x.js></SCRIPT>",
    "<img src=x onerror=ran()>",
    "<svg onload=ran()>",
    '"><script>ran()</script>',
    "'><img src=x onerror=ran()>",
    '" onfocus="ran()" autofocus="',
    "' onmouseover='ran()",
    "<body onload=ran()>",
    "<details open ontoggle=ran()>",
    "<iframe srcdoc='<script>parent.ran()</script>'></iframe>",
    "<a href=javascript:ran()>点</a>",
    "<math><mi xlink:href=javascript:ran()>",
    "</textarea><script>ran()</script>",
    "</title><script>ran()</script>",
    "</script><script>ran()</script>",
    "</style><script>ran()</script>",
    "--><script>ran()</script>",
    "{{ 7|add:7 }}{% debug %}",
    "${ran()}",
    "<video><source onerror=ran()></video>",
    "<input onfocus=ran() autofocus>",
    "<form action=javascript:ran()><button>去</button></form>",
    "<base href=//127.0.0.1:1/>",
    "<meta http-equiv=refresh content='0;url=javascript:ran()'>",
    "<object data=javascript:ran()></object>",
    "<embed src=javascript:ran()>",
    "<div hx-get=/ hx-trigger=load hx-on::load=ran()>",
    "<link rel=stylesheet href=//127.0.0.1:1/x.css>",
    "＜script＞ran()＜/script＞\u202e\u0000".replace("\u0000", "\u0008"),
]
WATCH = """
window.ran = () => { window.executed = true; };
document.addEventListener('securitypolicyviolation', event => {
  (window.blocked ??= []).push(event.violatedDirective + ' ' + event.sample);
});
"""
# One of each kind of person: what differs between two of one role is whose records they see, not how pages are made.
LABELS = ["teacher 甲1", "school_admin 甲", "county_staff 450125", "county_leader 450125", "operator", "auditor"]


def fields_of_text() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    """Every column that takes free text: no choices, no form of its own."""
    for kind in apps.get_models():
        if kind._meta.app_label not in ROOMS:
            continue
        for field in kind._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField) and not isinstance(field, SealedJSONField)
            if is_text and field.editable and not (field.choices or field.primary_key or field.validators[1:] or field.name in NOT_SHOWN):
                yield kind, field


NOT_SHOWN = set(
    "username code password key digest role kind queue content_type snapshot county account further_disabilities name_key "
    "evidence text_version state path".split()
)  # codes and digests: no form takes them as text
UNIQUE = itertools.count(1)


def poison() -> int:
    """Writes the payloads over every text in the tables; returns how many columns held one afterwards."""
    reached, turn = set(), itertools.cycle(PAYLOADS)
    for kind, field in fields_of_text():
        if kind._meta.label in ("office.AuditLine", "office.AuditChain"):
            continue  # the chain must still verify; its words come from a fixed list
        for pk in list(kind._default_manager.values_list("pk", flat=True)):
            longest = getattr(field, "max_length", None) or 4000
            payload = next(one for one in turn if len(one) <= longest or longest < 22)
            with contextlib.suppress(IntegrityError), transaction.atomic():  # a column may demand another form
                kind._default_manager.filter(pk=pk).update(**{field.name: payload[:longest]})
                reached.add((kind, field.name))
    return len(reached)


@pytest.fixture
def addresses(client: Client) -> dict[str, tuple[User, list[str]]]:
    """The poisoned pages of each kind of person, one address of each shape."""
    world = make_world()
    people = {label: world.people[label] for label in LABELS}
    client.force_login(people["county_staff 450125"])
    rows = [make_row(姓名=payload, 送教学校=payload, 民族=payload, 备注=payload, 监护人=payload) for payload in PAYLOADS]
    client.post(
        "/students/import/", {"county": "450125", "sheet": SimpleUploadedFile("<img src=x onerror=ran()>.xlsx", make_roster(*rows))}
    )
    upload = RosterUpload.objects.get()
    assert upload.checking is not None
    work.do(upload.checking.pk)
    assert poison() > 30
    found = {}
    for label, user in people.items():
        own = Client()
        own.force_login(user)
        shapes: dict[str, str] = {}
        for address, page in crawl(own).pages.items():
            if page.kind.startswith("text/html"):
                shapes.setdefault(UUID_TEXT.sub("…", address.split("?")[0]), address)
        found[label] = user, list(shapes.values())
    return found


@pytest.fixture(autouse=True)
def _october() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


def look(page: Page, address: str) -> tuple[list[str], str]:
    """What ran or was stopped from running on a page, and its text with what stands in its fields."""
    page.goto(address)
    trouble = page.evaluate("[...(window.executed ? ['it ran'] : []), ...(window.blocked ?? [])]")
    text = page.evaluate("document.body.innerText + [...document.querySelectorAll('input, textarea')].map(one => one.value).join('\\n')")
    return trouble, text


def test_no_stored_script_runs_anywhere(addresses: dict[str, tuple[User, list[str]]], browser: Browser, live_server: LiveServer) -> None:
    trouble, shown, opened = {}, set(), 0
    for label, (user, pages) in addresses.items():
        page = open_as(browser, live_server.url, user, width=1280)
        page.add_init_script(WATCH)
        for address in pages:
            found, text = look(page, address)
            opened += 1
            shown |= {payload for payload in PAYLOADS if payload in text}
            if found:
                trouble[label, address] = found
        page.context.close()

    assert opened > 60
    assert trouble == {}
    assert len(shown) > 20, "the payloads must have been on the pages, as text"


def test_the_watch_sees_what_runs_and_what_is_stopped(browser: Browser, live_server: LiveServer) -> None:
    page = open_as(browser, live_server.url, None, width=1280)
    page.add_init_script(WATCH)
    page.goto("/login/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=/x onerror=ran()>')")
    page.wait_for_function("window.executed || window.blocked")

    assert page.evaluate("window.blocked ?? []") != []  # stopped by the policy, and told
    page.evaluate("ran()")
    assert page.evaluate("window.executed") is True
    page.context.close()
