"""How an address outside the product is proven to be the person's own. Source: docs/rules.md, "Messages"."""

from __future__ import annotations

from datetime import datetime, timedelta

DIGITS = 6
VALID = timedelta(minutes=30)
TRIES = 5
BETWEEN = timedelta(minutes=1)
CODES_A_DAY = 5


def why_no_code(*, sent_at: datetime | None, sent_today: int, at: datetime) -> str:
    """Why no further code is sent now, or an empty text: nobody's mailbox is filled from here."""
    if sent_today >= CODES_A_DAY:
        return f"今天已经发过 {CODES_A_DAY} 次确认码，请明天再试。"
    if sent_at and at - sent_at < BETWEEN:
        return "确认码刚刚发出，请过一分钟再试。"
    return ""


def why_not_tried(*, sent_at: datetime | None, tries: int, at: datetime) -> str:
    """Why a code is not even looked at, or an empty text."""
    if sent_at is None:
        return "还没有发过确认码，请先发送。"
    if at - sent_at >= VALID:
        return "确认码已经过期，请重新发送。"
    if tries >= TRIES:
        return "输错太多次，请重新发送确认码。"
    return ""
