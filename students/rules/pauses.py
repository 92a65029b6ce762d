"""When a case may be paused, resumed, or given another team. Source: docs/rules.md, "What is owed".

A pause is half-open: its last day (恢复于) is served again. Each function says why not, or an empty text.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

Span = tuple[date, date | None]  # from, until (not including)


def why_not_pause(starts_on: date, ends_on: date | None, *, served: Span, pauses: Iterable[Span]) -> str:
    if ends_on is not None and ends_on <= starts_on:
        return "恢复的日期要晚于暂停的日期。"
    if not _begins_within(starts_on, served):
        return "暂停的日期不在送教期间。"
    if any(_overlap((starts_on, ends_on), pause) for pause in pauses):
        return "这段时间里已经登记过暂停。"
    return ""


def why_not_resume(on: date, *, pauses: Iterable[Span]) -> str:
    since = next((first for first, last in pauses if last is None), None)
    if since is None:
        return "现在没有暂停。"
    return "" if on > since else "恢复的日期要晚于暂停的日期。"


def why_not_new_team(on: date, *, served: Span) -> str:
    return "" if _begins_within(on, served) else "更换的日期不在送教期间。"


def _begins_within(day: date, served: Span) -> bool:
    first, last = served
    return day >= first and (last is None or day < last)


def _overlap(one: Span, other: Span) -> bool:
    return (one[1] is None or other[0] < one[1]) and (other[1] is None or one[0] < other[1])
