"""When a notice goes out beyond the product, how often it is tried, and what is said. Source: docs/rules.md, "Messages"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
QUIET_FROM, QUIET_UNTIL = time(21), time(7)
NEVER_QUIET = frozenset({"incident"})

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
TRIED_FOR = timedelta(days=1)
LEASE = timedelta(minutes=5)  # a sender ends within one
STALE_AFTER = timedelta(days=3)
NUMBER = re.compile(r"\d{11,}[Xx]?")  # of a telephone, of a person


class State(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNSURE = "unsure"
    UNDELIVERABLE = "undeliverable"
    DROPPED = "dropped"


STATE_WORDS = {
    State.WAITING: "等待发送",
    State.SENDING: "正在发送",
    State.SENT: "已发送",
    State.UNSURE: "不确定",
    State.UNDELIVERABLE: "没有送达",
    State.DROPPED: "不再需要",
}
STATE_TONES = {
    State.WAITING: "plan",
    State.SENDING: "plan",
    State.SENT: "good",
    State.UNSURE: "warm",
    State.UNDELIVERABLE: "late",
    State.DROPPED: "",
}


def is_quiet(at: datetime) -> bool:
    """From 21:00 to before 07:00 in Beijing."""
    clock = at.astimezone(ZONE).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def due_at(kind: str, at: datetime) -> datetime:
    """The moment itself, or the next 07:00 where it falls into the quiet hours and can wait."""
    if kind in NEVER_QUIET or not is_quiet(at):
        return at
    local = at.astimezone(ZONE)
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return datetime.combine(day, QUIET_UNTIL, ZONE)


def next_try(*, attempts: int, notice_at: datetime, at: datetime) -> datetime | None:
    """When to try again after so many attempts: 1 minute, doubling, at most an hour; None a day after the notice was due out."""
    if at - notice_at >= TRIED_FOR:
        return None
    return at + min(FIRST_WAIT * (1 << min(max(attempts - 1, 0), 10)), LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Part:
    """One notice in a message: its kind in words, its text, its page on this site."""

    kind: str
    text: str
    path: str


def subject(parts: Sequence[Part]) -> str:
    if len(parts) == 1:
        return f"送教系统：{parts[0].kind}"
    return f"送教系统：{len(parts)} 条通知"


def text(parts: Sequence[Part], *, name: str, site: str) -> str:
    """One message for all that is due to a person; a page is linked where the site's own address is known.

    No notice holds a person's number; should one ever, it does not leave the house.
    """
    lines = [f"{name}，您好："]
    for number, part in enumerate(parts, start=1):
        mark = f"{number}. " if len(parts) > 1 else ""
        lines += ["", f"{mark}【{part.kind}】{NUMBER.sub('（号码）', part.text)}"]
        if site and part.path:
            lines.append(f"{site}{part.path}")
    closing = "这是系统自动发出的消息，请不要回复。要哪些提醒、发到哪里，可以在系统的“通知 → 提醒方式”里更改。"
    return "\n".join([*lines, "", closing, ""])
