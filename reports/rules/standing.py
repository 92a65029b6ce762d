"""How a school's month stands, in words: for the bureau, which sees what was filed. Source: docs/rules.md, "The monthly submission"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Stand(StrEnum):
    """What the bureau reads of a school's month, in the order in which it wants attention."""

    SUBMITTED = "submitted"
    LATE = "late"
    OPEN = "open"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    NOT_ASKED = "not_asked"


STAND_WORDS = {
    Stand.SUBMITTED: ("待审核", "plan"),
    Stand.LATE: ("逾期", "late"),
    Stand.OPEN: ("未上报", "warm"),
    Stand.RETURNED: ("已退回", "late"),
    Stand.ACCEPTED: ("已通过", "good"),
    Stand.NOT_ASKED: ("不在本系统上报", ""),
}
"""The word of each, and its tone."""

_FILED = {
    "submitted": Stand.SUBMITTED,
    "returned": Stand.RETURNED,
    "superseded": Stand.RETURNED,
    "accepted": Stand.ACCEPTED,
}
FILED_WORDS = {state: STAND_WORDS[stand] for state, stand in _FILED.items()}
"""The same by the state of a submission."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What was filed of a month: the state of its latest version, and what marks it."""

    state: str
    version: int = 1
    is_nil: bool = False
    is_auto: bool = False
    is_late: bool = False  # the first version came after the deadline


def stand_of(filed: Filed | None, *, deadline: datetime, at: datetime, is_asked: bool = True) -> Stand:
    """Without anything filed a month is open until its deadline and late from then on."""
    if filed is not None:
        return _FILED[filed.state]
    if not is_asked:
        return Stand.NOT_ASKED
    return Stand.LATE if at >= deadline else Stand.OPEN


def marks_of(filed: Filed | None) -> tuple[str, ...]:
    """零报告, 到期自动报送（学校未确认）, 逾期上报, 已重新打开, 第 2 版: what stands beside the state."""
    if filed is None:
        return ()
    marks = (
        ("零报告", filed.is_nil),
        ("到期自动报送（学校未确认）", filed.is_auto),
        ("逾期上报", filed.is_late and not filed.is_auto),
        ("已重新打开", filed.state == "superseded"),
        (f"第 {filed.version} 版", filed.version > 1),
    )
    return tuple(word for word, holds in marks if holds)


def time_left(deadline: datetime, *, at: datetime) -> str:
    """`还有 1 天 9 小时`, `还有 40 分钟`, `已过 2 天`: days and hours down, minutes only in the last hour."""
    left = deadline - at
    word, span = ("还有", left) if left > timedelta(0) else ("已过", -left)
    days, hours, minutes = span.days, span.seconds // 3600, span.seconds % 3600 // 60
    if days:
        return f"{word} {days} 天 {hours} 小时" if hours and word == "还有" else f"{word} {days} 天"
    return f"{word} {hours} 小时" if hours else f"{word} {minutes} 分钟"
