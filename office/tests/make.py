"""Workbooks for tests: good ones, and the kinds people and attackers send instead."""

from __future__ import annotations

import io
import struct
import zipfile

from python_calamine import CalamineWorkbook

from office.workbook import Cell, Sheet, make_workbook


def make_xlsx(*rows: list[Cell], headers: tuple[str, ...] = ("姓名", "备注"), title: str = "花名册") -> bytes:
    return make_workbook([Sheet(title, headers, rows)])


def repack(workbook: bytes, *, change: dict[str, bytes] | None = None, add: dict[str, bytes] | None = None) -> bytes:
    """The workbook with members changed or added."""
    change, output = change or {}, io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change.get(name, source.read(name)))
        for name, content in (add or {}).items():
            target.writestr(name, content)
    return output.getvalue()


def cells_of(workbook: bytes) -> set[str]:
    """All cells of all sheets, as text."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return {str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row}


def make_bomb(megabytes: int) -> bytes:
    """A small workbook whose sheet unpacks to so many megabytes of blanks."""
    blanks = b" " * (megabytes * 1024 * 1024)
    return repack(make_xlsx(["甲", ""]), change={"xl/worksheets/sheet1.xml": b"<worksheet>" + blanks + b"</worksheet>"})


def understate(workbook: bytes, member: str, size: int) -> bytes:
    """The directory and the member's own header claim `size` bytes unpacked; the content stays as long as it is."""
    content = bytearray(workbook)
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        info = archive.getinfo(member)
    struct.pack_into("<I", content, info.header_offset + 22, size)
    entry = content.index(member.encode(), archive.start_dir) - 46
    struct.pack_into("<I", content, entry + 24, size)
    return bytes(content)
