"""A guardian signs a plan on a phone: drawn, kept, seen after a reload and on paper; without signal nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_county, make_school
from plans.actions.deciding import approve_plan
from plans.actions.planning import submit_plan
from plans.models import Plan, PlanSignature
from plans.tests.make import make_paper, make_plan
from students.tests.make import make_case, make_student
from tests.browser import barriers, browser, open_as, overflow

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Cast:
    def __init__(self) -> None:
        school = make_school(make_county())
        self.teacher, admin = make_user(Role.TEACHER, school, name="韦志玲"), make_user(Role.SCHOOL_ADMIN, school, name="农主任")
        case = make_case(school, student=make_student(school, name="覃小𬭎"), teachers=(self.teacher,))
        now = timezone.now()
        today = timezone.localdate(now)
        days: dict[str, Any] = {"starts_on": today.replace(month=1, day=1), "ends_on": today.replace(month=12, day=31), "at": now}
        sent = submit_plan(plan=make_plan(case, self.teacher, writers=[str(self.teacher.pk)], **days), edition=1, by=self.teacher, at=now)
        self.plan: Plan = approve_plan(plan=sent, edition=sent.edition, by=admin, at=now)
        self.page = f"/plans/{self.plan.pk}/sign/"


def draw(page: Page) -> None:
    box = page.locator("[data-pad]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 30)
    page.mouse.down()
    for step in range(8):
        page.mouse.move(box["x"] + 40 + 20 * step, box["y"] + 30 + (step % 2) * 25)
    page.mouse.up()


@pytest.mark.parametrize("width", [360, 1280])
def test_drawn_kept_and_seen_again(width: int, browser: Browser, live_server: LiveServer) -> None:
    cast = Cast()
    page = open_as(browser, live_server.url, cast.teacher, width=width)
    page.goto(f"/plans/{cast.plan.pk}/")
    page.get_by_role("link", name="去签字").click()
    expect(page.get_by_label("签字人姓名")).to_have_value("覃母")
    page.locator("[data-pad]").scroll_into_view_if_needed()
    draw(page)
    expect(page.get_by_text("已签", exact=True)).to_be_visible()
    page.get_by_role("button", name="登记签字").click()
    expect(page.get_by_text("已登记监护人覃母的签字")).to_be_visible()

    page.goto(f"/plans/{cast.plan.pk}/", wait_until="networkidle")
    expect(page.get_by_role("img", name="覃母的签字")).to_be_visible()
    assert len(PlanSignature.objects.get().strokes[0]) > 5
    for path in (f"/plans/{cast.plan.pk}/", cast.page):
        page.goto(path, wait_until="networkidle")
        assert (barriers(page), overflow(page) <= 0) == ([], True), path
    assert page.complaints == []  # type: ignore[attr-defined]


def test_without_signal_the_strokes_stay_and_are_kept_once(browser: Browser, live_server: LiveServer) -> None:
    cast = Cast()
    page = open_as(browser, live_server.url, cast.teacher, width=360)
    page.goto(cast.page)
    page.locator("[data-pad]").scroll_into_view_if_needed()
    draw(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="登记签字").click()
    expect(page.get_by_text("没有信号，还没有登记")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="登记签字").click()
    expect(page.get_by_text("已登记监护人覃母的签字")).to_be_visible()
    assert PlanSignature.objects.count() == 1


def test_a_session_that_ended_loses_no_stroke(browser: Browser, live_server: LiveServer) -> None:
    cast = Cast()
    page = open_as(browser, live_server.url, cast.teacher, width=360)
    page.goto(cast.page)
    draw(page)
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="登记签字").click()
    expect(page.get_by_text("登录已经结束")).to_be_visible()
    expect(page.get_by_text("已签", exact=True)).to_be_visible()
    assert not PlanSignature.objects.exists()


def test_a_photographed_paper_and_what_is_none(browser: Browser, live_server: LiveServer) -> None:
    cast = Cast()
    page = open_as(browser, live_server.url, cast.teacher, width=360)
    page.goto(cast.page)
    file = page.locator("[name=paper]")
    file.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7"})
    page.get_by_role("button", name="登记签字").click()
    expect(page.get_by_role("alert")).to_contain_text("不是照片")
    file.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": make_paper()})
    page.get_by_role("button", name="登记签字").click()
    shown = page.get_by_role("img", name="覃母签过字的纸")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100


@pytest.mark.parametrize("width", [360, 1280])
def test_a_county_draws_opens_and_finds_on_pages_open_to_everybody(width: int, browser: Browser, live_server: LiveServer) -> None:
    cast = Cast()
    clerk = make_user(Role.COUNTY_STAFF, cast.plan.school.county)
    page = open_as(browser, live_server.url, clerk, width=width)

    def is_open_to_everybody() -> None:
        page.wait_for_load_state("networkidle")
        assert (barriers(page), overflow(page) <= 0) == ([], True), page.url

    page.goto("/plans/")
    is_open_to_everybody()
    page.get_by_role("link", name="抽查").click()
    page.get_by_label("说明").fill("秋季")
    is_open_to_everybody()
    page.get_by_role("button", name="抽样").click()
    expect(page.get_by_text("用当时的名单和种子再抽，还是这一批")).to_be_visible()
    is_open_to_everybody()
    page.get_by_role("link", name="覃小𬭎").click()
    is_open_to_everybody()
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("不俯卧")).to_be_visible()
    is_open_to_everybody()
    page.get_by_role("radio", name="需改进").check()
    page.get_by_label("意见").fill("标准写具体些")
    page.get_by_role("button", name="存下结论").click()
    expect(page.get_by_text("标准写具体些")).to_be_visible()
    is_open_to_everybody()
    assert page.complaints == []  # type: ignore[attr-defined]
    for user in (cast.teacher, clerk):  # what is to be done about plans, on their homes
        page = open_as(browser, live_server.url, user, width=width)
        page.goto("/")
        is_open_to_everybody()
        expect(page.get_by_text("待签字")).to_be_visible()
