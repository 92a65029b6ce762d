"""An assessment on a phone: forty taps, each kept as it is made; pages open to everybody at both widths."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_county, make_school
from plans.actions.assessing import finish, score, start_assessment
from plans.models import Assessment
from plans.rules.scales import built_in
from students.models import Case
from students.tests.make import make_case, make_student
from tests.browser import barriers, browser, open_as, overflow

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCALE = built_in()[0]


def make_cast() -> tuple[User, Case]:
    school = make_school(make_county())
    teacher = make_user(Role.TEACHER, school, name="韦志玲")
    return teacher, make_case(school, student=make_student(school, name="覃小远"), teachers=(teacher,))


def begin(case: Case, by: User, kind: str = "baseline") -> Assessment:
    now = timezone.now()
    return start_assessment(case=case, kind=kind, on=timezone.localdate(now), scale=SCALE, by=by, at=now)


def test_every_tap_is_kept_and_forty_taps_finish_it(browser: Browser, live_server: LiveServer) -> None:
    teacher, case = make_cast()
    made = begin(case, teacher)
    page = open_as(browser, live_server.url, teacher, width=360)
    page.goto(f"/plans/assessments/{made.pk}/edit/")
    page.locator("label:has([name=score-m1][value='3'])").click()
    expect(page.locator("[role=status]")).to_contain_text("已评 1 / 40 · 已保存")

    page.reload()
    for item in (item for domain in SCALE.domains for item in domain.items if item.code != "m1"):
        page.locator(f"label:has([name=score-{item.code}][value='2'])").click()
    expect(page.locator("[role=status]")).to_contain_text("已评 40 / 40 · 已保存")
    page.get_by_role("button", name="完成评估").click()
    expect(page.locator("h1")).to_contain_text("初评：覃小远")

    made.refresh_from_db()
    assert (made.state, made.totals["motor"], len(made.scores)) == ("done", [17, 24], 40)
    assert page.complaints == []  # type: ignore[attr-defined]


def test_without_signal_the_page_says_so_and_keeps_what_was_tapped_later(browser: Browser, live_server: LiveServer) -> None:
    teacher, case = make_cast()
    made = begin(case, teacher)
    page = open_as(browser, live_server.url, teacher, width=360)
    page.goto(f"/plans/assessments/{made.pk}/edit/")
    page.context.set_offline(True)
    page.locator("label:has([name=score-m1][value='3'])").click()
    expect(page.locator("[role=status]")).to_contain_text("没有信号")
    page.context.set_offline(False)
    page.locator("label:has([name=score-m2][value='1'])").click()
    expect(page.locator("[role=status]")).to_contain_text("已评 2 / 40 · 已保存")

    made.refresh_from_db()
    assert made.scores == {"m1": 3, "m2": 1}


@pytest.mark.parametrize("width", [360, 1280])
def test_its_pages_are_open_to_everybody_and_fit(width: int, browser: Browser, live_server: LiveServer) -> None:
    teacher, case = make_cast()
    now = timezone.now()
    for kind in ("baseline", "review"):
        held = score(assessment=begin(case, teacher, kind), version=1, scores={"m1": 2, "p1": 1, "l1": 3}, note="", by=teacher, at=now)
        done = finish(assessment=held, version=2, by=teacher, at=now)
    draft = begin(case, teacher)
    page = open_as(browser, live_server.url, teacher, width=width)

    for path in (
        f"/students/{case.student_id}/assessments/",
        f"/plans/assessments/add/?case={case.pk}",
        f"/plans/assessments/{draft.pk}/edit/",
        f"/plans/assessments/{done.pk}/",
        "/plans/scales/",
    ):
        page.goto(path, wait_until="networkidle")
        assert barriers(page) == [], path
        assert overflow(page) <= 0, path
        assert page.complaints == [], path  # type: ignore[attr-defined]
