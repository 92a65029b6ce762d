"""When a guardian's word may be written down, and how it stands. Source: docs/rules.md, "Photos and confirmations"."""

from __future__ import annotations

from datetime import date

TEXT_VERSION = "2026-1"
"""The version of the text that guardians are given to read; a new text gets a new one."""


def why_not_recorded(starts_on: date, *, given_by: str, today: date, withdrawn_on: date | None) -> str:
    """Why a yes or a no of that day is not written down, or an empty text. `withdrawn_on`: when the last yes was taken back."""
    if not given_by.strip():
        return "请填签字人。"
    if starts_on > today:
        return "签字日期不能晚于今天。"
    if withdrawn_on is not None and starts_on < withdrawn_on:
        return f"监护人 {withdrawn_on:%Y-%m-%d} 撤回过同意，要用那天或以后重新签的字。"
    return ""


def why_not_withdrawn(on: date, *, given_on: date | None, today: date) -> str:
    """`given_on`: the day of the yes in force; none: there is nothing to take back."""
    if given_on is None:
        return "没有可以撤回的同意。"
    if on > today:
        return "撤回日期不能晚于今天。"
    return "撤回日期不能早于签字日期。" if on < given_on else ""
