"""On the page of a visit in Chromium: each way to confirm, a correction's reason, and a server whose disk is full."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from counties.models import Policy
from counties.rules import PolicyTerms
from tests.browser import barriers, browser, open_as, overflow
from visits.models import Confirmation, Photo, Visit, VisitRecord, VisitRevision
from visits.querysets.raised import raised_in
from visits.tests.log_page import LogCast, clean, make_log_cast, open_log, ready, sign
from visits.tests.pictures import camera_picture
from visits.tests.test_log_page_evidence import add_photos, kept_on_the_phone, new_visit, send, yesterday

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def choose(page: Page, cast: LogCast, way: str, signer: str = "覃大山") -> None:
    page.locator("[data-confirm]").get_by_label(way, exact=True).check()
    page.fill(f"[name='confirm_signer-{cast.case.pk}']", signer)


def take(page: Page, number: int) -> None:
    picture: Any = {"name": "paper.jpg", "mimeType": "image/jpeg", "buffer": camera_picture(number, size=(1600, 1200))}
    page.set_input_files("[data-confirm-file]", picture)
    expect(page.locator("[data-confirm-photo] img")).to_be_visible()


def received(page: Page) -> None:
    send(page)
    expect(page.locator("[data-receipt]")).to_be_visible()


@pytest.mark.parametrize(("way", "kind"), [("手印", "thumbprint"), ("纸质签字", "paper")])
def test_a_thumb_print_and_a_signed_paper_confirm_by_their_picture(way: str, kind: str, browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    page.locator(f"[data-confirm] input[value={kind}]").check()
    page.fill(f"[name='confirm_signer-{cast.case.pk}']", "覃大山")
    take(page, 7)
    assert (barriers(page), overflow(page) <= 0) == ([], True)
    received(page)
    expect(page.locator("[data-sent-photos] .state.good")).to_have_count(1)

    given, picture = Confirmation.objects.get(), Photo.objects.get()
    record = VisitRecord.objects.get(visit=new_visit(cast))
    assert (given.kind, given.signer, given.photo, picture.kind) == (kind, "覃大山", picture, kind)
    assert (record.confirmed_at is not None, record.photo_count) == (True, 0)
    ready(page, f"/visits/{record.visit_id}/edit/")
    expect(page.locator("[data-confirm-photo] img")).to_be_visible()
    assert clean(page) == []
    page.context.close()


def test_somebody_else_signs_before_a_witness(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    page.locator("[data-confirm] input[value=proxy]").check()
    witness = page.locator(f"[name='confirm_witness-{cast.case.pk}']")
    expect(witness).to_be_visible()
    page.fill(f"[name='confirm_signer-{cast.case.pk}']", "覃阿婆")
    page.fill(f"[name='confirm_relation-{cast.case.pk}']", "奶奶")
    sign(page)
    send(page)
    expect(page.locator("[data-errors]")).to_contain_text("见证人")
    assert not Confirmation.objects.exists()

    witness.fill("韦支书")
    assert (barriers(page), overflow(page) <= 0) == ([], True)
    received(page)
    given = Confirmation.objects.get()
    assert (given.kind, given.signer, given.relation, given.witness, bool(given.strokes)) == ("proxy", "覃阿婆", "奶奶", "韦支书", True)
    ready(page, f"/visits/{given.record.visit_id}/edit/")
    expect(page.locator(f"[name='confirm_witness-{cast.case.pk}']")).to_have_value("韦支书")
    page.context.close()


def test_where_once_a_month_is_enough_the_second_visit_asks_for_no_confirmation(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    day = timezone.localdate(timezone.now()) - timedelta(days=1)
    Visit.objects.filter(pk=cast.last.pk).delete()
    values = PolicyTerms.read({"confirm_period": "month", "photo_min": 0}).plain()
    Policy.objects.update(values=values)
    page = open_log(browser, live_server, cast)
    yesterday(page, "08:00", "10:00")
    received(page)
    assert asked(cast, day) == ["unconfirmed"]

    ready(page, f"/visits/add/?child={cast.case.pk}")
    yesterday(page, "10:30", "12:30")
    page.fill(f"[name='confirm_signer-{cast.case.pk}']", "覃大山")
    sign(page)
    received(page)
    assert asked(cast, day) == []  # the one word stands for both visits of the month
    assert Confirmation.objects.count() == 1
    page.context.close()


def asked(cast: LogCast, day: Any) -> list[str]:
    schools, month = [cast.case.school_id], day.replace(day=1)
    return [each.code.value for each in raised_in(schools=schools, month=month, as_of=timezone.now()) if each.code == "unconfirmed"]  # type: ignore[arg-type]


def test_what_was_accepted_is_corrected_with_a_reason_and_not_without(browser: Browser, live_server: LiveServer) -> None:
    cast = make_log_cast()
    VisitRecord.objects.filter(visit=cast.last).update(lock=VisitRecord.Lock.ACCEPTED)
    page = open_as(browser, live_server.url, cast.teacher, width=360)
    ready(page, f"/visits/{cast.last.pk}/edit/")
    expect(page.get_by_label("更正的理由")).to_be_visible()
    page.fill(f"[name='teaching-{cast.case.pk}']", "更正以后的教学内容")
    send(page)
    assert page.locator("[name=reason]").evaluate("field => field.validity.valueMissing && field === document.activeElement")
    assert page.input_value(f"[name='teaching-{cast.case.pk}']") == "更正以后的教学内容"
    assert not VisitRevision.objects.exists()

    page.fill("[name=reason]", "当天写成了另一名学生的内容")
    assert (barriers(page), overflow(page) <= 0) == ([], True)
    received(page)
    told = VisitRevision.objects.get()
    assert (told.reason, told.is_correction, cast.last.records.get().teaching) == ("当天写成了另一名学生的内容", True, "更正以后的教学内容")
    page.context.close()


# --- The disk is full -----------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A real file system of 64 KB for the private files."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if not mount or subprocess.run([mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], check=False, capture_output=True).returncode:
        pytest.skip("needs leave to mount a small file system")
    settings.PRIVATE_FILES = place
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_takes_no_picture_says_so_and_takes_it_when_there_is_room(
    browser: Browser, live_server: LiveServer, small_disk: Path
) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    add_photos(page, 1)
    (small_disk / "filler").write_bytes(b"x" * 60_000)
    received(page)
    expect(page.get_by_text("服务器的磁盘满了").first).to_be_visible()
    assert (Photo.objects.received().count(), kept_on_the_phone(page)["photos"]) == (0, 1)
    assert new_visit(cast).version == 1
    assert [path.name for path in small_disk.rglob("*") if path.is_file()] == ["filler"]  # nothing half written

    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    expect(page.locator("[data-sent-photos] .state.good")).to_have_count(1, timeout=30_000)
    assert (Photo.objects.received().count(), kept_on_the_phone(page)) == (1, {"visits": 0, "photos": 0})
    assert clean(page, "status of 507") == []
    page.context.close()


@pytest.fixture
def database_size(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Callable[[], None], Callable[[], None]]]:
    """`fill` takes what is free in the database, and no connection, also of the server, may make it grow; `empty` undoes it."""
    limit = [2**30]
    open_up = BaseDatabaseWrapper.ensure_connection

    def limited(self: Any) -> None:
        open_up(self)
        self.connection.execute(f"PRAGMA max_page_count = {limit[0]}")

    def fill() -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE filler (content)")
            cursor.execute("PRAGMA page_count")
            limit[0] = cursor.fetchone()[0]
        for size in (50_000, 3_000, 100):
            with pytest.raises(OperationalError, match="full"), connection.cursor() as cursor:  # noqa: PT012
                for _ in range(10_000):
                    cursor.execute("INSERT INTO filler VALUES (zeroblob(%s))", [size])

    def empty() -> None:
        limit[0] = 2**30
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS filler")

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", limited)
    yield fill, empty
    empty()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite can be told how large it may become")
def test_a_full_database_takes_no_text_says_so_and_the_text_stays_until_it_does(
    browser: Browser, live_server: LiveServer, database_size: tuple[Callable[[], None], Callable[[], None]]
) -> None:
    cast = make_log_cast()
    page = open_log(browser, live_server, cast)
    fill, empty = database_size
    fill()
    words = "手势提示下拿勺进食，" * 390
    page.fill(f"[name='teaching-{cast.case.pk}']", words)
    send(page)
    expect(page.locator("[data-note=network]")).to_contain_text("服务器的磁盘满了")
    expect(page.locator("[data-note=network]")).to_contain_text("记录已存在手机里")
    assert not Visit.objects.exclude(pk=cast.last.pk).exists()
    assert kept_on_the_phone(page)["visits"] == 1
    assert page.input_value(f"[name='teaching-{cast.case.pk}']") == words

    empty()
    expect(page.locator("[data-receipt]")).to_be_visible(timeout=30_000)
    assert new_visit(cast).records.get().teaching == words
    page.context.close()
