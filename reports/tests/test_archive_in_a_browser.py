"""The archive's pages in Chromium, on a phone and on a desk: asked for, made in the background, downloaded, called off."""

from __future__ import annotations

import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from office.models import Job
from office.work import do
from reports.tests.archives import NOW, Year, make_year
from tests.browser import barriers, browser, open_as, overflow

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _that_day() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def is_good(page: Page) -> bool:
    assert barriers(page) == []
    assert overflow(page) <= 0
    assert page.complaints == []  # type: ignore[attr-defined]
    return page.locator("h1").count() == 1


def content_of(page: Page, link: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=link).click()
    return Path(waiting.value.path()).read_bytes()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_school_s_year_from_the_form_to_the_zip(width: int, browser: Browser, live_server: LiveServer) -> None:
    year = make_year()
    page = open_as(browser, live_server.url, year.head, width=width)
    page.goto("/reports/archives/")
    assert is_good(page)
    page.get_by_role("button", name="生成").click()
    page.wait_for_url("**/jobs/**")
    assert "等待中" in page.locator("main").inner_text()
    assert is_good(page)

    do(Job.objects.get().pk)
    page.reload()
    assert "1 份档案" in page.locator("main").inner_text()
    assert is_good(page)
    with zipfile.ZipFile(io.BytesIO(content_of(page, "下载"))) as box:
        (told,) = json.loads(box.read("manifest.json"))["files"]
        assert sha256(box.read(told["name"])).hexdigest() == told["sha256"]
    page.context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_child_s_year_from_its_tab(width: int, browser: Browser, live_server: LiveServer) -> None:
    year: Year = make_year()
    page = open_as(browser, live_server.url, year.head, width=width)
    page.goto(f"/students/{year.case.student_id}/archive/")
    assert is_good(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="生成档案").click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF")
    assert "覃" not in waiting.value.suggested_filename
    page.context.close()


def test_one_that_was_asked_for_is_called_off(browser: Browser, live_server: LiveServer) -> None:
    year = make_year()
    page = open_as(browser, live_server.url, year.head, width=360)
    page.goto("/reports/archives/")
    page.get_by_role("button", name="生成").click()
    page.wait_for_url("**/jobs/**")
    page.get_by_role("button", name="取消").click()
    page.wait_for_load_state()

    assert Job.objects.get().state == "cancelled"
    do(Job.objects.get().pk)
    assert Job.objects.get().result in (None, {})
    page.context.close()
