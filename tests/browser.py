"""A real Chromium for tests, and axe to look at what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, Page, expect, sync_playwright

from accounts.models import User

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync".split()

expect.set_options(timeout=15_000)  # a busy machine breaks no test

_open: list[tuple[Any, Browser]] = []  # one for the process, however many files of tests ask for it
_users: list[None] = []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not _open:
        playwright = sync_playwright().start()
        _open.append((playwright, playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)))
    _users.append(None)
    yield _open[0][1]
    _users.pop()
    if not _users:
        playwright, chromium = _open.pop()
        chromium.close()
        playwright.stop()


def open_as(browser: Browser, address: str, user: User | None, *, width: int) -> Page:
    """A new window of so many pixels in which `user` is signed in; what the page complains of is in `page.complaints`."""
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="zh-CN", timezone_id="Asia/Shanghai", base_url=address)
    if user is not None:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": address}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints  # type: ignore[attr-defined]
    return page


def session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def barriers(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page, with the first place of each."""
    page.evaluate(AXE)
    found: Any = page.evaluate("standards => axe.run(document, {runOnly: standards})", STANDARDS)
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found["violations"]]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
