"""Files that somebody sends as a spreadsheet: read within limits, or refused in words."""

from __future__ import annotations

import io
import zipfile

import pytest

from office.refusals import Refused
from office.sheets_in import Headers
from office.sheets_in.files import open_table
from office.tests.make import make_bomb, make_xlsx, repack

HEADERS: Headers = {"name": ("姓名",), "sex": ("性别",), "phone": ("电话",)}
GOOD = make_xlsx(["甲", "男", "5"], headers=("姓名", "性别", "电话"))


def test_a_workbook_is_read_in_a_child() -> None:
    table = open_table(io.BytesIO(GOOD), HEADERS)

    assert [(row.number, row.cells) for row in table.rows] == [(2, {"name": "甲", "sex": "男", "phone": "5"})]


def test_a_refusal_of_the_child_keeps_its_words() -> None:
    with pytest.raises(Refused, match="没有找到表头"):
        open_table(io.BytesIO(make_xlsx(["甲", "男"])), HEADERS)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"no spreadsheet at all", "不是 Excel"),
        (b"x" * 21 * 1024 * 1024, "最多只能上传 20 MB"),
        (make_bomb(150), "大得不正常"),
    ],
)
def test_what_may_not_be_parsed_is_refused_before(content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        open_table(io.BytesIO(content), HEADERS)


def test_one_cell_at_the_far_corner_does_not_take_the_memory_of_all_between() -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    assert far != sheet

    with pytest.raises(Refused, match="内存太多"):
        open_table(io.BytesIO(repack(GOOD, change={"xl/worksheets/sheet1.xml": far})), HEADERS)
