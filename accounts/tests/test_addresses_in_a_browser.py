"""提醒方式 in Chromium, on a phone and on a desk: typed, confirmed, used, and what came of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actions.notices import notify
from accounts.models import Delivery
from accounts.rules import Role
from accounts.tests.make import make_user
from accounts.tests.outside import messages, minute, outbox
from counties.tests.make import make_school
from office.models import Job
from office.work import do
from tests.browser import barriers, browser, open_as, overflow

__all__ = ["browser", "outbox"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def look(page: Page) -> None:
    assert (barriers(page), overflow(page), page.complaints) == ([], 0, [])  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_person_is_reached_where_they_wish(width: int, outbox: Path, browser: Browser, live_server: LiveServer) -> None:
    wei = make_user(Role.TEACHER, make_school(), name="韦志玲")
    page = open_as(browser, live_server.url, wei, width=width)
    page.goto("/notices/")
    page.get_by_role("link", name="提醒方式").click()
    look(page)
    page.get_by_label("演练地址").fill("韦")
    page.get_by_role("button", name="发送确认码").click()
    expect(page.get_by_text("演练地址用 2–40 个小写字母")).to_be_visible()
    look(page)
    page.get_by_label("演练地址").fill("wei-01")
    page.get_by_role("button", name="发送确认码").click()
    expect(page.get_by_text("等待确认")).to_be_visible()
    do(Job.objects.get(kind="accounts.send_code").pk)
    page.reload()
    expect(page.get_by_text("确认码已发出")).to_be_visible()
    look(page)
    code = re.search(r"\d{6}", messages(outbox)[0]["text"])
    assert code
    page.get_by_label("收到的确认码").fill(code[0])
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_text("在用")).to_be_visible()
    page.get_by_label("通过").uncheck()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_label("通过")).not_to_be_checked()
    expect(page.get_by_label("退回")).to_be_checked()
    look(page)
    page.context.close()
    for kind in ("incident", "accepted"):
        notify(users=[wei.pk], kind=kind, key=kind, text="请与县局联系。", path="/", at=timezone.now())
    assert minute(timezone.now()) == ["发出 1 条。"]
    assert Delivery.objects.get().notice.kind == "incident"
    what_came_of_it(open_as(browser, live_server.url, wei, width=width), "/notices/", "演练消息：已发送")
    what_came_of_it(open_as(browser, live_server.url, make_user(Role.OPERATOR), width=width), "/notices/deliveries/", "写入 outbox")


def what_came_of_it(page: Page, path: str, words: str) -> None:
    page.goto(path)
    expect(page.get_by_text(words)).to_be_visible()
    look(page)
    page.context.close()
