"""A plan on a phone: every change kept as it is made, also by two people; its pages are open to everybody at both widths."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_county, make_school
from plans.actions.deciding import approve_plan
from plans.actions.planning import start_plan, submit_plan
from plans.models import Plan
from plans.tests.make import make_content, make_goal, make_objective, make_plan
from students.tests.make import make_case, make_student
from tests.browser import barriers, browser, open_as, overflow

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Cast:
    def __init__(self) -> None:
        school = make_school(make_county())
        self.teacher, self.admin = make_user(Role.TEACHER, school, name="韦志玲"), make_user(Role.SCHOOL_ADMIN, school, name="农主任")
        self.case = make_case(school, student=make_student(school, name="覃小𬭎"), teachers=(self.teacher,))

    def draft(self, by: User | None = None) -> Plan:
        two = make_content(make_goal(), make_goal(make_objective(start_level=None), text="会自己进食", area="living"))
        return make_plan(self.case, by or self.teacher, two, writers=[str(self.teacher.pk)])


def test_every_change_is_kept_and_goals_come_from_the_bank(browser: Browser, live_server: LiveServer) -> None:
    cast = Cast()
    made = cast.draft()
    page = open_as(browser, live_server.url, cast.teacher, width=360)
    page.goto(f"/plans/{made.pk}/edit/")
    page.locator("[name=home_practice]").fill("饭前指一指碗")
    expect(page.locator(".score-state")).to_contain_text("已保存 · 还缺 2 处")
    page.get_by_role("button", name="从目标库选").click()
    page.get_by_label("词语").fill("轮流")
    page.get_by_role("button", name="查找").click()
    page.get_by_label("和大人轮流做一个动作五个来回").check()
    page.get_by_role("button", name="把打勾的放进计划").click()
    expect(page.get_by_text("和大人轮流做一个动作五个来回").first).to_be_visible()

    content = Plan.objects.get().content
    assert (content["home_practice"], content["goals"][2]["text"]) == ("饭前指一指碗", "会和人来往")
    assert page.complaints == []  # type: ignore[attr-defined]


def test_of_two_who_write_the_second_sees_both_and_without_signal_nothing_is_lost(browser: Browser, live_server: LiveServer) -> None:
    cast = Cast()
    made = cast.draft()
    page, other = (open_as(browser, live_server.url, who, width=360) for who in (cast.teacher, cast.admin))
    for each in (page, other):
        each.goto(f"/plans/{made.pk}/edit/")
    other.locator("[name=home_practice]").fill("对方写的")
    expect(other.locator(".score-state")).to_contain_text("已保存")
    page.locator("[name=home_practice]").fill("我写的")
    expect(page.locator(".score-state")).to_contain_text("在别处改过了")
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.locator("del")).to_have_text("对方写的")
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_text("已保存。")).to_be_visible()

    page.context.set_offline(True)
    page.locator("[name=home_practice]").fill("没有信号时写的")
    expect(page.locator(".score-state")).to_contain_text("没有信号")
    page.context.set_offline(False)
    page.locator("[name=service-place]").fill("家里")
    expect(page.locator(".score-state")).to_contain_text("已保存")
    assert Plan.objects.get().content["home_practice"] == "没有信号时写的"


@pytest.mark.parametrize("width", [360, 1280])
def test_its_pages_are_open_to_everybody_and_fit(width: int, browser: Browser, live_server: LiveServer) -> None:
    cast = Cast()
    now = timezone.now()
    today = timezone.localdate(now)
    year: dict[str, Any] = {"starts_on": today.replace(month=1, day=1), "ends_on": today.replace(month=12, day=31)}
    whole = make_plan(cast.case, cast.teacher, writers=[str(cast.teacher.pk)], **year)
    sent = submit_plan(plan=whole, edition=1, by=cast.teacher, at=now)
    approve_plan(plan=sent, edition=sent.edition, by=cast.admin, at=now)
    draft = start_plan(case=cast.case, year=2026, term=1, by=cast.teacher, at=now, **year)
    page = open_as(browser, live_server.url, cast.teacher, width=width)

    for path in (
        f"/students/{cast.case.student_id}/plans/",
        f"/plans/add/?case={cast.case.pk}",
        f"/plans/{whole.pk}/",
        f"/plans/{draft.pk}/edit/",
        f"/plans/{draft.pk}/changes/",
        f"/plans/bank/?plan={draft.pk}&area=living",
        "/plans/bank/",
        "/plans/",
    ):
        page.goto(path, wait_until="networkidle")
        assert barriers(page) == [], path
        assert overflow(page) <= 0, path
        assert page.complaints == [], path  # type: ignore[attr-defined]
    submit_plan(plan=draft, edition=1, by=cast.teacher, at=now)
    page = open_as(browser, live_server.url, cast.admin, width=width)
    page.goto(f"/plans/{draft.pk}/", wait_until="networkidle")
    assert (barriers(page), overflow(page) <= 0) == ([], True)
    expect(page.get_by_role("button", name="批准")).to_be_visible()
