"""Filing and reviewing in Chromium, on a phone and on a desk: filed in one click, returned, accepted by many, opened again."""

from datetime import date

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import at, make_county, make_school
from reports.actions.filing import accept, refresh_draft, submit
from reports.models import LineReturn, Submission
from reports.tests.make import answer_all, make_cast
from students.tests.make import make_case, make_student
from tests.browser import barriers, browser, open_as, overflow
from visits.tests.make import make_visit

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OCTOBER = date(2026, 10, 1)


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


def filed(school: School, day: str) -> Submission:
    """A month of one visit, filed on the 27th; what is asked of it is answered."""
    admin, now = make_user(Role.SCHOOL_ADMIN, school), at("2026-10-27 10:00")
    pair = (make_user(Role.TEACHER, school), make_user(Role.TEACHER, school))
    make_visit(make_case(school, student=make_student(school)), start=day, people=pair)
    answer_all(school, OCTOBER, admin, now)
    draft = refresh_draft(school=school, month=OCTOBER, at=now)
    return submit(school=school, month=OCTOBER, version=draft.version, by=admin, at=now)


@pytest.mark.parametrize("width", [360, 1280])
def test_many_are_accepted_at_once_but_for_what_was_unticked_or_has_a_question(
    width: int, browser: Browser, live_server: LiveServer
) -> None:
    county = make_county()
    clerk = make_user(Role.COUNTY_STAFF, county)
    for name in ("甲小学", "乙小学", "丙小学"):
        filed(make_school(county, name=name), "2026-10-14 14:00")
    asked = filed(make_school(county, name="丁小学"), "2026-10-14 20:00")  # in the evening: there is a question
    page = open_as(browser, live_server.url, clerk, width=width)
    page.goto("/reports/review/2026-10/")
    assert (barriers(page), overflow(page), page.complaints) == ([], 0, [])  # type: ignore[attr-defined]
    assert page.get_by_label("通过丁小学").count() == 0
    page.get_by_label("通过乙小学").uncheck()
    page.get_by_role("button", name="通过勾选的学校").click()
    for name in ("甲小学", "丙小学"):
        expect(page.get_by_text(f"{name}：已通过。")).to_be_visible()
    assert (barriers(page), overflow(page), page.complaints) == ([], 0, [])  # type: ignore[attr-defined]
    states = dict(Submission.objects.values_list("school__name", "state"))
    assert states == {"甲小学": "accepted", "乙小学": "submitted", "丙小学": "accepted", "丁小学": "submitted"}
    assert page.get_by_role("link", name=f"审核{asked.school.name}").is_visible()
    page.context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_an_accepted_month_is_opened_again_and_the_school_reads_why(width: int, browser: Browser, live_server: LiveServer) -> None:
    school = make_school(make_county(), name="石门小学")
    clerk = make_user(Role.COUNTY_STAFF, school.county)
    first = filed(school, "2026-10-14 14:00")
    accept(submission=first, version=1, by=clerk, at=at("2026-10-27 15:00"))
    page = open_as(browser, live_server.url, clerk, width=width)
    page.goto(f"/reports/review/2026-10/{school.pk}/")
    page.get_by_text("重新打开这份月报").click()
    assert (barriers(page), overflow(page), page.complaints) == ([], 0, [])  # type: ignore[attr-defined]
    page.get_by_label("重新打开的理由").fill("漏报一次，请补。")
    page.get_by_role("button", name="重新打开", exact=True).click()
    expect(page.get_by_text("重新打开的理由： 漏报一次，请补。")).to_be_visible()
    assert (barriers(page), overflow(page), page.complaints) == ([], 0, [])  # type: ignore[attr-defined]

    heads = open_as(browser, live_server.url, User.objects.get(posts__role=Role.SCHOOL_ADMIN), width=width)
    heads.goto("/reports/2026-10/filing/")
    expect(heads.get_by_text("漏报一次，请补。").first).to_be_visible()
    assert (barriers(heads), overflow(heads), heads.complaints) == ([], 0, [])  # type: ignore[attr-defined]
    heads.get_by_role("button", name="上报 2026年10月").click()
    expect(heads.get_by_text("已上报，等县局审核。")).to_be_visible()
    assert list(Submission.objects.order_by("version").values_list("version", "state")) == [(1, "superseded"), (2, "submitted")]
    heads.context.close()
    page.context.close()
