"""The pages of the month in Chromium, on a phone and on a desk: no barriers, nothing sticks out, nothing is blocked."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from accounts.rules import Role
from accounts.tests.make import make_user
from reports.tests.make import make_cast
from tests.browser import barriers, browser, open_as, overflow

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MONTH = ["/", "/reports/", "/reports/2026-10/", "/reports/2026-10/teachers/", "/reports/2026-13/"]
PAGES = {
    Role.TEACHER: MONTH,
    Role.SCHOOL_ADMIN: MONTH,
    Role.COUNTY_STAFF: [*MONTH, "/reports/2026-10/schools/", "/reports/2026-10/?q=nobody", "/reports/review/2026-10/"],
    Role.COUNTY_LEADER: [*MONTH, "/reports/review/2026-10/"],
    Role.OBSERVER: ["/", "/reports/", "/reports/2026-10/"],
    Role.OPERATOR: ["/", "/reports/"],
}


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("role", PAGES)
def test_every_page_of_a_role_is_open_to_everybody_and_fits(role: Role, width: int, browser: Browser, live_server: LiveServer) -> None:
    cast = make_cast()
    county = {Role.COUNTY_STAFF, Role.COUNTY_LEADER, Role.OBSERVER}
    where = None if role == Role.OPERATOR else cast.school.county if role in county else cast.school
    user = cast.teacher if role == Role.TEACHER else make_user(role, where)
    page = open_as(browser, live_server.url, user, width=width)

    for path in PAGES[role]:
        answer = page.goto(path)
        assert answer is not None
        assert (answer.status < 500, page.locator("h1").count()) == (True, 1), path
        assert barriers(page) == [], path
        assert overflow(page) <= 0, path
        assert [said for said in page.complaints if "status of 40" not in said] == [], path  # type: ignore[attr-defined]
    page.context.close()


def test_axe_and_the_ruler_find_what_they_look_for(browser: Browser, live_server: LiveServer) -> None:
    page = open_as(browser, live_server.url, make_user(Role.OPERATOR), width=360)
    page.goto("/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=/static/img/icon.svg width=900>')")

    assert any(found.startswith("image-alt") for found in barriers(page))
    assert overflow(page) > 0
    page.context.close()


def test_the_menu_of_a_phone_leads_to_the_months(browser: Browser, live_server: LiveServer) -> None:
    page = open_as(browser, live_server.url, make_cast().teacher, width=360)
    page.goto("/")

    assert page.locator(".topnav").is_hidden()
    page.locator(".tabbar").get_by_text("月报").click()
    page.wait_for_url("**/reports/")
    assert page.locator(".tabbar a[aria-current=page]").inner_text().strip() == "月报"
    page.context.close()
