"""A list goes out as a workbook."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.escape import unescape
from python_calamine import load_workbook

from office import workbook
from office.refusals import Refused
from office.tests.make import make_xlsx
from office.workbook import Cell, Sheet, make_workbook

DANGEROUS = ["=1+1", "=cmd|'/c calc'!A1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "http://x.example", "{=1}"]


def read(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_text_numbers_and_days_come_back_as_they_were_written() -> None:
    row: list[Cell] = [
        "覃小远",
        3,
        2.5,
        Decimal("757.74"),
        date(2026, 10, 28),
        datetime(2026, 10, 28, 1, 30, tzinfo=UTC),
        time(9, 5),
        None,
        "",
        True,
    ]
    sheet = load_workbook(io.BytesIO(make_xlsx(row, headers=("姓名",)))).get_sheet_by_name("花名册")

    assert sheet.to_python(skip_empty_area=False)[1][:7] == [
        "覃小远", 3.0, 2.5, 757.74, date(2026, 10, 28), datetime(2026, 10, 28, 9, 30), time(9, 5),  # noqa: DTZ001
    ]  # fmt: skip
    assert sheet.to_python(skip_empty_area=False)[1][9] == "是"


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_never_becomes_a_formula_or_a_link(text: str) -> None:
    content = make_workbook([Sheet("表", [text], [[text]])])
    page = read(content).active

    for cell in (page["A1"], page["A2"]):
        assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert unescape(page["A2"].value) == text
    assert page["A2"].quotePrefix == (text[0] in "=+-@\t\r")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml").replace(b"<font", b"")


def test_a_formula_would_be_seen_by_these_tests() -> None:
    """The positive control: openpyxl itself makes a formula of the same text."""
    book, output = openpyxl.Workbook(), io.BytesIO()
    book.worksheets[0]["A1"] = "=1+1"
    book.save(output)
    assert read(output.getvalue()).active["A1"].data_type == "f"


def test_an_id_number_keeps_its_last_digits() -> None:
    page = read(make_xlsx([450125201403080007, "450125201403080007"])).active
    assert [page["A2"].value, page["B2"].value] == ["450125201403080007"] * 2


@pytest.mark.parametrize("text", ["\x00\x0b", "\ud800", "a" * 40_000, "😀" * 20_000, "<b>&amp;", "_x000D_"])
def test_any_text_can_be_written(text: str) -> None:
    value = unescape(read(make_xlsx([text])).active["A2"].value)
    assert value
    assert len(value.encode("utf-16-le")) // 2 <= workbook.MAX_TEXT
    assert text.startswith(value[:-1]) or text == "\ud800"


def test_titles_are_made_acceptable_and_distinct() -> None:
    sheets = [Sheet(title, ["a"], []) for title in ("2026/10", "2026:10", "", "很" * 40, "很" * 50, "History")]
    titles = read(make_workbook(sheets)).sheetnames
    assert titles == ["2026 10", "2026 10 2", "Sheet", "很" * 31, "很" * 29 + " 2", "History 2"]


def test_the_header_stays_in_sight_and_columns_fit_what_they_hold() -> None:
    page = read(
        make_workbook([Sheet("表", ["姓名", "住址", "备注"], [["覃", "广西壮族自治区某县某镇某村", "x"]], widths=[0, 0, 33])])
    ).active
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:C2"
    widths = [page.column_dimensions[column].width for column in "ABC"]
    assert widths[0] < 8 < 26 < widths[1]
    assert 33 <= widths[2] < 34


def test_equal_rows_make_equal_bytes() -> None:
    assert make_xlsx(["甲", 1]) == make_xlsx(["甲", 1])
    assert make_xlsx(["甲", 1]) != make_xlsx(["甲", 2])


def test_memory_does_not_grow_with_the_rows() -> None:
    def peak(count: int) -> int:
        rows: Iterator[list[Cell]] = ([f"姓名{number}", number] * 5 for number in range(count))
        tracemalloc.start()
        size = len(make_workbook([Sheet("表", ["列"] * 10, rows)]))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak - 2 * size  # the bytes themselves, and the buffer they are copied from

    assert peak(2_000) < peak(200) + 300_000


def test_more_rows_than_a_sheet_holds_are_refused_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    assert make_xlsx(["a"], ["b"], ["c"])
    with pytest.raises(Refused, match="最多 3 行"):
        make_xlsx(["a"], ["b"], ["c"], ["d"])


def test_nothing_is_left_on_disk(settings: Any) -> None:
    make_xlsx(["甲"])
    with pytest.raises(ZeroDivisionError):
        make_workbook([Sheet("表", ["a"], ([1 / number] for number in (1, 0)))])
    assert list(settings.SCRATCH.iterdir()) == []
