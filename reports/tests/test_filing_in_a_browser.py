"""Filing and reviewing in Chromium, on a phone and on a desk: filed in one click, returned with a reason, nothing in the way."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from accounts.rules import Role
from accounts.tests.make import make_user
from reports.models import LineReturn, Submission
from reports.tests.make import make_cast
from tests.browser import barriers, browser, open_as, overflow

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_month_is_filed_and_a_line_sent_back(width: int, browser: Browser, live_server: LiveServer) -> None:
    cast = make_cast()
    school = open_as(browser, live_server.url, make_user(Role.SCHOOL_ADMIN, cast.school), width=width)
    school.goto("/reports/2026-10/filing/")
    assert (barriers(school), overflow(school), school.complaints) == ([], 0, [])  # type: ignore[attr-defined]
    school.get_by_role("button", name="上报").click()
    school.get_by_text("已上报，等县局审核。").wait_for()
    assert (barriers(school), overflow(school)) == ([], 0)

    bureau = open_as(browser, live_server.url, make_user(Role.COUNTY_STAFF, cast.school.county), width=width)
    bureau.goto("/reports/review/2026-10/")
    assert (barriers(bureau), overflow(bureau)) == ([], 0)
    bureau.get_by_role("link", name="审核石门小学").click()
    assert (barriers(bureau), overflow(bureau)) == ([], 0)
    bureau.get_by_text("退回这一行").first.click()
    bureau.locator(".return-line textarea").first.fill("少一次，请补。")
    bureau.get_by_role("button", name="退回学校").click()
    bureau.get_by_text("已退回，学校会看到每一行的理由。").wait_for()
    assert (barriers(bureau), overflow(bureau), bureau.complaints) == ([], 0, [])  # type: ignore[attr-defined]

    assert LineReturn.objects.get().reason == "少一次，请补。"
    assert Submission.objects.get().state == "returned"
    school.reload()
    school.get_by_text("县局退回这一行：少一次，请补。").wait_for()
    school.context.close()
    bureau.context.close()
