"""The maker of xlsx: rows in, the bytes of a workbook out, in memory that does not grow with the rows.

Text stays text. A cell that begins with = + - @ tab or CR also carries Excel's own mark of text
(quotePrefix), so it stays text when somebody edits it; its value is not altered, so that a sheet
can be corrected and read again.
"""

from __future__ import annotations

import io
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

import xlsxwriter
from django.conf import settings
from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from office.refusals import Refused

Cell = str | int | float | Decimal | date | datetime | time | None

MAX_ROWS = 1_048_575  # of a sheet, below its header
MAX_TEXT = 32_767  # UTF-16 units in a cell
_EXACT = 10**15  # a spreadsheet keeps 15 digits of a number
_DANGEROUS = "=+-@\t\r"
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 — a fixed moment: equal sheets make equal bytes
_FIRST_DAY = date(1900, 3, 1)  # spreadsheets disagree about earlier days


@dataclass(frozen=True)
class Sheet:
    """One sheet. `rows` may be a generator, read once; `widths` in characters, guessed where absent or 0."""

    title: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[float] = ()


def make_workbook(sheets: Iterable[Sheet]) -> bytes:
    """The bytes of an xlsx; equal sheets give equal bytes. Raises Refused past a sheet's last possible row."""
    output = io.BytesIO()
    with tempfile.TemporaryDirectory(dir=settings.SCRATCH) as scratch:
        workbook = xlsxwriter.Workbook(
            output,
            {
                "constant_memory": True,
                "tmpdir": scratch,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "remove_timezone": True,
            },
        )
        workbook.set_properties({"created": _EPOCH})
        styles = _Styles(workbook)
        titles: set[str] = set()
        for sheet in sheets:
            _write_sheet(workbook.add_worksheet(_title(sheet.title, titles)), sheet, styles)
        workbook.close()
    return output.getvalue()


class _Styles:
    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self.header: Format = workbook.add_format({"bold": True, "bg_color": "#EEF2F1", "bottom": 1, "valign": "top", "text_wrap": True})
        self.text: Format = workbook.add_format({"num_format": "@"})
        self.marked_text: Format = workbook.add_format({"num_format": "@", "quote_prefix": True})
        self.day: Format = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.moment: Format = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.time: Format = workbook.add_format({"num_format": "hh:mm"})


def _write_sheet(page: Worksheet, sheet: Sheet, styles: _Styles) -> None:
    widths = [_width(title) for title in sheet.headers]
    for column, title in enumerate(sheet.headers):
        page.write_string(0, column, title, styles.header)
    number = 0
    for number, row in enumerate(sheet.rows, start=1):
        if number > MAX_ROWS:
            raise Refused(f"一张表最多 {MAX_ROWS} 行，请缩小范围后再导出。")
        for column, value in enumerate(row):
            _write_cell(page, number, column, value, styles)
        if number <= 200:
            widths = _widened(widths, row)
    for column, width in enumerate(widths):
        given = sheet.widths[column] if column < len(sheet.widths) else 0
        page.set_column(column, column, given or min(max(width + 2, 6), 48))
    if sheet.headers:
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, number, len(sheet.headers) - 1)
        page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)


def _write_cell(page: Worksheet, row: int, column: int, value: Cell, styles: _Styles) -> None:
    if isinstance(value, str):
        if value:
            page.write_string(row, column, _writable(value), styles.marked_text if value[0] in _DANGEROUS else styles.text)
    elif value is None:
        return
    elif isinstance(value, bool):
        page.write_string(row, column, "是" if value else "否", styles.text)
    elif isinstance(value, datetime):
        page.write_datetime(row, column, timezone.localtime(value) if timezone.is_aware(value) else value, styles.moment)
    elif isinstance(value, date):
        if value >= _FIRST_DAY:
            page.write_datetime(row, column, value, styles.day)
        else:
            page.write_string(row, column, value.isoformat(), styles.text)
    elif isinstance(value, time):
        page.write_datetime(row, column, value, styles.time)
    elif -_EXACT < value < _EXACT:
        page.write_number(row, column, value)
    else:  # also infinity and NaN: no number a spreadsheet could keep
        page.write_string(row, column, str(value), styles.marked_text)


def _writable(text: str) -> str:
    """Text as XML and a cell can hold it: lone surrogates replaced, the overlong cut with an ellipsis."""
    if len(text) <= MAX_TEXT // 2:  # however many units a character takes
        try:
            text.encode()
        except UnicodeEncodeError:
            return text.encode("utf-8", "replace").decode()
        return text
    if len(text.encode("utf-16-le", "replace")) // 2 > MAX_TEXT:
        text = text.encode("utf-16-le", "replace")[: 2 * (MAX_TEXT - 1)].decode("utf-16-le", "ignore") + "…"
    return text.encode("utf-8", "replace").decode()


def _widened(widths: list[int], row: Sequence[Cell]) -> list[int]:
    found = [_width(value) for value in row]
    longest = max(len(widths), len(found))
    return [max(a, b) for a, b in zip(_padded(widths, longest), _padded(found, longest), strict=True)]


def _padded(widths: list[int], length: int) -> list[int]:
    return widths + [0] * (length - len(widths))


def _width(value: Cell) -> int:
    """How many columns of a terminal the longest line of a cell takes; Chinese characters take two."""
    if value is None:
        return 0
    if not isinstance(value, str):
        return 16 if isinstance(value, datetime) else 10
    return max(
        (sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line) for line in value[:400].splitlines()), default=0
    )


def _title(wanted: str, taken: set[str]) -> str:
    """A title Excel accepts: no []:*?/\\, at most 31 characters, not yet taken whatever its case."""
    base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", wanted).strip(" '") or "Sheet"
    title, number = base[:31].strip(" '"), 1
    while title.casefold() in taken or title.casefold() == "history":
        number += 1
        suffix = f" {number}"
        title = base[: 31 - len(suffix)] + suffix
    taken.add(title.casefold())
    return title
