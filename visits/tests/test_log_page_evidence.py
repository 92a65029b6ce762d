"""Pictures and second versions on the page of a visit, in Chromium: one by one, in words, and never silently lost."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from students.models import Consent
from tests.browser import barriers, browser, open_as, overflow
from visits.models import Photo, Visit
from visits.tests.log_page import LogCast, clean, make_log_cast, open_log, ready
from visits.tests.pictures import camera_picture

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def add_photos(page: Page, *numbers: int) -> None:
    before = page.locator("[data-photo-list] li").count()
    files = [
        {"name": f"IMG_{number}.jpg", "mimeType": "image/jpeg", "buffer": camera_picture(number, size=(2400, 1800))} for number in numbers
    ]
    page.set_input_files("[data-photo-input]", files)  # type: ignore[arg-type]
    expect(page.locator("[data-photo-list] li")).to_have_count(before + len(numbers))


def yesterday(page: Page, start: str, end: str) -> None:
    """Times that are over at whatever hour the tests run."""
    page.get_by_role("button", name="昨天").click()
    page.fill("[name=start]", start)
    page.fill("[name=end_time]", end)


def send(page: Page) -> None:
    page.get_by_role("button", name="提交记录").click()


def new_visit(cast: LogCast) -> Visit:
    found: Visit = Visit.objects.exclude(pk=cast.last.pk).get()
    return found


def kept_on_the_phone(page: Page) -> dict[str, int]:
    counts: dict[str, int] = page.evaluate(
        """async () => { const open = indexedDB.open('songjiao-log'); await new Promise((done) => (open.onsuccess = done));
        const count = (name) => new Promise((done) => { const asked = open.result.transaction(name).objectStore(name).count();
          asked.onsuccess = () => done(asked.result) });
        return { visits: await count('visits'), photos: await count('photos') } }"""
    )
    return counts


def test_pictures_are_shrunk_told_their_time_and_received_each_with_a_receipt(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    add_photos(page, 1, 2)
    page.get_by_label("照片说明").first.fill("自己拿勺")
    assert page.get_by_text("拍于 10-14 14:20").count() == 2
    assert (barriers(page), overflow(page) <= 0) == ([], True)
    assert kept_on_the_phone(page)["photos"] == 2
    send(page)
    expect(page.locator("[data-sent-photos] .state.good")).to_have_count(2)
    expect(page.locator("[data-status]")).to_contain_text("已收到（回执号")

    photos = list(Photo.objects.filter(visit=new_visit(cast)))
    assert [(photo.caption, f"{photo.taken_at:%m-%d %H:%M}") for photo in photos] == [("自己拿勺", "10-14 06:20"), ("", "10-14 06:20")]
    assert all(photo.received_at and photo.size < 400_000 for photo in photos)
    assert page.locator("[data-sent-photos] li").first.inner_text().count("回执号") == 1
    assert (kept_on_the_phone(page), clean(page), barriers(page)) == ({"visits": 0, "photos": 0}, [], [])
    page.context.close()


def test_a_refused_picture_says_why_and_holds_back_neither_text_nor_the_others(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    add_photos(page, 1, 2, 3)
    tries: list[str] = []

    def refuse_the_first(route: Route) -> None:
        tries.append(route.request.url)
        if route.request.url == tries[0]:
            route.fulfill(status=422, json={"words": "这张照片打不开，没有收下。", "errors": {"photo": "这张照片打不开，没有收下。"}})
        else:
            route.continue_()

    page.route("**/photos/*/", refuse_the_first)
    send(page)
    expect(page.locator("[data-sent-photos] .state.good")).to_have_count(2)
    expect(page.locator("[data-sent-photos] .state.late")).to_have_count(1)
    expect(page.get_by_text("这张照片打不开，没有收下。")).to_be_visible()
    assert Photo.objects.received().filter(visit=new_visit(cast)).count() == 2
    assert (kept_on_the_phone(page), barriers(page)) == ({"visits": 1, "photos": 1}, [])

    page.unroute("**/photos/*/")
    ready(page, page.url)  # opened again it is still there, and goes by itself
    expect(page.locator("[data-sent-photos] .state.good")).to_have_count(1)
    assert Photo.objects.received().filter(visit=new_visit(cast)).count() == 3
    assert kept_on_the_phone(page) == {"visits": 0, "photos": 0}
    page.context.close()


def test_a_file_that_is_no_picture_is_refused_in_words_and_the_others_stay(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    page.set_input_files("[data-photo-input]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    expect(page.get_by_text("这个文件不是能打开的图片。")).to_be_visible()
    add_photos(page, 1)

    send(page)
    expect(page.locator("[data-sent-photos] .state.good")).to_have_count(1)
    page.context.close()


def test_without_consent_the_button_is_off_and_says_why(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    assert page.locator("[data-photo-input]").is_enabled()
    Consent.objects.all().delete()
    ready(page, f"/visits/add/?child={cast.case.pk}")

    assert page.locator("[data-photo-input]").is_disabled()
    assert "家长还没有同意拍照" in page.locator("[data-no-photos]").inner_text()
    assert barriers(page) == []
    page.context.close()


def test_an_expired_session_keeps_everything_and_goes_on_after_signing_in(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    add_photos(page, 1)
    page.fill(f"[name='teaching-{cast.case.pk}']", "登录过期前写的")
    page.wait_for_timeout(800)
    Session.objects.all().delete()
    send(page)
    link = page.get_by_role("link", name="重新登录")
    expect(link).to_be_visible()
    assert "已过期" in page.locator("[data-note=session]").inner_text()
    assert (barriers(page), Visit.objects.exclude(pk=cast.last.pk).count()) == ([], 0)

    link.click()
    page.wait_for_url("**/login/**")
    again = open_as(browser, live_server.url, cast.teacher, width=360)
    cookie = next(each for each in again.context.cookies() if each["name"] == settings.SESSION_COOKIE_NAME)
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    address = page.input_value("[name=next]")
    assert address.startswith("/visits/add/?child=")
    page.goto(address)
    expect(page.locator("[data-receipt]")).to_be_visible()
    expect(page.locator("[data-sent-photos] .state.good")).to_have_count(1)
    assert new_visit(cast).records.get().teaching == "登录过期前写的"
    assert clean(page, "status of 401") == []
    page.context.close()
    again.context.close()


def test_what_cannot_be_right_is_said_beside_its_field_and_nothing_is_lost(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    yesterday(page, "08:00", "07:00")
    page.fill(f"[name='teaching-{cast.case.pk}']", "写好的字")
    send(page)
    expect(page.locator("[data-errors]")).to_contain_text("结束时间要晚于开始时间")
    assert page.locator("[name=end_time]").get_attribute("aria-invalid") == "true"
    assert (barriers(page), overflow(page) <= 0, clean(page, "status of 422")) == ([], True, [])

    page.fill("[name=end_time]", "09:20")
    send(page)
    expect(page.locator("[data-receipt]")).to_be_visible()
    record = new_visit(cast).records.get()
    assert (record.teaching, record.lessons) == ("写好的字", 2)
    page.context.close()


def test_two_versions_stand_side_by_side_and_the_person_chooses(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    mine = open_as(browser, live_server.url, cast.teacher, width=360)
    theirs = open_as(browser, live_server.url, cast.colleague, width=1280)
    address, case = f"/visits/{cast.last.pk}/edit/", cast.case.pk
    ready(mine, address)
    ready(theirs, address)
    assert mine.input_value(f"[name='teaching-{case}']") == "拿勺进食"
    mine.fill(f"[name='teaching-{case}']", "我写的教学内容")
    mine.fill(f"[name='family-{case}']", "我写的家庭指导")
    theirs.fill(f"[name='teaching-{case}']", "同事写的教学内容")
    theirs.fill(f"[name='rehabilitation-{case}']", "同事写的康复")
    send(theirs)
    expect(theirs.locator("[data-receipt]")).to_be_visible()
    send(mine)

    dialog = mine.locator("[data-conflict]")
    expect(dialog).to_be_visible()
    said = dialog.inner_text()
    assert all(text in said for text in ("我写的教学内容", "同事写的教学内容", "我写的家庭指导", "同事写的康复", "农子春 写的"))
    assert (barriers(mine), overflow(mine) <= 0) == ([], True)
    for field, whose in (("teaching", "我写的"), ("family", "我写的"), ("rehabilitation", "农子春 写的")):
        dialog.locator(f"[data-field^={field}]").get_by_label(whose).check()
    dialog.get_by_role("button", name="按选好的再提交").click()
    expect(mine.locator("[data-receipt]")).to_be_visible()

    record = cast.last.records.get()
    assert (record.teaching, record.family, record.rehabilitation) == ("我写的教学内容", "我写的家庭指导", "同事写的康复")
    assert [each.by_id for each in cast.last.revisions.order_by("version")] == [cast.colleague.pk, cast.teacher.pk]
    mine.context.close()
    theirs.context.close()


def test_a_group_gets_a_card_for_each_child_and_a_missed_visit_only_its_reason(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    page.get_by_text("集中送教？再加学生").click()
    page.get_by_label("黄嘉春").check()
    assert page.get_by_label("集中", exact=True).is_checked()
    page.fill(f"[name='teaching-{cast.other.pk}']", "一起唱歌")
    chip = page.get_by_role("checkbox", name="黄嘉春")
    chip.uncheck()
    assert page.locator("[data-child]").count() == 1
    chip.check()  # what was typed comes back with the child
    assert (barriers(page), overflow(page) <= 0) == ([], True)
    send(page)
    expect(page.locator("[data-receipt]")).to_be_visible()
    visit = new_visit(cast)
    assert sorted(visit.records.values_list("student__name", "teaching")) == [("覃小远", ""), ("黄嘉春", "一起唱歌")]
    assert (visit.mode, visit.state) == ("centre", "done")

    ready(page, f"/visits/add/?child={cast.case.pk}")
    page.get_by_label("这次未送成").check()
    yesterday(page, "06:00", "07:00")
    page.get_by_label("住院").first.check()
    send(page)
    expect(page.locator("[data-receipt]")).to_be_visible()
    missed = Visit.objects.get(state="missed")
    assert (missed.missed_reason, missed.records.get().present) == ("hospital", False)
    page.context.close()
