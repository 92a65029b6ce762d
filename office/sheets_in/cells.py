"""What one cell says: as text, a day, a month, a time of day, a number. No database, no clock."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

Cell = str | int | float | bool | date | datetime | time | timedelta
"""A blank cell is the empty text."""

_EPOCH = date(1899, 12, 30)  # day 0 of the spreadsheet programs' serial numbers
_SERIALS = range(10_000, 73_051)  # 1927 to 2100
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff\ud800-\udfff]")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_DAY = (
    re.compile(r"((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})"),
    re.compile(r"((?:19|20)\d\d)(年)(\d{1,2})月(\d{1,2})日?"),
    re.compile(r"((?:19|20)\d\d)()(\d\d)(\d\d)"),
)
_MONTH = re.compile(r"((?:19|20)\d\d)(?:[-/.年](\d{1,2})月?|(\d\d))")
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0+)?)?$")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")
_NUMBER = re.compile(r"[-+]?\d{1,15}(\.\d{1,15})?")


@dataclass(frozen=True, slots=True)
class Month:
    """A month without a day. `unsure`: a number like 2014.1, which may have been typed 2014.10."""

    year: int
    month: int
    unsure: bool = False

    def may_hold(self, on: date) -> bool:
        return on.year == self.year and (on.month == self.month or (self.unsure and on.month == self.month * 10))


def text(cell: Cell | None) -> str:
    """The cell as typed, without outer spaces and invisible characters; a whole number without its point."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        typed = cell.strip()
        return typed if typed.isprintable() else _UNSEEN.sub("", typed).strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, time):
        return cell.isoformat(timespec="minutes")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def folded(cell: Cell | None) -> str:
    """The text for comparing: full-width characters as half-width, no space anywhere."""
    typed = text(cell)
    if typed.isascii():
        return typed if typed.isalnum() else "".join(typed.split())
    return "".join(unicodedata.normalize("NFKC", typed).split())


def day(cell: Cell | None) -> date | None:
    """2014-03-08, 2014/3/8, 2014.3.8, 20140308, 2014年3月8日, a serial number or a real date; None for all else."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float) and not cell.is_integer():
        return _serial(int(cell)) if 0 < cell < _SERIALS.stop else None
    typed = folded(_MIDNIGHT.sub("", text(cell))).translate(_DASHES)
    for form in _DAY:
        if found := form.fullmatch(typed):
            return _real(int(found[1]), int(found[3]), int(found[4]))
    return _serial(int(typed)) if len(typed) == 5 and typed.isdecimal() else None


def month(cell: Cell | None) -> Month | None:
    """2014.03, 2014-3, 2014/03, 201403, 2014年3月; None for all else."""
    found = _MONTH.fullmatch(folded(cell).translate(_DASHES))
    if found is None or not 1 <= int(found[2] or found[3]) <= 12:
        return None
    value = int(found[2] or found[3])
    return Month(int(found[1]), value, unsure=isinstance(cell, float) and value == 1)


def clock(cell: Cell | None) -> time | None:
    """9:00, 09:00, 9：00, a real time or a fraction of a day, to the second; None for all else."""
    if isinstance(cell, datetime):
        return cell.time().replace(microsecond=0)
    if isinstance(cell, time):
        return _of_seconds(timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second, microseconds=cell.microsecond))
    if isinstance(cell, timedelta):
        return _of_seconds(cell)
    if isinstance(cell, float) and (cell < 1 or (int(cell) in _SERIALS and not cell.is_integer())):
        return _of_seconds(timedelta(days=cell % 1)) if cell >= 0 else None
    found = _CLOCK.fullmatch(folded(cell))
    if found is None or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3] or 0) > 59:
        return None
    return time(int(found[1]), int(found[2]), int(found[3] or 0))


def number(cell: Cell | None) -> Decimal | None:
    """A decimal number of ordinary size; None for all else, also for a blank cell."""
    typed = folded(cell)
    return Decimal(typed) if _NUMBER.fullmatch(typed) else None


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _serial(days: int) -> date | None:
    return _EPOCH + timedelta(days=days) if days in _SERIALS else None


def _of_seconds(since_midnight: timedelta) -> time | None:
    seconds = round(since_midnight.total_seconds())
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60) if 0 <= seconds < 24 * 3600 else None
