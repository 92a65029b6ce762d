"""Months as addresses, and how a judgement reads on a page. Source: docs/rules.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from office.rules import number_text
from visits.rules.judging import Month, Verdict, Year

FIRST_MONTH = date(2010, 1, 1)
MONTHS_AHEAD = 12
"""How far ahead of today a month can be opened: as far as a plan may reach."""


def month_of(text: str, *, today: date) -> date | None:
    """The first day of `2026-10`; None for what is no month, or one no record can be of."""
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text) or text.startswith("0000"):
        return None
    month = date(int(text[:4]), int(text[5:]), 1)
    return month if FIRST_MONTH <= month <= month_after(today.replace(day=1), MONTHS_AHEAD) else None


def month_after(month: date, steps: int) -> date:
    """The first day of the month so many steps later; earlier for negative steps."""
    number = month.year * 12 + month.month - 1 + steps
    return date(number // 12, number % 12 + 1, 1)


# --- Words of a judgement ---------------------------------------------------------------------------

TONES = {Verdict.MET: "good", Verdict.SHORT: "late", Verdict.ON_TRACK: "plan", Verdict.AT_RISK: "warm", Verdict.NOT_OWED: ""}


class Needing(Protocol):
    """A child's month, as it stands or as it was filed."""

    @property
    def verdict(self) -> str: ...
    @property
    def short_visits(self) -> int: ...
    @property
    def short_lessons(self) -> Decimal | None: ...


def needs_text(month: Needing) -> str:
    """`还差 1 次、3 课时`; empty when nothing is missing."""
    parts = []
    if month.short_visits:
        parts.append(f"{month.short_visits} 次")
    if month.short_lessons:
        parts.append(f"{number_text(month.short_lessons)} 课时")
    return f"{'欠' if month.verdict == Verdict.SHORT else '还差'} {'、'.join(parts)}" if parts else ""


def uncovered(month: Month) -> int:
    """Visits owed that are neither made nor planned."""
    return max(0, month.short_visits - month.planned)


def is_year_at_risk(year: Year) -> bool:
    """The forecast stays below what the year owes; never where one of them is unknown."""
    return year.owed is not None and year.forecast is not None and year.forecast < year.owed


def share_text(share: Fraction | None) -> str:
    """`81%`, rounded down so that 100% means all; a dash where the divisor is 0."""
    return "—" if share is None else f"{share.numerator * 100 // share.denominator}%"


def bar_tone(share: Fraction | None) -> str:
    """How a bar of 实送率 is drawn once the month is over: it asks for attention below four fifths."""
    return "warm" if share is not None and share < Fraction(4, 5) else ""


def since_text(days: int | None) -> str:
    """How long ago the last visit was."""
    if days is None:
        return "还没有送教记录"
    return f"上次送教 {days} 天前" if days else "今天送过"


def polyline(shares: Sequence[Fraction]) -> str:
    """Shares, evenly spaced, as the points of a line in a box 110 by 26; empty with fewer than two."""
    if len(shares) < 2:
        return ""
    step = Fraction(104, len(shares) - 1)
    return " ".join(f"{float(3 + step * n):.1f},{float(23 - 20 * share):.1f}" for n, share in enumerate(shares))
