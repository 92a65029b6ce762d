"""Delivered, met, forecast and flags, for what happened. Source: docs/rules.md, "Judging a month".

Pure: facts come in as frozen values, and a moment is always an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from counties.rules import PolicyTerms, Span

BEYOND_THE_TEAM = frozenset({"hospital", "away", "weather"})
"""Reasons for a missed visit that 可控实送率 takes out of what was owed."""


class Verdict(StrEnum):
    MET = "met"
    SHORT = "short"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    NOT_OWED = "not_owed"


VERDICT_WORDS = {
    Verdict.MET: "已达标",
    Verdict.SHORT: "欠课",
    Verdict.ON_TRACK: "进行中",
    Verdict.AT_RISK: "可能欠课",
    Verdict.NOT_OWED: "本月不要求",
}


class Flag(StrEnum):
    TOO_FEW_STAFF = "too_few_staff"
    OUTSIDE_DAYTIME = "outside_daytime"
    OVERLAP = "overlap"
    SHORT_DURATION = "short_duration"
    REMOTE_SHARE = "remote_share"
    REPEATED_TEXT = "repeated_text"
    TOO_FEW_PHOTOS = "too_few_photos"
    REUSED_PHOTO = "reused_photo"
    PHOTO_OTHER_DAY = "photo_other_day"
    UNCONFIRMED = "unconfirmed"
    LATE_RECORD = "late_record"
    CLOCK_SKEW = "clock_skew"
    SIMILAR_PHOTO = "similar_photo"


FLAG_WORDS = {
    Flag.TOO_FEW_STAFF: "送教人员不足两人",
    Flag.OUTSIDE_DAYTIME: "不在白天时段",
    Flag.OVERLAP: "时间与另一次送教重叠",
    Flag.SHORT_DURATION: "时长少于课时",
    Flag.REMOTE_SHARE: "远程占比较高",
    Flag.REPEATED_TEXT: "记录内容与另一次相同",
    Flag.TOO_FEW_PHOTOS: "照片不足",
    Flag.REUSED_PHOTO: "照片与另一次相同",
    Flag.PHOTO_OTHER_DAY: "照片不是当天拍摄",
    Flag.UNCONFIRMED: "家长尚未确认",
    Flag.LATE_RECORD: "补录较晚",
    Flag.CLOCK_SKEW: "手机时间不准",
    Flag.SIMILAR_PHOTO: "照片与另一次很像",
}

STAYING = frozenset({Flag.SIMILAR_PHOTO})
"""Asked of the teacher and the school; no part of what is reported of a month."""


Key = str
"""An id as the database writes it: a month compares tens of thousands, and texts compare faster than UUIDs."""


class Fact(NamedTuple):
    """One child's share of a visit that has happened, or is planned (`state`), as a sheet or a page recorded it."""

    visit_id: Key
    student_id: Key
    school_id: Key
    on: date
    starts_at: datetime  # in the county's time
    ends_at: datetime
    mode: str
    state: str
    counts: bool  # its purpose is one that the policy counts
    present: bool
    reason: str
    lessons: Decimal
    repeated: bool  # its teaching text stands in another delivered visit of the child


def credited(lessons: Decimal, terms: PolicyTerms) -> Decimal:
    """Recorded lessons, at most twice what a visit is to give; uncapped where that is unknown."""
    return lessons if terms.lessons_per_visit is None else min(lessons, 2 * terms.lessons_per_visit)


def is_delivered(fact: Fact, terms: PolicyTerms) -> bool:
    return fact.state == "done" and fact.present and fact.counts and credited(fact.lessons, terms) > 0


def is_missed(fact: Fact) -> bool:
    """A child-visit that found nobody: the whole visit, or this child of a group."""
    return fact.state == "missed" or (fact.state == "done" and not fact.present)


# --- A child's month -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Month:
    """A child's month as it stands at a moment; None where the policy does not say."""

    owed: int
    delivered: int
    planned: int
    missed: int
    reachable: int  # what was owed less the visits missed through nobody's fault, never below what was done
    lessons: Decimal
    short_visits: int
    short_lessons: Decimal | None
    surplus_lessons: Decimal | None
    verdict: Verdict
    flags: tuple[Flag, ...]

    @property
    def fulfilled(self) -> int:
        """Visits of what was owed that were made; a surplus of one week pays for no other."""
        return self.owed - self.short_visits

    @property
    def surplus_visits(self) -> int:
        return self.delivered - self.fulfilled


class PeriodFacts(NamedTuple):
    """What one child had in one period (the month, or one of its weeks)."""

    owed: int
    delivered: int
    planned: int


def judge(
    periods: Sequence[PeriodFacts],
    *,
    lessons: Decimal,
    missed: int,
    excused: int,
    flags: Iterable[Flag],
    terms: PolicyTerms,
    is_over: bool,
) -> Month:
    """The verdict of a month from its periods. `excused` counts the missed visits of BEYOND_THE_TEAM."""
    owed, delivered, planned = (sum(column) for column in zip(*periods, strict=True))
    short_visits = sum(max(0, period.owed - period.delivered) for period in periods)
    over = None if terms.lessons_per_visit is None else lessons - owed * terms.lessons_per_visit
    short_lessons = None if over is None else max(Decimal(0), -over)
    return Month(
        owed=owed,
        delivered=delivered,
        planned=planned,
        missed=missed,
        reachable=max(owed - short_visits, owed - excused),
        lessons=lessons,
        short_visits=short_visits,
        short_lessons=short_lessons,
        surplus_lessons=None if over is None else max(Decimal(0), over),
        verdict=_verdict(periods, short_visits, short_lessons, lessons=lessons, terms=terms, is_over=is_over),
        flags=tuple(sorted(set(flags))),
    )


def _verdict(
    periods: Sequence[PeriodFacts],
    short_visits: int,
    short_lessons: Decimal | None,
    *,
    lessons: Decimal,
    terms: PolicyTerms,
    is_over: bool,
) -> Verdict:
    if not any(period.owed for period in periods):
        return Verdict.NOT_OWED
    if short_visits == 0 and not short_lessons:
        return Verdict.MET
    if is_over:
        return Verdict.SHORT
    return Verdict.ON_TRACK if _is_covered(periods, short_lessons, terms) else Verdict.AT_RISK


def _is_covered(periods: Sequence[PeriodFacts], short_lessons: Decimal | None, terms: PolicyTerms) -> bool:
    """What is planned makes good every missing visit of its own period, and every missing lesson."""
    if any(period.delivered + period.planned < period.owed for period in periods):
        return False
    still_to_come = sum(period.planned for period in periods) * (terms.lessons_per_visit or 0)
    return not short_lessons or still_to_come >= short_lessons


@dataclass(frozen=True, slots=True)
class Year:
    """A child's school year in lessons at a moment; None where the policy does not say."""

    owed: int | None
    delivered: Decimal
    forecast: Decimal | None
    gap: int | None  # lessons to make up even if every month is met
    missing_visits: int
    latest_safe_on: date | None


def forecast(delivered: Decimal, planned: int, terms: PolicyTerms) -> Decimal | None:
    """Lessons the year will reach; unknown when visits are planned whose lessons the policy does not say."""
    if planned == 0:
        return delivered
    return None if terms.lessons_per_visit is None else delivered + planned * terms.lessons_per_visit


# --- Flags: questions, never accusations -------------------------------------------------------------


class Team(NamedTuple):
    """How many went, and how many of them are teachers."""

    people: int
    teachers: int


def visit_flags(fact: Fact, team: Team, *, overlaps: bool, terms: PolicyTerms) -> Iterable[Flag]:
    """The flags of one delivered visit of one child."""
    if fact.mode != "remote" and (team.people < terms.min_staff or team.teachers == 0):
        yield Flag.TOO_FEW_STAFF
    if is_outside_daytime(fact.starts_at.time(), fact.ends_at.time(), terms):
        yield Flag.OUTSIDE_DAYTIME
    if overlaps:
        yield Flag.OVERLAP
    if is_short(fact.starts_at, fact.ends_at, fact.lessons, terms):
        yield Flag.SHORT_DURATION
    if fact.repeated:
        yield Flag.REPEATED_TEXT


def is_outside_daytime(start: time, end: time, terms: PolicyTerms) -> bool:
    return start < terms.day_start or end > terms.day_end


def is_short(starts_at: datetime, ends_at: datetime, lessons: Decimal, terms: PolicyTerms) -> bool:
    """Less than three quarters of the time that the recorded (not the credited) lessons take."""
    minutes = (ends_at - starts_at) / timedelta(minutes=1)
    return 4 * minutes < 3 * float(lessons) * terms.lesson_minutes


def is_mostly_remote(remote: int, delivered: int, terms: PolicyTerms) -> bool:
    if terms.remote_max_share is None or delivered == 0:
        return False
    return Fraction(remote, delivered) > Fraction(terms.remote_max_share)


# --- Sums over children ----------------------------------------------------------------------------


def rate(months: Iterable[Month]) -> Fraction | None:
    """实送率: one child's surplus never hides another's shortfall. None where nothing is owed."""
    months = list(months)
    owed = sum(month.owed for month in months)
    return Fraction(sum(month.fulfilled for month in months), owed) if owed else None


def reachable_rate(months: Iterable[Month]) -> Fraction | None:
    """可控实送率: the same over what was owed less the visits missed for 住院, 外出 and 道路天气."""
    months = list(months)
    reachable = sum(month.reachable for month in months)
    return Fraction(sum(month.fulfilled for month in months), reachable) if reachable else None


def workload(visits: int, missed: int, terms: PolicyTerms) -> Decimal | None:
    """Lessons of workload for outings with a child present and outings that found nobody."""
    if terms.workload_lessons_per_visit is None:
        return None
    return terms.workload_lessons_per_visit * (visits + missed * terms.missed_visit_workload)


def period_of(day: date, periods: Sequence[Span]) -> int | None:
    """Which of the periods holds the day."""
    return next((number for number, period in enumerate(periods) if period.holds(day)), None)
