"""Verdicts as pure functions on frozen values. Source: docs/rules.md."""

from reports.rules.balance import Balance, made_good
from reports.rules.reading import (
    TONES,
    bar_tone,
    is_year_at_risk,
    month_after,
    month_of,
    needs_text,
    polyline,
    share_text,
    since_text,
    uncovered,
)
from visits.rules.asking import QUESTIONS

__all__ = [
    "QUESTIONS",
    "TONES",
    "Balance",
    "bar_tone",
    "is_year_at_risk",
    "made_good",
    "month_after",
    "month_of",
    "needs_text",
    "polyline",
    "share_text",
    "since_text",
    "uncovered",
]
