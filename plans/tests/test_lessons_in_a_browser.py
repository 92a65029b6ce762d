"""A lesson plan on a phone: kept as it is written, also by two people; checked; no script stored in it runs; its pages fit both widths."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_county, make_school
from plans.actions.lessons import submit_lesson_plan
from plans.models import LessonPlan
from plans.tests.make import make_content, make_goal, make_lesson_content, make_lesson_plan, make_objective, make_standing_plan
from students.tests.make import make_case, make_student
from tests.browser import barriers, browser, open_as, overflow

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEPT = ".score-state"


class Cast:
    def __init__(self, **content: Any) -> None:
        school = make_school(make_county())
        self.teacher, self.admin = make_user(Role.TEACHER, school, name="韦志玲"), make_user(Role.SCHOOL_ADMIN, school, name="农主任")
        self.staff = make_user(Role.COUNTY_STAFF, school.county)
        self.case = make_case(school, student=make_student(school, name="覃小𬭎"), teachers=(self.teacher,))
        self.rows = [make_objective(text) for text in ("看杯子", "指杯子", "说杯子")]
        self.plan = make_standing_plan(self.case, self.teacher, self.admin, make_content(make_goal(*self.rows), **content))
        self.today = timezone.localdate(timezone.now())

    def lesson(self, back: int, state: str = "draft", **fields: Any) -> LessonPlan:
        made = make_lesson_plan(self.plan, self.teacher, on=self.today - timedelta(days=back), **fields)
        return submit_lesson_plan(lesson=made, edition=1, by=self.teacher, at=timezone.now()) if state == "ready" else made


def test_from_the_draft_to_the_check_on_a_phone(browser: Browser, live_server: LiveServer) -> None:
    cast = Cast()
    page = open_as(browser, live_server.url, cast.teacher, width=360)
    page.goto("/plans/lessons/")
    page.get_by_role("link", name="给覃小𬭎写教案").click()
    page.get_by_label("看杯子").check()
    page.get_by_label("说杯子").check()
    page.get_by_role("button", name="起草").click()
    page.get_by_label("课题").fill("认识红杯子")
    expect(page.locator(KEPT)).to_contain_text("已保存 · 齐了")
    page.get_by_text("从计划里加目标").click()
    page.get_by_role("button", name="加上：指杯子").click()
    expect(page.locator("[name=objectives-2-aim]")).to_have_value("家人拿出两样东西时，指杯子。达成标准：连续三次送教，5 次里对 4 次。")
    page.get_by_role("button", name="提交检查").click()
    expect(page.get_by_text("已交，等学校检查")).to_be_visible()
    assert page.complaints == []  # type: ignore[attr-defined]

    head = open_as(browser, live_server.url, cast.admin, width=360)
    head.goto("/plans/lessons/")
    head.get_by_role("checkbox").check()
    head.get_by_role("button", name="勾选的都检查过了").click()
    expect(head.get_by_text("已检查 1 份")).to_be_visible()
    page.reload()
    page.get_by_label("做得好的").fill("会看红杯子了")
    page.get_by_role("button", name="保存反思").click()
    expect(page.get_by_text("反思已保存")).to_be_visible()
    made = LessonPlan.objects.get()
    assert (made.state, made.title, made.reflection["worked"]) == ("checked", "认识红杯子", "会看红杯子了")


def test_of_two_who_write_the_second_sees_both(browser: Browser, live_server: LiveServer) -> None:
    cast = Cast()
    made = cast.lesson(0)
    page, other = (open_as(browser, live_server.url, who, width=360) for who in (cast.teacher, cast.admin))
    for each in (page, other):
        each.goto(f"/plans/lessons/{made.pk}/edit/")
    other.locator("[name=family]").fill("对方写的")
    expect(other.locator(KEPT)).to_contain_text("已保存")
    page.locator("[name=family]").fill("我写的")
    expect(page.locator(KEPT)).to_contain_text("在别处改过了")
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.locator("del")).to_have_text("对方写的")
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_text("已保存。")).to_be_visible()
    assert LessonPlan.objects.get().told.family == "我写的"


@pytest.mark.parametrize("width", [360, 1280])
def test_its_pages_are_open_to_everybody_and_fit(width: int, browser: Browser, live_server: LiveServer) -> None:
    cast = Cast()
    draft, ready = cast.lesson(0, title="长" * 100), cast.lesson(7, "ready", reflection={"worked": "好" * 300, "failed": "", "next": ""})
    child, address = f"/students/{cast.case.student_id}", "/plans/lessons/"
    pages = {
        cast.teacher: ["", f"add/?case={cast.case.pk}", f"{draft.pk}/", f"{draft.pk}/edit/", f"{ready.pk}/"],
        cast.admin: ["", f"{ready.pk}/"],
    }
    for user, paths in pages.items():
        page = open_as(browser, live_server.url, user, width=width)
        for path in [*(address + each for each in paths), f"{child}/lessons/", f"{child}/plans/"]:
            looked_at(page, path)
    page = open_as(browser, live_server.url, cast.staff, width=width)
    looked_at(page, f"{child}/lessons/")
    page.get_by_label("理由").fill("年度抽查")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("长" * 100)).to_be_visible()
    assert (barriers(page), overflow(page) <= 0) == ([], True)


def looked_at(page: Page, path: str) -> None:
    page.goto(path, wait_until="networkidle")
    assert barriers(page) == [], path
    assert overflow(page) <= 0, path
    assert page.complaints == [], path  # type: ignore[attr-defined]


PAYLOADS = (
    "<script>ran()</script><img src=x onerror=ran()>",
    '"><svg onload=ran()>',
    "</textarea><script>ran()</script>",
    "<a href=javascript:ran()>点</a>{{ 7|add:7 }}",
)
WATCH = """
window.ran = () => { window.executed = true; };
document.addEventListener('securitypolicyviolation', event => { (window.blocked ??= []).push(event.violatedDirective); });
"""


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_script_stored_in_any_of_its_texts_runs(payload: str, browser: Browser, live_server: LiveServer) -> None:
    cast = Cast(health=dict.fromkeys(("seizures", "feeding", "medication", "allergies", "forbidden"), payload))
    rows = [{"key": cast.rows[0]["key"], "text": payload, "aim": payload, "steps": [payload], "materials": payload}]
    flow = {name: {"text": payload, "minutes": 10} for name in ("opening", "practice", "closing")}
    content = make_lesson_content(title=payload, family=payload, safety=payload, flow=flow) | {"objectives": rows}
    usual = {"check_note": payload, "reflection": dict.fromkeys(("worked", "failed", "next"), payload), "reflected_at": timezone.now()}
    made = make_lesson_plan(cast.plan, cast.teacher, content, state="returned", **usual | {"on": cast.today - timedelta(days=7)})
    later = make_lesson_plan(cast.plan, cast.teacher, content, on=cast.today)
    page = open_as(browser, live_server.url, cast.teacher, width=1280)
    page.add_init_script(WATCH)

    child, said = cast.case.student_id, 0
    for path in (f"{made.pk}/", f"{made.pk}/edit/", f"{later.pk}/edit/", ""):
        page.goto(f"/plans/lessons/{path}")
        said += payload in page.evaluate("document.body.innerText + [...document.querySelectorAll('textarea')].map(one => one.value)")
        assert page.evaluate("[window.executed ?? false, window.blocked ?? []]") == [False, []], path
    for path in (f"/students/{child}/lessons/", f"/visits/add/?child={child}"):
        page.goto(path)
        said += payload in page.evaluate("document.body.innerText")
        assert page.evaluate("[window.executed ?? false, window.blocked ?? []]") == [False, []], path
    assert said == 6, "the control: the words stood on every page"


def test_a_child_added_to_a_group_brings_the_way_to_its_lesson_plan(browser: Browser, live_server: LiveServer) -> None:
    cast = Cast()
    other = make_case(cast.case.school, student=make_student(cast.case.school, name="韦小山"), teachers=(cast.teacher,))
    made = make_lesson_plan(make_standing_plan(other, cast.teacher, cast.admin), cast.teacher, on=cast.today)
    page = open_as(browser, live_server.url, cast.teacher, width=360)
    page.goto(f"/visits/add/?child={cast.case.student_id}")
    link = page.locator(f"a[href='/plans/lessons/{made.pk}/']")
    expect(link).to_have_count(0)
    page.get_by_text("集中送教？再加学生").click()
    page.get_by_role("checkbox", name="韦小山").check()

    expect(link).to_have_text("认识杯子")
    expect(link).to_be_visible()
