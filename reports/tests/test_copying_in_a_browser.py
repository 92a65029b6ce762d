"""Text for the chat group is copied by a button, or by hand; notices fit on a phone."""

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.actions.notices import notify
from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at
from reports.tests.make import make_cast
from tests.browser import barriers, browser, open_as, overflow, session_of

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BOARD = "/reports/review/2026-10/"


@pytest.fixture
def clerk() -> User:
    return make_user(Role.COUNTY_STAFF, make_cast().school.county)


def open_text(page: Page) -> str:
    page.goto(BOARD)
    page.locator(".copy-text summary").click()
    return page.locator(".copy-text textarea").input_value()


@pytest.mark.parametrize("clipboard", ["there", "missing"])
def test_a_button_copies_the_text_also_where_there_is_no_clipboard(
    clipboard: str, browser: Browser, live_server: LiveServer, clerk: User
) -> None:
    page = open_as(browser, live_server.url, clerk, width=360)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    if clipboard == "missing":
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    text = open_text(page)
    assert "石门小学" in text
    page.get_by_role("button", name="复制").click()
    page.get_by_text("已复制").wait_for()
    if clipboard == "there":
        assert page.evaluate("navigator.clipboard.readText()") == text
    assert page.evaluate("document.getSelection().toString()") in (text, "")
    assert page.complaints == []  # type: ignore[attr-defined]
    assert (barriers(page), overflow(page)) == ([], 0)
    page.context.close()


def test_without_scripts_the_text_can_be_selected(browser: Browser, live_server: LiveServer, clerk: User) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies([{"name": "sessionid", "value": session_of(clerk), "url": live_server.url}])
    page = context.new_page()
    assert "石门小学" in open_text(page)
    assert page.locator("[data-copy]").is_hidden()
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_notices_fit_and_are_read_one_by_one(width: int, browser: Browser, live_server: LiveServer, clerk: User) -> None:
    for number in range(3):
        text = f"上林县第{number}小学上报了2026年10月月报。" + "很长的一句话" * 8 * number
        notify(users=[clerk.pk], kind="submitted", key=str(number), text=text, path=BOARD, at=at("2026-10-28 09:00"))
    page = open_as(browser, live_server.url, clerk, width=width)
    page.goto("/")
    page.get_by_role("link", name="通知，3 条未读").click()
    assert (barriers(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="标为已读", exact=True).first.click()
    page.get_by_role("link", name="通知，2 条未读").wait_for()
    page.get_by_role("button", name="查看").first.click()
    page.wait_for_url(f"**{BOARD}")
    page.goto("/notices/?state=unread")
    page.get_by_role("button", name="全部标为已读").click()
    page.get_by_text("已标为已读").wait_for()
    assert page.locator(".badge-count").count() == 0
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()


def test_the_bar_of_a_phone_holds_a_long_name_and_a_hundred_notices(browser: Browser, live_server: LiveServer) -> None:
    admin = make_user(Role.SCHOOL_ADMIN, make_cast().school, name="欧阳司徒上官诸葛")
    for number in range(100):
        notify(users=[admin.pk], kind="reminder", key=str(number), text="快到期了。", path="/", at=at("2026-10-28 09:00"))
    page = open_as(browser, live_server.url, admin, width=360)
    page.goto("/")
    assert page.locator(".badge-count").inner_text() == "99+"
    assert overflow(page) <= 0
    bar = page.locator(".topbar").bounding_box()
    assert bar
    assert bar["height"] < 80
    page.context.close()
