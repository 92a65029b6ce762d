"""A teacher writes a whole plan, and next term's, on a phone: how much there is to tap, type, decide and read.

The minutes are an estimate from these counts (tests/hand.py), the same on every machine; nothing here is timed.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from plans.actions.assessing import finish, score, start_assessment
from plans.actions.deciding import approve_plan
from plans.actions.reviewing import review_objectives
from plans.models import Plan
from plans.rules.content import PlanContent
from plans.rules.scales import built_in
from students.models import Guardian
from students.tests.make import make_case, make_student
from tests.browser import browser, open_as
from tests.hand import Hand

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FULL, NEXT = 30, 10  # minutes

HEALTH = {
    "seizures": "三年没有发作，不吃药",
    "feeding": "软食，小口喂，坐直了喂",
    "medication": "无",
    "allergies": "无",
    "forbidden": "不拉手臂起身，不俯卧",
}
FAMILY = {"time": "下午两点以后，赶集的日子不行", "wishes": "希望孩子会表达要喝水，会自己拿勺子吃饭"}
LEVELS = ("会用眼神看想要的东西，要大人猜", "扶着能坐十分钟，右手比左手好", "用勺子要手把手，会张嘴等", "听得懂自己的名字和“吃饭”“走”")
HOME = "每次吃饭前拿两样东西让孩子指一样；喂饭时先让他自己拿勺子三次。"


class Cast:
    def __init__(self) -> None:
        school = make_school(make_county())
        self.teacher = make_user(Role.TEACHER, school, name="韦志玲")
        self.colleague, self.admin = make_user(Role.TEACHER, school, name="农子春"), make_user(Role.SCHOOL_ADMIN, school, name="黄主任")
        student = make_student(school, name="覃小远")
        Guardian.objects.create(student=student, kind="guardian", name="覃桂英", relation="母亲")
        Guardian.objects.create(student=student, kind="caregiver", name="覃大妈", relation="祖母")
        self.case = make_case(school, student=student, teachers=(self.teacher, self.colleague))

    def assess(self, moment: Any) -> None:
        scale = built_in()[0]
        told: dict[str, Any] = {"by": self.teacher, "at": moment}
        made = start_assessment(case=self.case, kind="baseline", on=moment.date(), scale=scale, **told)
        scores = {item.code: 1 for domain in scale.domains for item in domain.items}
        finish(assessment=score(assessment=made, version=1, scores=scores, note="", **told), version=2, **told)


def begin(page: Page, hand: Hand, cast: Cast) -> None:
    page.goto(f"/students/{cast.case.student_id}/plans/")
    hand.tap(page.get_by_role("link", name="制定计划"))
    hand.tap(page.get_by_role("button", name="开始写"))
    expect(page.locator("form.planning")).to_be_visible()


def take(page: Page, hand: Hand, area: str, texts: list[str]) -> None:
    """Three objectives of an area, after reading what the bank has there."""
    hand.tap(page.get_by_role("button", name="从目标库选"))
    hand.choose(page.locator("#area"), area)
    hand.tap(page.get_by_role("button", name="查找"), decided=False)
    hand.look(page.locator(".bank-goal, .bank-pick"))
    for text in texts:
        hand.tap(page.locator(".bank-pick", has_text=text).locator("input"))
    hand.tap(page.get_by_role("button", name="把打勾的放进计划"), decided=False)
    expect(page.locator("form.planning")).to_be_visible()


def objectives_of(area: str, many: int = 3) -> list[str]:
    from plans.rules.bank import built_in as suggestions

    return [each.text for each in suggestions() if each.area == area][:many]


def submit(page: Page, hand: Hand) -> Plan:
    """After reading all of it once more."""
    hand.look(page.locator("form.planning span, form.planning summary"))
    hand.read += sum(
        map(
            len,
            page.locator("form.planning").locator("textarea, input:not([type=hidden])").evaluate_all("all => all.map(one => one.value)"),
        )
    )
    hand.tap(page.get_by_role("button", name="提交审批"))
    expect(page.get_by_text("已提交，等学校审批。")).to_be_visible()
    return Plan.objects.get(state="submitted")


def write_whole(page: Page, hand: Hand, cast: Cast) -> Plan:
    begin(page, hand, cast)
    for code, text in HEALTH.items():
        hand.write(page.locator(f"[name=health-{code}]"), text)
    for number, text in enumerate(LEVELS):
        hand.write(page.locator(f"[name=levels-{number}-text]"), text)
    for code, text in FAMILY.items():
        hand.write(page.locator(f"[name=family-{code}]"), text)
    for area in ("communication", "living", "motor"):
        take(page, hand, area, objectives_of(area))
    for goal in range(3):
        for place in range(3):
            row = f"goals-{goal}-objectives-{place}"
            hand.look(page.locator(f"details:has([name='{row}-key']) summary"))
            hand.choose(page.locator(f"[name='{row}-start_level']"), "1")
            if place == 0:  # one of three is made this child's own
                hand.write(page.locator(f"[name='{row}-condition']"), "坐在轮椅上，祖母拿着碗，右手能碰到的地方")
    hand.write(page.locator("[name=home_practice]"), HOME)
    return submit(page, hand)


def add_own(page: Page, hand: Hand, goal: int) -> None:
    """An objective that no bank has, with all it needs."""
    hand.tap(page.get_by_role("button", name="加一个短期目标").nth(goal))
    row = f"goals-{goal}-objectives-2"
    hand.write(page.locator(f"[name='{row}-text']"), "听到“要什么”，自己先指再看人")
    hand.write(page.locator(f"[name='{row}-condition']"), "吃饭前，面前两样")
    hand.write(page.locator(f"[name='{row}-criterion']"), "5次对4次")
    hand.choose(page.locator(f"[name='{row}-start_level']"), "2")
    hand.write(page.locator(f"[name='{row}-steps']"), "听\n看\n指")


def test_a_whole_plan_and_the_next_terms(browser: Browser, live_server: LiveServer, capsys: pytest.CaptureFixture[str]) -> None:
    whole, following = Hand(), Hand()
    with time_machine.travel(at("2026-09-05 10:00")):
        cast = Cast()
        cast.assess(at("2026-09-05 10:00"))
        page = open_as(browser, live_server.url, cast.teacher, width=360)
        sent = write_whole(page, whole, cast)
        plan = approve_plan(plan=sent, edition=sent.edition, by=cast.admin, at=at("2026-09-06 10:00"))
        assert [len(goal["objectives"]) for goal in plan.content["goals"]] == [3, 3, 3]

    keys = [objective.key for _, objective in PlanContent.read(plan.content).objectives()]
    marks = {key: ("P" if number % 3 == 0 else "C", "") for number, key in enumerate(keys)}  # one of each goal is passed
    review_objectives(plan=plan, marks=marks, on=date(2027, 1, 15), by=cast.teacher, at=at("2027-01-15 10:00"))
    with time_machine.travel(at("2027-02-23 10:00")):
        cast.assess(at("2027-02-23 09:00"))
        page = open_as(browser, live_server.url, cast.teacher, width=360)
        begin(page, following, cast)
        for number, text in enumerate(("会指想要的碗了", "能坐二十分钟")):
            following.write(page.locator(f"[name=levels-{number}-text]"), text)
        for goal in range(3):  # two go on, a third is the teacher's own
            add_own(page, following, goal)
        following.write(page.locator("[name=home_practice]"), "每天吃饭前让孩子说或指“要”。")
        made = submit(page, following)
        assert [len(goal["objectives"]) for goal in made.content["goals"]] == [3, 3, 3]

    with capsys.disabled():
        print(f"\na whole plan: {whole}\nnext term's:  {following}")
    assert whole.minutes <= FULL
    assert following.minutes <= NEXT
    assert page.complaints == []  # type: ignore[attr-defined]
