"""How values read on a page or in a sheet: pure words, no database, no clock.

Source: docs/rules.md, "Words on the screen".
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

WEEKDAYS = "一二三四五六日"


def day_text(day: date) -> str:
    """`10月28日 周三`."""
    return f"{day.month}月{day.day}日 周{WEEKDAYS[day.weekday()]}"


def full_day_text(day: date) -> str:
    """`2026年10月28日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def month_text(month: date) -> str:
    """`2026年10月`."""
    return f"{month.year}年{month.month}月"


def number_text(number: Decimal | float) -> str:
    """Without needless zeros: 3, 2.5, never 3.0."""
    return f"{Decimal(str(number)).normalize():f}"


def masked_name(name: str) -> str:
    """`覃××`: the first character, whatever the length of the rest."""
    return f"{name[0]}××" if name else ""


def masked_number(number: str) -> str:
    """`****************07`: at most the last two characters; a number too short for that shows none."""
    shown = number[-2:] if len(number) > 4 else ""
    return "*" * (len(number) - len(shown)) + shown
