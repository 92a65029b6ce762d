"""The table in a workbook: which sheet, which line is the header, which lines are rows."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import python_calamine as calamine

from office.refusals import Refused
from office.sheets_in.cells import Cell, folded, text

Headers = Mapping[str, tuple[str, ...]]
"""Field → the names its column may bear, the usual one first."""

NOTES = ("合计", "总计", "小计", "注", "说明", "填表人")
"""How the first filled cell of a line begins that is no row of the table."""

MOST_ROWS = 100_000
_OBLIGATORY = re.compile(r"^\*+|\*+$|\(必填\)$")  # marks that templates put on a header
_TYPED_OR_BROKEN = (b"</f>", b":f>", b't="e"')  # how a formula (with or without a prefix) ends, and an error value begins

Line = list[Cell]
Block = tuple[tuple[int, int], tuple[int, int]]  # merged cells: first and last (line, column), both included


class Row(NamedTuple):
    """One row: `cells` by field, blank ones left out; `values` the whole line in the order of the columns."""

    number: int  # as the spreadsheet program shows it
    cells: dict[str, Cell]
    values: Line


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a sheet in their order, and how it spells its headers."""

    headers: list[str]  # of every column, also of those nobody asked for
    spelled: dict[str, str]  # field → header, for the fields the sheet has
    rows: list[Row]
    skipped: int  # empty, total and note lines between the header and the last filled line


@dataclass(frozen=True, slots=True)
class _Known:
    """The headers looked for: name → field, and the field without which no line is a header."""

    fields: dict[str, str]
    anchor: str
    ends: str  # the last characters of the anchor's names: a line without any of them is soon known to be no header

    @classmethod
    def of(cls, headers: Headers, anchor: str) -> _Known:
        fields = {name: field for field, names in headers.items() for name in names}
        return cls(fields, anchor, "".join({name[-1] for name in headers[anchor]}))

    def field(self, cell: Cell) -> str | None:
        return self.fields.get(_OBLIGATORY.sub("", folded(cell))) if isinstance(cell, str) and 0 < len(cell) <= 40 else None

    def is_header(self, line: Sequence[Cell]) -> bool:
        if not self._may_be_header(line):
            return False
        found = {self.field(cell) for cell in line} - {None}
        return self.anchor in found and len(found) >= 3

    def _may_be_header(self, line: Sequence[Cell]) -> bool:
        for end in self.ends:
            for cell in line:
                if cell.__class__ is str and end in cell:
                    return True
        return False


def read_table(content: bytes, headers: Headers, *, anchor: str = "name") -> Table:
    """The table of the first sheet with a header row: one that names the `anchor` field and two more.

    Raises Refused when the file is no readable workbook, no sheet has such a row, or that sheet has two.
    """
    known = _Known.of(headers, anchor)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for title in book.sheet_names:
            sheet = book.get_sheet_by_name(title)
            lines: list[Line] = sheet.to_python(skip_empty_area=False)
            top = next((at for at, line in enumerate(lines) if known.is_header(line)), None)
            if top is not None:
                return _table(lines, top, sheet.merged_cell_ranges or [], known, content, title)
    except calamine.PasswordError as locked:
        raise Refused("文件有密码。请去掉密码，另存后再传。") from locked
    except (calamine.CalamineError, OSError, ValueError) as broken:
        raise Refused("文件打不开，不是完好的表格。请用表格软件另存为 .xlsx 后再传。") from broken
    raise Refused(f"没有找到表头：应有一行写着“{headers[anchor][0]}”和另外至少两个认识的列名。")


def _table(lines: list[Line], top: int, merged: list[Block], known: _Known, content: bytes, title: str) -> Table:
    bottom = _header_ends(lines[top], top, merged, known)
    if len(lines) - bottom > MOST_ROWS:
        raise Refused(f"表格超过 {MOST_ROWS} 行，请分成几份。")
    names = _header_names(lines[top : bottom + 1], known)
    columns = [(at, field) for at, name in enumerate(names) if (field := known.field(name))]
    kept, skipped = _rows(lines, bottom + 1, [at for at, _ in columns], known)
    _fill_down(lines, [block for block in merged if block[0][0] > bottom])
    _put_what_was_typed(lines, content, title)
    leftwards = columns[::-1]
    return Table(
        headers=names,
        spelled={field: names[at] for at, field in reversed(columns)},
        rows=[Row(at + 1, _by_field(lines[at], leftwards), lines[at]) for at in kept],
        skipped=skipped,
    )


def _header_ends(line: Line, top: int, merged: list[Block], known: _Known) -> int:
    """The last line of the header: where the cell of the anchor's name, if merged downwards, ends."""
    anchors = {at for at, cell in enumerate(line) if known.field(cell) == known.anchor}
    return max((last for (first, column), (last, _) in merged if first == top and column in anchors), default=top)


def _header_names(block: list[Line], known: _Known) -> list[str]:
    """A header of several lines, merged downwards where it needs only one: the upper name counts if it is known."""
    names = []
    for column in zip(*block, strict=True):
        said = [text(cell) for cell in column if text(cell)]
        names.append(next((name for name in said if known.field(name)), said[-1] if said else ""))
    return names


def _rows(lines: list[Line], start: int, columns: list[int], known: _Known) -> tuple[list[int], int]:
    """The positions of the rows, and how many lines before the last filled one are none."""
    kept, skipped, blank = [], 0, 0
    for at in range(start, len(lines)):
        line = lines[at]
        if known.is_header(line):
            raise Refused(f"第 {at + 1} 行又是一行表头。一张表只能有一行表头，请删去多余的或分成几份。")
        if _is_note(line):
            skipped, blank = skipped + blank + 1, 0
        elif any(_is_filled(line[column]) for column in columns):
            kept.append(at)
            skipped, blank = skipped + blank, 0
        else:
            blank += 1
    return kept, skipped


def _is_filled(cell: Cell) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else True


def _is_note(line: Line) -> bool:
    for cell in line:
        if _is_filled(cell):
            return isinstance(cell, str) and not cell.isascii() and folded(cell).startswith(NOTES)
    return False


def _fill_down(lines: list[Line], merged: Iterable[Block]) -> None:
    """What stands in cells merged downwards holds for each of their lines."""
    for (first, column), (last, _) in merged:
        for at in range(first + 1, min(last + 1, len(lines))):
            lines[at][column] = lines[first][column]


def _put_what_was_typed(lines: list[Line], workbook: bytes, title: str) -> None:
    """Puts the text of formulas where the reader gave their results, and of error values where it gave nothing."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        contents = (parts.read(name) for name in sheets)
        if not any(mark in content for content in contents for mark in _TYPED_OR_BROKEN):
            return
    import openpyxl  # few sheets need it, and it is slow to load

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheet = openpyxl.load_workbook(io.BytesIO(workbook), read_only=True)[title]
        sheet.reset_dimensions()
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.data_type in ("f", "e"):
                    _put(lines, int(cell.row or 0), int(cell.column or 0), str(getattr(cell.value, "text", cell.value)))


def _put(lines: list[Line], row: int, column: int, typed: str) -> None:
    """Beyond the last filled cell nothing is put: there only prepared formulas stand."""
    if row <= len(lines) and column <= len(lines[row - 1]):
        lines[row - 1][column - 1] = typed


def _by_field(line: Line, columns: list[tuple[int, str]]) -> dict[str, Cell]:
    """The filled cells, `columns` being in their order from the right: where two bear names of one field, the first filled one counts."""
    return {field: cell for at, field in columns if (cell := line[at]) != "" and not (cell.__class__ is str and cell.isspace())}
