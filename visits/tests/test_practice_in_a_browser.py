"""The objectives of the plan on the page of a visit in Chromium: one tap each, nothing typed is lost, both writers' are seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, Response, expect
from pytest_django.live_server_helper import LiveServer

from accounts.rules import Role
from accounts.tests.make import make_user
from plans.models import Plan
from plans.tests.make import make_content, make_goal, make_objective
from students.models import Case
from tests.browser import barriers, browser, open_as, overflow
from tests.test_stored_script import WATCH
from visits.models import Practice, Visit, VisitDraft
from visits.tests.log_page import LogCast, clean, counted, make_log_cast, open_log, ready
from visits.tests.practice import TEXTS, keys_of, line, make_plan_in_force
from visits.tests.writing import make_plain, write

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CUP, NAME, SPOON = TEXTS


def planned(cast: LogCast, case: Case | None = None) -> Plan:
    """A plan whose second objective was practised the last time."""
    plan = make_plan_in_force(case or cast.case, cast.teacher, make_user(Role.SCHOOL_ADMIN, cast.last.school))
    if case is None:
        Practice.objects.create(record=cast.last.records.get(), plan=plan, objective=keys_of(plan)[1], level=2)
    return plan


def row(page: Page, text: str) -> Locator:
    return page.locator(".objective", has_text=text)


def fill(page: Page, text: str, **values: str) -> None:
    for name, value in values.items():
        row(page, text).locator(f"[name^=practice_{name}]").fill(value)


def said(page: Page, text: str) -> tuple[str | None, str, str, str]:
    chosen = row(page, text).locator("[name^=practice_level]:checked")
    level = chosen.get_attribute("value") if chosen.count() else None
    tries, right, note = (row(page, text).locator(f"[name^=practice_{name}]").input_value() for name in ("tries", "right", "note"))
    return level, tries, right, note


def test_a_page_with_a_whole_plan_is_light_on_the_line(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    goals = (make_goal(*(make_objective(f"在手势提示下完成第{goal}{each}个动作") for each in range(4))) for goal in range(4))
    content = make_content(*goals)
    make_plan_in_force(cast.case, cast.teacher, make_user(Role.SCHOOL_ADMIN, cast.last.school), content=content)
    page = open_as(browser, live_server.url, cast.teacher, width=360)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    ready(page, f"/visits/add/?child={cast.case.pk}")
    sizes = [answer.request.sizes()["responseBodySize"] for answer in answers]

    assert page.locator(".objective").count() == 16
    assert 5_000 < sizes[0] < 15_000
    assert sum(sizes) < 150_000
    page.context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_visit_is_logged_with_the_levels_of_its_objectives(width: int, browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    plan = planned(cast)
    page = open_log(browser, live_server, cast, width=width)
    assert [row(page, text).is_visible() for text in TEXTS] == [False, True, False]
    assert page.locator("[data-health-first] summary").inner_text().split("\n")[-1].strip() == "禁忌动作：不俯卧"

    taps = counted(page)
    row(page, NAME).get_by_label("口头提示", exact=True).check()
    page.get_by_text("更多目标").click()
    row(page, CUP).get_by_label("独立", exact=True).check()
    fill(page, CUP, tries="5", right="4")
    assert (barriers(page), overflow(page) <= 0) == ([], True)
    row(page, SPOON).get_by_label("全身体", exact=True).check()
    row(page, SPOON).get_by_label("全身体", exact=True).click()  # taken back
    page.get_by_role("button", name="提交记录").click()
    expect(page.locator("[data-receipt]")).to_be_visible()

    lines = Practice.objects.filter(record__visit=Visit.objects.exclude(pk=cast.last.pk).get())
    cup, name, _ = keys_of(plan)
    assert list(lines.values_list("objective", "level", "tries", "right")) == [(name, 4, None, None), (cup, 5, 5, 4)]
    assert (taps() <= 8, VisitDraft.objects.count(), clean(page)) == (True, 0, [])  # two of them for the one taken back, two for its fields
    page.context.close()


def test_what_is_said_of_objectives_survives_a_window_that_dies(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    planned(cast)
    page = open_log(browser, live_server, cast)
    row(page, NAME).get_by_label("手势", exact=True).check()
    page.get_by_text("更多目标").click()
    row(page, SPOON).get_by_text("说明").click()
    fill(page, SPOON, note="累了，只练了两次", tries="2")
    page.wait_for_timeout(1000)
    address, context = page.url, page.context
    kept = VisitDraft.objects.get().content["records"][0]["practised"]
    assert [(each["level"], each["tries"], each["note"]) for each in kept] == [("3", "", ""), ("", "2", "累了，只练了两次")]

    page.close(run_before_unload=False)
    desk = open_as(browser, live_server.url, cast.teacher, width=1280)  # the server's draft
    ready(desk, address)
    assert (said(desk, NAME), said(desk, SPOON)) == (("3", "", "", ""), (None, "2", "", "累了，只练了两次"))
    desk.context.close()
    VisitDraft.objects.all().delete()  # the phone alone remembers
    again = context.new_page()
    ready(again, address)
    assert (said(again, NAME), said(again, SPOON)) == (("3", "", "", ""), (None, "2", "", "累了，只练了两次"))
    assert said(again, CUP) == (None, "", "", "")
    again.close(run_before_unload=False)
    context.close()


def test_a_number_that_cannot_be_right_is_pointed_at(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    planned(cast)
    page = open_log(browser, live_server, cast)
    page.get_by_text("更多目标").click()
    fill(page, SPOON, tries="3", right="4")
    page.get_by_role("button", name="提交记录").click()
    expect(page.get_by_text("对的次数不能多于一共的次数。")).to_be_visible()

    assert row(page, SPOON).locator("[name^=practice_right]").get_attribute("aria-invalid") == "true"
    assert said(page, SPOON) == (None, "3", "4", "")
    page.context.close()


def test_each_child_of_a_group_has_its_own_objectives(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    planned(cast)
    plan = make_plan_in_force(cast.other, cast.teacher, make_user(Role.SCHOOL_ADMIN, cast.last.school), "会按铃找人")
    page = open_log(browser, live_server, cast)
    page.get_by_text("集中送教？再加学生").click()
    page.get_by_label("黄嘉春", exact=True).check()
    card = page.locator(f"[data-child='{cast.other.pk}']")
    card.get_by_text("选练习的目标（1 个）").click()
    row(page, "会按铃找人").get_by_label("示范", exact=True).check()
    assert (barriers(page), overflow(page) <= 0) == ([], True)
    page.get_by_role("button", name="提交记录").click()
    expect(page.locator("[data-receipt]")).to_be_visible()

    visit = Visit.objects.exclude(pk=cast.last.pk).get()
    lines = Practice.objects.filter(record__visit=visit).values_list("record__case", "objective", "level")
    assert list(lines) == [(cast.other.pk, keys_of(plan)[0], 2)]
    page.context.close()


def test_who_writes_second_sees_both_also_what_the_plan_has_dropped(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    old = planned(cast)
    day = timezone.localdate(timezone.now()) - timedelta(days=7)
    base = make_plain(cast.case, people=(cast.teacher, cast.colleague), on=str(day), start="08:00", end="10:05")
    record = base["records"][0]
    lines = [line(old, 1, level=2)]
    write(base | {"records": [record | {"practised": lines}]}, cast.teacher, timezone.now(), visit_id=cast.last.pk, base=1)
    page = open_as(browser, live_server.url, cast.teacher, width=360)
    ready(page, f"/visits/{cast.last.pk}/edit/")
    assert said(page, NAME)[0] == "2"
    row(page, NAME).get_by_label("手势", exact=True).check()

    theirs = [line(old, 1, level=4, tries=6), line(old, 2, level=1, note="用勺")]
    write(base | {"records": [record | {"practised": theirs}]}, cast.colleague, timezone.now(), visit_id=cast.last.pk, base=2)
    page.evaluate("text => [...document.querySelectorAll('.objective')].find((row) => row.dataset.label === text).remove()", SPOON)
    page.get_by_role("button", name="提交记录").click()
    dialog = page.locator("[data-conflict]")
    expect(dialog).to_be_visible()
    choice = dialog.locator(f"fieldset[data-field^=practice_level-{cast.case.pk}]")
    assert choice.locator("legend").inner_text() == f"覃小远 · {NAME}"
    assert choice.locator(".said").all_inner_texts() == ["手势", "口头提示"]
    tries = dialog.locator(f"fieldset[data-field^=practice_tries-{cast.case.pk}]")
    assert (tries.locator("legend").inner_text(), tries.locator(".said").all_inner_texts()) == (f"覃小远 · {NAME}：练几次", ["（空）", "6"])
    for each in dialog.locator("fieldset").all():
        each.get_by_text("我写的").click()
    dialog.get_by_role("button", name="按选好的再提交").click()
    expect(page.locator("[data-receipt]")).to_be_visible()

    kept = Practice.objects.filter(record__visit=cast.last).order_by("level").values_list("objective", "level", "note")
    assert list(kept) == [(keys_of(old)[2], 1, "用勺"), (keys_of(old)[1], 3, "")]
    page.context.close()


def test_typed_tags_are_text_in_objectives_health_and_notes(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    admin = make_user(Role.SCHOOL_ADMIN, cast.last.school)
    payload = "<img src=x onerror=ran()>"
    content = make_content(make_goal(make_objective(f"目标{payload}"), text=f"长期{payload}"))
    content["health"] |= {"forbidden": f"禁忌{payload}"}
    plan = make_plan_in_force(cast.case, cast.teacher, admin, content=content)
    other = make_content(make_goal(make_objective(f"另一个{payload}"), text=f"另外{payload}"))
    make_plan_in_force(cast.other, cast.teacher, admin, content=other | {"health": {"forbidden": f"不可{payload}"}})
    note = f"说明{payload}</textarea>{payload}"
    Practice.objects.create(record=cast.last.records.get(), plan=plan, objective=keys_of(plan)[0], note=note)
    page = open_as(browser, live_server.url, cast.teacher, width=360)
    page.add_init_script(WATCH)
    ready(page, f"/visits/{cast.last.pk}/edit/")
    page.get_by_text("集中送教？再加学生").click()
    page.get_by_label("黄嘉春", exact=True).check()  # drawn by script

    assert said(page, "目标")[3] == note
    page.get_by_text("选练习的目标（1 个）").click()
    shown = page.locator("form.log").inner_text()
    assert [words for words in ("目标", "禁忌", "另一个", "另外", "不可") if f"{words}{payload}" not in shown] == []
    assert page.locator("form.log img").count() == 0
    page.goto(f"/visits/{cast.last.pk}/")
    assert all(words in page.locator("main").inner_text() for words in (f"目标{payload}", note))
    assert page.evaluate("[window.executed, ...(window.blocked ?? [])]") == [None]
    page.context.close()
