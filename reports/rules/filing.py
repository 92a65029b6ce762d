"""Filing a month: until when, by which steps, and which records are in it. Source: docs/rules.md, "The monthly submission".

Days and midnights are Beijing's, whatever zone a moment comes in.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")

DECLARATION = "本校确认：以上送教情况和所附材料属实，每次送教只上报一次。"


# --- Until when ----------------------------------------------------------------------------------------


def due_on(month: date, due_day: int) -> date:
    """The last day on time: that day of the month itself, or its last one where it has no such day."""
    return month.replace(day=min(due_day, monthrange(month.year, month.month)[1]))


def late_from(month: date, due_day: int) -> datetime:
    """The midnight that ends the last day: the first moment that is late."""
    return datetime.combine(due_on(month, due_day) + timedelta(days=1), time(), tzinfo=BEIJING)


def deadline(month: date, due_day: int) -> datetime:
    """The last second on time: 23:59:59 of the day."""
    return late_from(month, due_day) - timedelta(seconds=1)


def is_late(first_submitted_at: datetime, month: date, due_day: int) -> bool:
    """Only the first time counts: a return and what follows change nothing about it."""
    return first_submitted_at >= late_from(month, due_day)


# --- Which step ----------------------------------------------------------------------------------------


class Step(StrEnum):
    REFRESH = "refresh"
    CONFIRM = "confirm"
    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"
    REOPEN = "reopen"


FROM: Mapping[Step, str] = {
    Step.REFRESH: "draft",
    Step.CONFIRM: "draft",
    Step.SUBMIT: "draft",
    Step.RETURN: "submitted",
    Step.ACCEPT: "submitted",
    Step.REOPEN: "accepted",
}
STANDS = {
    "draft": "这个月的月报还没有上报。",
    "submitted": "这个月的月报已经上报，正等县局审核。",
    "returned": "这份月报已经退回，学校正在补正。",
    "accepted": "这个月的月报已经通过。",
    "superseded": "这份月报已经重新打开。",
}
MOVED_ON = "您打开页面之后，这个月的月报有了新的版本。请刷新页面，看过再办。"


def why_not(step: Step, state: str, *, version: int, shown: int) -> str:
    """Why a submission that stands so cannot take the step, in words; empty when it can. `shown` is the version the person saw."""
    if state != FROM[step]:
        return STANDS[state]
    return MOVED_ON if version != shown else ""


def why_no_month(month: date, reports_from: date | None, *, today: date) -> str:
    """Why a school files nothing of a month at all."""
    if reports_from is not None and month < reports_from:
        return f"本校从 {reports_from.year} 年 {reports_from.month} 月起在本系统上报。"
    return "这个月还没有开始。" if month > today else ""


# --- Which records -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that is in no submission."""

    on: date
    state: str  # of its visit
    present: bool

    @property
    def month(self) -> date:
        return self.on.replace(day=1)

    @property
    def is_delivered(self) -> bool:
        """Somebody came and the child was there, whatever it was for."""
        return self.state == "done" and self.present


def takes(record: Candidate, month: date, *, reports_from: date | None, waiting: Collection[date]) -> bool:
    """Whether the submission of `month` takes a record.

    Its own month's: all that happened, also in vain. Of earlier months: what was delivered and in no submission (补报),
    except months that are `waiting`, which were returned or reopened and take their own again.
    """
    if record.state not in ("done", "missed"):
        return False
    if record.month == month:
        return True
    if record.month > month or (reports_from is not None and record.month < reports_from):
        return False
    return record.is_delivered and record.month not in waiting


def waiting_months(states: Iterable[tuple[date, int, str]]) -> frozenset[date]:
    """Months that were filed and have to be again, from (month, version, state) of a school's submissions."""
    latest: dict[date, tuple[int, str]] = {}
    for month, version, state in states:
        latest[month] = max(latest.get(month, (0, "")), (version, state))
    return frozenset(
        m for m, (version, state) in latest.items() if state in ("returned", "superseded") or (state == "draft" and version > 1)
    )
