"""The page of a visit in Chromium: filled in advance, few taps, nothing typed is lost, everything gets its receipt."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser import barriers, browser, open_as, overflow
from visits.models import Confirmation, Visit, VisitDraft, VisitRecord
from visits.tests.log_page import clean, counted, make_log_cast, open_log, ready, sign

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_TAPS, MOST_BYTES = 6, 150_000


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_is_filled_in_advance_light_and_open_to_everybody(width: int, browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_as(browser, live_server.url, cast.teacher, width=width)
    loaded: list[int] = []
    page.on("response", lambda answer: loaded.append(len(answer.body())))
    ready(page, f"/visits/add/?child={cast.case.pk}")

    assert page.locator("[data-length]").inner_text() == "2 小时 5 分 · 3 课时"
    assert page.locator("[name=people]:checked").count() == 2
    assert page.locator("[data-child] h2").all_inner_texts() == ["覃小远"]
    assert page.input_value(f"[name='lessons-{cast.case.pk}']") == "3"
    assert 20_000 < sum(loaded) < MOST_BYTES
    assert (barriers(page), overflow(page) <= 0, clean(page)) == ([], True, [])
    page.context.close()


def test_a_visit_is_logged_in_six_taps_besides_notes(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    taps = counted(page)
    page.fill(f"[name='teaching-{cast.case.pk}']", "手势提示下拿勺进食，五次里三次自己送到嘴边")
    page.fill(f"[name='confirm_signer-{cast.case.pk}']", "覃大山")
    sign(page)
    card = page.locator("[data-child]")
    for words in ("愉快", "主动"):
        card.get_by_label(words, exact=True).check()
    page.get_by_role("button", name="提交记录").click()
    expect(page.locator("[data-receipt]")).to_be_visible()

    visit = Visit.objects.exclude(pk=cast.last.pk).get()
    record = visit.records.get()
    assert 3 <= taps() <= MOST_TAPS
    assert page.locator("[data-receipt]").inner_text() == visit.revisions.get().receipt
    assert (record.mood, record.participation, record.lessons, record.teaching[:4]) == ("good", "full", 3, "手势提示")
    assert len(Confirmation.objects.get(record=record).strokes[0]) > 5
    assert (VisitDraft.objects.count(), clean(page), barriers(page), overflow(page) <= 0) == (0, [], [], True)
    page.context.close()


def test_what_is_typed_survives_a_window_that_dies_and_a_reload(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    page.fill(f"[name='teaching-{cast.case.pk}']", "没有提交的字")
    page.get_by_text("这次未送成").click()
    page.fill("[name=reason_text]", "去了医院")
    page.wait_for_timeout(1000)
    address, context = page.url, page.context
    assert "visit=" in address
    draft = VisitDraft.objects.get()
    assert (draft.content["reason_text"], draft.content["records"][0]["teaching"]) == ("去了医院", "没有提交的字")

    page.close(run_before_unload=False)
    VisitDraft.objects.all().delete()  # the phone alone remembers
    again = context.new_page()
    ready(again, address)
    assert again.input_value("[name=reason_text]") == "去了医院"
    again.get_by_text("这次未送成").click()
    assert again.input_value(f"[name='teaching-{cast.case.pk}']") == "没有提交的字"
    again.reload()
    again.wait_for_selector("html[data-ready]")
    assert again.input_value(f"[name='teaching-{cast.case.pk}']") == "没有提交的字"
    context.close()


def test_a_draft_of_another_device_is_on_the_page_too(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    page.fill(f"[name='teaching-{cast.case.pk}']", "在手机上写的")
    page.wait_for_timeout(1000)
    address = page.url
    page.context.close()

    desk = open_as(browser, live_server.url, cast.teacher, width=1280)
    ready(desk, address)
    assert desk.input_value(f"[name='teaching-{cast.case.pk}']") == "在手机上写的"
    desk.fill(f"[name='teaching-{cast.case.pk}']", "在电脑上接着写")
    desk.wait_for_timeout(1000)
    assert VisitDraft.objects.get().content["records"][0]["teaching"] == "在电脑上接着写"
    desk.context.close()


def test_nothing_readable_lies_in_the_browser(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    page.fill(f"[name='teaching-{cast.case.pk}']", "只有本人能看的字")
    page.wait_for_timeout(500)
    rows = page.evaluate(
        """async () => {
        const open = indexedDB.open('songjiao-log'); await new Promise((done) => (open.onsuccess = done));
        const all = (name) => new Promise((done) => { const rows = open.result.transaction(name).objectStore(name).getAll();
          rows.onsuccess = () => done(rows.result) });
        const [kept, keys] = [await all('visits'), await all('keys')];
        const text = kept.map((row) => new TextDecoder().decode(row.sealed) + JSON.stringify(row)).join('');
        return { count: kept.length, text, extractable: keys[0].key.extractable, plain: Object.keys(kept[0]).sort() } }"""
    )

    assert (rows["count"], rows["extractable"]) == (1, False)
    assert "只有本人" not in rows["text"]
    assert "覃小远" not in rows["text"]
    assert "sealed" in rows["plain"]
    assert "content" not in rows["plain"]
    page.context.close()


def test_another_person_on_the_same_phone_neither_sees_nor_sends_it(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    page.fill(f"[name='teaching-{cast.case.pk}']", "韦老师写的")
    page.wait_for_timeout(1000)
    address, cookies = page.url, page.context.cookies()
    other = open_as(browser, live_server.url, cast.colleague, width=360)
    mine = [each for each in cookies if each["name"] == "sessionid"]
    page.context.add_cookies([each for each in other.context.cookies() if each["name"] == "sessionid"])  # type: ignore[misc]
    ready(page, address)
    assert page.input_value(f"[name='teaching-{cast.case.pk}']") == ""

    page.context.add_cookies(mine)  # type: ignore[arg-type]
    ready(page, address)
    assert page.input_value(f"[name='teaching-{cast.case.pk}']") == "韦老师写的"
    page.context.close()
    other.context.close()


def test_two_taps_send_one_visit(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    page.evaluate("() => { const button = document.querySelector('[data-send]'); button.click(); button.click(); button.click(); }")
    expect(page.locator("[data-receipt]")).to_be_visible()

    visit = Visit.objects.exclude(pk=cast.last.pk).get()
    assert (visit.version, visit.revisions.count(), VisitRecord.objects.filter(visit=visit).count()) == (1, 1, 1)
    page.context.close()


def test_an_answer_that_was_lost_on_its_way_is_no_receipt_and_the_second_try_finds_the_first(
    browser: Browser, live_server: LiveServer
) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    tries = []

    def lose(route: Route) -> None:
        tries.append(1)
        if len(tries) == 1:
            route.fetch()  # the server has it, the phone hears nothing
            route.abort()
        elif len(tries) == 2:
            route.fulfill(status=200, content_type="text/html", body="<h1>欢迎使用酒店网络</h1>")
        else:
            route.continue_()

    page.route("**/text/", lose)
    page.get_by_role("button", name="提交记录").click()
    expect(page.get_by_text("现在没有信号")).to_be_visible()
    assert page.locator("[data-sent]").is_hidden()
    expect(page.locator("[data-receipt]")).to_be_visible(timeout=15_000)

    assert (len(tries), Visit.objects.exclude(pk=cast.last.pk).get().version) == (3, 1)
    page.context.close()


def test_the_way_from_the_home_page_is_one_tap_and_brings_the_child(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_as(browser, live_server.url, cast.teacher, width=360)
    page.goto("/")
    page.get_by_role("link", name="给 覃小远 记一次送教").click()
    page.wait_for_selector("html[data-ready]")

    assert page.locator("[data-child] h2").all_inner_texts() == ["覃小远"]
    page.context.close()


def test_where_nothing_may_be_kept_the_page_says_so_and_is_a_plain_form(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_as(browser, live_server.url, cast.teacher, width=360)
    page.context.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    ready(page, f"/visits/add/?child={cast.case.pk}")

    assert "手机里不能存草稿" in page.locator("[data-note=plain]").inner_text()
    assert page.locator("[data-photo-add] input").is_visible()
    page.fill(f"[name='teaching-{cast.case.pk}']", "没有加密的网址")
    expect(page.locator("[data-status]")).to_contain_text("已存到服务器")
    assert VisitDraft.objects.get().content["records"][0]["teaching"] == "没有加密的网址"
    assert (barriers(page), overflow(page) <= 0, clean(page)) == ([], True, [])
    page.context.close()


def test_without_scripts_every_field_is_there(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    signed_in = open_as(browser, live_server.url, cast.teacher, width=360)
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url, viewport={"width": 360, "height": 800})
    context.add_cookies(signed_in.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"/visits/add/?child={cast.case.pk}")

    assert "没有运行脚本" in page.locator("main").inner_text()
    assert page.locator("[name=photos]").is_visible()
    assert page.locator("form.log [type=hidden]").last.get_attribute("name") == "end"
    context.close()
    signed_in.context.close()
