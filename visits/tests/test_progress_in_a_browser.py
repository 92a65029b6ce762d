"""Progress, marks and the summary on a phone and on a desk: opened, tapped, read by everybody."""

from __future__ import annotations

import pytest
import time_machine
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from plans.models import ObjectiveReview
from tests.browser import barriers, browser, open_as, overflow
from visits.models import TermSummary
from visits.tests.practising import NOW, Cast

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fits(page: Page) -> None:
    assert (overflow(page), barriers(page), page.complaints) == (0, [], [])  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [360, 1280])
def test_from_the_line_to_the_marks_to_the_summary(browser: Browser, live_server: LiveServer, width: int) -> None:
    with time_machine.travel(NOW, tick=True):
        cast = Cast()
        cast.practise_weekly(12, levels=(1, 2, 3, 5, 5, 5))
        record = cast.practise("2026-12-15", 5).records.get()
        cast.note(record, cast.objectives[1]["key"], (4, 5), note="一口气写下来没有空格" * 20)
        page = open_as(browser, live_server.url, cast.teacher, width=width)

        page.goto(f"/students/{cast.case.student_id}/visits/")
        page.get_by_role("link", name="进步", exact=True).click()
        expect(page.get_by_role("img", name="提示程度的折线：13 次送教，从 1 部分身体 到 5 独立")).to_be_visible()
        expect(page.get_by_text("已掌握")).to_be_visible()
        page.get_by_text("每次的记录（1 次）").click()
        expect(page.get_by_text("4 / 5")).to_be_visible()
        fits(page)
        label = page.locator(".line-chart text").first.bounding_box()
        assert label is not None
        assert label["height"] >= 10  # legible

        page.goto(f"/plans/{cast.plan.pk}/review/")
        expect(page.get_by_role("radio", name="通过").first).to_be_checked()
        page.get_by_role("radio", name="加深").nth(2).check()
        page.get_by_label("说明").nth(2).fill("换快一点的节奏")
        fits(page)
        page.get_by_role("button", name="保存评价").click()
        expect(page.get_by_text("已记下 2 个目标的评价。")).to_be_visible()
        assert list(ObjectiveReview.objects.order_by("pk").values_list("mark", flat=True)) == ["P", "E"]

        page.goto(f"/students/{cast.case.student_id}/progress/")
        page.get_by_role("button", name="写学期小结").click()
        page.get_by_role("textbox", name="下学期建议").fill("练习自己洗手。")
        fits(page)
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_text("已保存。")).to_be_visible()
        expect(page.get_by_text("按现在的记录起草的文字")).to_be_visible()
        page.get_by_role("button", name="完成小结").click()
        expect(page.get_by_text("小结已完成。")).to_be_visible()
        expect(page.get_by_text("练习自己洗手。", exact=True)).to_be_visible()
        fits(page)
        assert TermSummary.objects.get().state == "done"


def test_two_hundred_visits_are_still_a_line_on_a_phone(browser: Browser, live_server: LiveServer) -> None:
    with time_machine.travel(NOW, tick=True):
        cast = Cast()
        cast.practise_weekly(200, since="2023-01-03")
        page = open_as(browser, live_server.url, cast.teacher, width=360)
        page.goto(f"/students/{cast.case.student_id}/progress/")
        chart = page.locator(".line-chart")
        expect(chart.locator("circle")).to_have_count(200)
        box = chart.bounding_box()
        assert box is not None
        assert box["width"] <= 336
        fits(page)
