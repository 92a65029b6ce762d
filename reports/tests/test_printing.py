"""The printed submission: what stands where, and that nothing typed into it is more than text."""

from __future__ import annotations

import io
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from threading import Thread
from typing import Any

import pypdf
import pytest
from openpyxl import load_workbook

from counties.tests.make import at
from reports.sheets.documents import submission_html, submission_pdf, submission_workbook
from reports.sheets.particulars import Particulars
from reports.sheets.printing import printed
from reports.sheets.snapshot import Line, Snapshot
from reports.tests.paper import NAMES, make_figures, make_particulars, make_picture, make_snapshot, make_visit_line


def pdf_of(snapshot: Snapshot, particulars: Particulars, *, pictures: int = 0) -> bytes:
    page = printed(snapshot, particulars)
    return submission_pdf(page, {photo.id: make_picture(number) for number, photo in enumerate(page.photos[:pictures])})


def text_of(pdf: bytes) -> str:
    """As another program reads it: pdftotext, in the order of the page, without blanks."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        read = subprocess.run(["pdftotext", "-q", "-enc", "UTF-8", file.name, "-"], check=True, capture_output=True, text=True)
    return re.sub(r"\s", "", read.stdout)


@pytest.fixture(scope="module")
def october() -> str:
    snapshot = make_snapshot()
    return text_of(pdf_of(snapshot, make_particulars(snapshot), pictures=3))


def test_the_verdict_comes_first_and_the_photo_sheet_last(october: str) -> None:
    order = [
        *("2026年10月送教上门月报", "第1次上报", "一、结论", "实送率90%", "可控实送率100%", "已达标4人，欠课1人", "学年已送/应送课时"),
        *("二、欠课与需说明事项", "欠课1人", "1次、3课时", "需说明事项2项，其中未说明1项", "另一位教师临时开会", "未说明"),
        *(
            "三、学生与送教",
            "1.覃小远",
            "2.黄嘉春",
            "未送成：住院",
            "5.农秋月",
            "四、更正与补报",
            "更正1处",
            "补报以前月份的送教1次",
            "罗建华",
        ),
        *("五、本月变动", "开始送教", "暂停送教", "六、问题与请求", "请增配一台移动评估箱", "七、声明与确认", "蓝永浩", "黄校长"),
        *("快照SHA-256", "第1234行", "附：工作图片", "照片已删除，或不再显示"),
    ]
    places = []
    start = 0
    for words in order:
        place = october.find(words, start)
        assert place >= 0, words
        places.append(place)
        start = place
    assert places == sorted(places)


def test_digest_and_head_of_the_chain_are_whole(october: str) -> None:
    assert make_snapshot().digest in october
    assert "9f" * 32 in october


def test_the_page_is_that_of_an_official_letter() -> None:
    snapshot = make_snapshot(photos=0)
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(snapshot, make_particulars(snapshot))))
    box = reader.pages[0].mediabox
    assert [round(float(side) / 72 * 25.4) for side in (box.width, box.height)] == [210, 297]
    last = len(reader.pages)
    assert [f"— {number + 1} —" in page.extract_text() for number, page in enumerate(reader.pages)] == [True] * last
    left = min(x for page in reader.pages for x in places_of_text(page))
    assert 27 <= left / 72 * 25.4 <= 30


def places_of_text(page: Any) -> list[float]:
    found: list[float] = []

    def note(text: str, matrix: Any, position: list[float], font: Any, size: float) -> None:
        if text.strip() and "—" not in text:
            found.append(position[4] * matrix[0] + matrix[4])

    page.extract_text(visitor_text=note)
    return found


def test_what_stays_with_the_school_is_not_printed() -> None:
    snapshot = make_snapshot(photos=0)
    line = snapshot.lines[0]
    quiet = replace(line.visits[0], flags=tuple(replace(flag, travels=False) for flag in line.visits[0].flags))
    without = replace(snapshot, lines=(replace(line, visits=(quiet, *line.visits[1:])), *snapshot.lines[1:]))
    assert [flag.name for flag in printed(snapshot, make_particulars(snapshot)).flags] == [NAMES[0], NAMES[2]]
    assert [flag.name for flag in printed(without, make_particulars(without)).flags] == [NAMES[2]]


def test_marks_of_a_draft_of_a_nil_and_of_an_automatic_report() -> None:
    snapshot = make_snapshot(photos=0)
    declaration = snapshot.declaration
    draft = replace(snapshot, declaration=replace(declaration, submitted_at=None))
    auto = replace(snapshot, version=2, is_nil=True, declaration=replace(declaration, is_auto=True, is_late=True))
    assert printed(draft, Particulars()).marks == ("草稿，尚未上报",)
    assert printed(auto, Particulars()).marks == ("第 2 次上报", "零报告", "到期自动报送（学校未确认）", "逾期")
    assert "零报告" in printed(auto, Particulars()).opening


def test_a_child_that_was_erased_is_printed_as_erased() -> None:
    snapshot = make_snapshot(photos=0)
    records = frozenset(visit.record for visit in snapshot.lines[0].visits)
    html = submission_html(printed(snapshot, make_particulars(snapshot).without("c0", records)))
    assert NAMES[0] not in html
    assert "已删除" in html
    assert NAMES[0] in submission_html(printed(snapshot, make_particulars(snapshot))), "the control"


def test_each_picture_is_shown_once_and_at_most_two_of_a_visit() -> None:
    snapshot = make_snapshot(photos=3)
    page = printed(snapshot, make_particulars(snapshot))
    ids = [photo.id for photo in page.photos]
    assert len(ids) == len(set(ids)) == 2 * 10
    assert page.left_out == 10


# --- What was typed stays text (threat 5) -----------------------------------------------------------------


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    heard: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                one, _ = server.accept()
            except OSError:
                return
            with one:
                heard.append(one.recv(1000))
                one.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")

    Thread(target=answer, daemon=True).start()
    yield server.getsockname()[1], heard
    server.close()


PAYLOADS = (
    '<img src="file:///etc/passwd">',
    "<img src='http://127.0.0.1:{port}/a'>",
    "<link rel=attachment href='file:///etc/passwd'>",
    "<style>@import url(http://127.0.0.1:{port}/b)</style>",
    "</td></table><h1>x",
    "{{% debug %}}{{{{ x }}}}",
    "media:p000",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_in_every_text_comes_out_as_text(payload: str, listener: tuple[int, list[bytes]]) -> None:
    port, heard = listener
    words = payload.format(port=port)
    snapshot = make_snapshot(photos=1)
    snapshot = replace(snapshot, school_name=words, declaration=replace(snapshot.declaration, words=words))
    snapshot = replace(snapshot, policy=replace(snapshot.policy, preset=words))
    pdf = pdf_of(snapshot, make_particulars(snapshot, words=words), pictures=1)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert text_of(pdf).count(re.sub(r"\s", "", words)[:12]) > 20, "the control: it is on the page, where it was typed"
    assert "root:" not in text_of(pdf)
    assert heard == []
    assert dict(reader.attachments) == {}
    assert len({image.data for page in reader.pages for image in page.images}) == 1, "the one that was handed over"


@pytest.mark.parametrize(
    "words", ["A" * 4000, "长" * 4000, "a\n" * 2000, "\x00\x1b\u202e\ud800送教" * 500, "<table><tr><td>" * 260, "　" * 4000 + "x"]
)
def test_no_text_keeps_the_layout_busy(words: str) -> None:
    lines = tuple(
        Line(f"c{n}", "cd" * 32, is_paused=False, figures=make_figures(), visits=tuple(
            make_visit_line(f"r{n}.{which}", at("2026-10-12 14:00") + timedelta(days=which)) for which in range(4)
        ))
        for n in range(6)
    )  # fmt: skip
    snapshot = make_snapshot(lines=lines)
    began = time.process_time()  # of this process alone: others on the machine do not count
    pdf = pdf_of(snapshot, make_particulars(snapshot, words=words))
    assert time.process_time() - began < 20
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) < 60


# --- The same, everywhere ------------------------------------------------------------------------------------

SCRIPT = """
import django, sys; django.setup()
from reports.tests.test_printing import *
snapshot = make_snapshot(); particulars = make_particulars(snapshot)
snapshot, particulars = Snapshot.read(snapshot.canonical()), Particulars.read(particulars.plain())
sys.stdout.buffer.write(pdf_of(snapshot, particulars, pictures=2))
sys.stdout.buffer.write(submission_workbook(printed(snapshot, particulars)))
"""


def test_the_same_snapshot_is_the_same_bytes_in_any_process() -> None:
    made = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | {"PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "songjiao.settings", "TZ": zone},
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "America/New_York"))
    ]
    assert made[0] == made[1]
    assert len(made[0]) > 10_000


# --- The workbook -----------------------------------------------------------------------------------------------


def test_the_workbook_says_the_same_and_holds_no_formula() -> None:
    snapshot = make_snapshot()
    book = load_workbook(io.BytesIO(submission_workbook(printed(snapshot, make_particulars(snapshot, words='=HYPERLINK("http://x")')))))
    assert book.sheetnames == ["汇总", "学生", "送教", "事项"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    dangerous = [cell for cell in cells if str(cell.value).startswith("=")]
    assert len(dangerous) > 20
    assert all(cell.quotePrefix for cell in dangerous)


def test_figures_are_numbers_and_every_visit_is_a_row() -> None:
    snapshot = make_snapshot()
    book = load_workbook(io.BytesIO(submission_workbook(printed(snapshot, make_particulars(snapshot)))))
    children = list(book["学生"].iter_rows(min_row=2, values_only=True))
    visits = list(book["送教"].iter_rows(min_row=2, values_only=True))
    assert children[1][:6] == (2, "黄嘉春", "欠课", 2, 1, 2)
    assert len(visits) == len(list(snapshot.visits))
    assert [row[0] for row in visits if row[13]] == ["罗建华"]
    assert sum(Decimal(str(row[6] or 0)) for row in visits) == 3 * 10
    assert ("未说明") in [row[4] for row in book["事项"].iter_rows(min_row=2, values_only=True)]
