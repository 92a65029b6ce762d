"""A year's public holidays and make-up days, as the State Council announced them (package chinese-calendar)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from chinese_calendar.constants import Holiday, holidays, workdays

from counties.rules.calendar import Span

_NAMES = {holiday.value: holiday.chinese for holiday in Holiday}


class YearUnknown(Exception):
    """The year's arrangement is not in the package; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Announced:
    """Named spans of days off, in order, and the weekend days worked instead."""

    holidays: tuple[tuple[str, Span], ...]
    make_up_days: tuple[date, ...]


def announced(year: int) -> Announced:
    """The arrangement of a calendar year. Raises YearUnknown."""
    days = sorted(day for day in holidays if day.year == year)
    if not days:
        last = max(holidays).year
        raise YearUnknown(f"程序里还没有 {year} 年的放假安排（已有到 {last} 年）。请等国务院办公厅公布后，在这里逐条添加。")
    spans: list[tuple[str, Span]] = []
    for day in days:
        name = _NAMES.get(holidays[day], "")
        if spans and spans[-1][0] == name and spans[-1][1].last + timedelta(days=1) == day:
            spans[-1] = (name, Span(spans[-1][1].first, day))
        else:
            spans.append((name, Span(day, day)))
    return Announced(tuple(spans), tuple(sorted(day for day in workdays if day.year == year)))
