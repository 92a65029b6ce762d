"""The table in a workbook as people send it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from office.refusals import Refused
from office.sheets_in import Headers, Table, read_table, text

HEADERS: Headers = {
    "name": ("姓名", "学生姓名"),
    "sex": ("性别",),
    "phone": ("联系电话", "监护人电话", "电话"),
    "school": ("送教学校", "学校"),
}
HEADER = ["序号", "学生姓名", "性别", "联系电话", "学校", "备考"]


def workbook(*sheets: list[Any], change: Callable[[Worksheet], object] = id) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for lines in sheets:
        sheet = book.create_sheet()
        for line in lines:
            sheet.append(line)
        change(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def names(table: Table) -> list[tuple[int, str]]:
    return [(row.number, text(row.cells.get("name"))) for row in table.rows]


def test_row_numbers_are_those_the_program_shows() -> None:
    table = read_table(workbook([[], ["花名册"], [], HEADER, [1, "甲", "男"], [], [2, "乙", "女"]]), HEADERS)

    assert names(table) == [(5, "甲"), (7, "乙")]
    assert table.headers == HEADER
    assert table.spelled == {"name": "学生姓名", "sex": "性别", "phone": "联系电话", "school": "学校"}


def test_blank_total_and_note_lines_are_counted_up_to_the_last_filled_one() -> None:
    lines = [
        HEADER,
        [1, "甲"],
        [],
        ["", " \u3000"],
        [2, "乙"],
        ["合\u3000计", "", "", "", "", 2],
        ["", "小计："],
        ["注：一式两份"],
        [],
        ["填表人：丙"],
        ["  "],
    ]

    table = read_table(workbook(lines), HEADERS)

    assert names(table) == [(2, "甲"), (5, "乙")]
    assert table.skipped == 7


def test_a_line_that_is_only_numbered_is_blank() -> None:
    table = read_table(workbook([HEADER, [1, "甲"], [2], [3, "乙"], [4], [5]]), HEADERS)

    assert names(table) == [(2, "甲"), (4, "乙")]
    assert table.skipped == 1


def test_another_sheet_may_come_first() -> None:
    table = read_table(workbook([["填表说明"], ["姓名要填全"]], [["姓名", "年龄"]], [HEADER, [1, "甲"]], [HEADER, [1, "乙"]]), HEADERS)

    assert names(table) == [(2, "甲")]


def test_headers_may_be_spaced_starred_and_broken_over_lines() -> None:
    table = read_table(workbook([[" 姓　名 ", "性\n别", "*联系电话", "送教学校（必填）"], ["甲", "男", 1, "一小"]]), HEADERS)

    assert table.rows[0].cells == {"name": "甲", "sex": "男", "phone": 1.0, "school": "一小"}
    assert table.spelled["name"] == "姓　名"


def test_a_header_over_two_lines_is_one_header() -> None:
    def merge(sheet: Worksheet) -> None:
        for cells in ("A1:A2", "B1:B2", "C1:C2", "D1:E1"):
            sheet.merge_cells(cells)

    table = read_table(
        workbook([["姓名", "性别", "学校", "监护人"], ["", "", "", "姓名", "电话"], ["甲", "男", "一小", "乙", 5]], change=merge), HEADERS
    )

    assert table.headers == ["姓名", "性别", "学校", "姓名", "电话"]
    assert table.rows[0].cells == {"name": "甲", "sex": "男", "school": "一小", "phone": 5.0}


def test_a_value_merged_downwards_holds_for_each_row() -> None:
    lines = [HEADER, [1, "甲", "男", "", "一小"], [2, "乙", "女"], [3, "丙", "女", "", "二小"], [], ["合计"]]

    table = read_table(workbook(lines, change=lambda sheet: (sheet.merge_cells("E2:E3"), sheet.merge_cells("E4:E5"))), HEADERS)

    assert [(row.number, row.cells["school"]) for row in table.rows] == [(2, "一小"), (3, "一小"), (4, "二小")]
    assert table.skipped == 2  # the empty line stays empty, though a merged cell reaches into it


def test_a_title_merged_over_the_table_changes_nothing() -> None:
    table = read_table(workbook([["花名册"], HEADER, [1, "甲"]], change=lambda sheet: sheet.merge_cells("A1:F1")), HEADERS)

    assert names(table) == [(3, "甲")]


def test_a_formula_is_its_text() -> None:
    table = read_table(workbook([HEADER, ["=ROW()-1", "=1+1", "男", "@x", "#N/A"]]), HEADERS)

    assert table.rows[0].cells == {"name": "=1+1", "sex": "男", "phone": "@x", "school": "#N/A"}


def test_of_two_columns_for_one_field_the_first_filled_counts() -> None:
    table = read_table(workbook([["姓名", "性别", "电话", "联系电话"], ["甲", "男", "", 5], ["乙", "男", 4, 5]]), HEADERS)

    assert [row.cells["phone"] for row in table.rows] == [5.0, 4.0]
    assert table.spelled["phone"] == "电话"


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ([[["随便"], ["姓名", "性别"]]], "没有找到表头"),
        ([[]], "没有找到表头"),
        ([[HEADER, [1, "甲"], HEADER, [2, "乙"]]], "第 3 行又是一行表头"),
    ],
)
def test_no_header_and_two_headers_are_refused(sheets: list[Any], words: str) -> None:
    assert len(read_table(workbook([HEADER, [1, "甲"]]), HEADERS).rows) == 1
    with pytest.raises(Refused, match=words):
        read_table(workbook(*sheets), HEADERS)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html></html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="打不开"):
        read_table(content, HEADERS)
