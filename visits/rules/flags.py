"""Questions: what the page of a visit shows, and what makes the evidence of a flag, in plain words. Source: docs/rules.md, "Flags".

Pure. What raises a flag is asked here and in visits.rules.judging; the month's figures and the pages ask the same functions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from counties.rules import PolicyTerms
from office.rules import number_text
from visits.rules.judging import STAYING, Fact, Flag, Key, Team
from visits.rules.overlaps import MOST_NAMED

SKEWED = 600
"""Seconds that a phone's clock may be off, and nobody asks."""

NEAR = 3
"""Bits of 64 in which the perceptual hashes of two pictures may differ that look nearly the same: one band of four is equal then."""


@dataclass(frozen=True, slots=True)
class Raised:
    """A question about one child's record of a visit. `evidence` names what makes it: other evidence is another question."""

    record: UUID
    student: UUID
    school: UUID
    code: Flag
    evidence: str
    words: str
    travels: bool
    visit: UUID
    on: date


# --- What a page's visit shows ----------------------------------------------------------------------


class Shown(NamedTuple):
    """What a visit written on the page shows of one child: pictures, the guardian's word, clocks."""

    written_at: datetime
    received_at: datetime | None
    drift: int  # seconds
    photos: int
    may_photograph: bool  # asked where pictures are missing
    is_confirmed: bool  # as often as the policy wants it
    has_reused: bool  # a picture that is on another visit of the county
    has_other_day: bool  # a picture whose camera's day is not the visit's


def page_flags(fact: Fact, shown: Shown, terms: PolicyTerms) -> Iterable[Flag]:
    """What is asked only of a visit that was written on the page."""
    if has_too_few_photos(fact, shown, terms):
        yield Flag.TOO_FEW_PHOTOS
    if shown.has_reused:
        yield Flag.REUSED_PHOTO
    if shown.has_other_day:
        yield Flag.PHOTO_OTHER_DAY
    if terms.parent_confirm and not shown.is_confirmed:
        yield Flag.UNCONFIRMED
    if is_late(fact.ends_at, shown.written_at, terms):
        yield Flag.LATE_RECORD
    if abs(shown.drift) > SKEWED:
        yield Flag.CLOCK_SKEW


def has_too_few_photos(fact: Fact, shown: Shown, terms: PolicyTerms) -> bool:
    return fact.mode != "remote" and shown.photos < terms.photo_min and shown.may_photograph


def is_late(ends_at: datetime, moment: datetime, terms: PolicyTerms) -> bool:
    return moment - ends_at > timedelta(hours=terms.record_due_hours)


def is_late_sync(ends_at: datetime, written_at: datetime, received_at: datetime | None, terms: PolicyTerms) -> bool:
    """后同步, a neutral mark: written in time, and received only afterwards."""
    return received_at is not None and is_late(ends_at, received_at, terms) and not is_late(ends_at, written_at, terms)


Bands = tuple[int, int, int, int]


def are_near(one: Bands, other: Bands) -> bool:
    """Nearly the same picture. An even surface (all bits alike) says nothing."""
    if len(set(one)) == 1 and one[0] in (0, 0xFFFF):
        return False
    return sum((mine ^ theirs).bit_count() for mine, theirs in zip(one, other, strict=True)) <= NEAR


# --- In plain words -----------------------------------------------------------------------------------


class Other(NamedTuple):
    """Another visit, as a question names it."""

    visit_id: Key
    starts_at: datetime  # in the county's time
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What questions about one child's visit are explained with. Names stay out of it."""

    fact: Fact
    team: Team
    terms: PolicyTerms
    overlapping: Collection[Other] = ()
    twins: Collection[Other] = ()  # visits whose teaching text is the same
    text_key: str = ""
    shown: Shown | None = None
    same_photo: Mapping[str, Collection[Other]] = field(default_factory=dict)  # by digest, the other visits it is on
    like_photo: Mapping[str, Collection[Other]] = field(default_factory=dict)
    other_days: Collection[tuple[str, date]] = ()  # digests, and the camera's day
    month_remote: int = 0
    month_delivered: int = 0


class Question(NamedTuple):
    code: Flag
    evidence: str
    words: str

    @property
    def travels(self) -> bool:
        return self.code not in STAYING


def question(code: Flag, seen: Evidence) -> Question:
    """The question with its evidence's key and its explanation."""
    parts, words = EXPLAINED[code](seen)
    return Question(code, evidence_key(code, *parts), words)


def evidence_key(*parts: object) -> str:
    """A short hash of what makes the evidence; moments are the same in every zone."""
    plain = (str(int(part.timestamp())) if isinstance(part, datetime) else str(part) for part in parts)
    return hashlib.sha256("\n".join(plain).encode()).hexdigest()[:32]


Explained = tuple[list[object], str]


def _staff(seen: Evidence) -> Explained:
    people, teachers = seen.team
    words = f"当天记了 {people} 人，其中教师 {teachers} 人；要 {seen.terms.min_staff} 人以上，至少一位教师。"
    return [people, teachers], words


def _daytime(seen: Evidence) -> Explained:
    fact, terms = seen.fact, seen.terms
    words = f"送教 {fact.starts_at:%H:%M}–{fact.ends_at:%H:%M}，白天是 {terms.day_start:%H:%M}–{terms.day_end:%H:%M}。"
    return [fact.starts_at, fact.ends_at], words


def _overlap(seen: Evidence) -> Explained:
    others = _in_order(seen.overlapping)
    parts: list[object] = [seen.fact.starts_at, seen.fact.ends_at, *(part for other in others for part in other)]
    return parts, f"同一位老师或同一个孩子，同时还在{_when(others)}的另一次送教里。"


def _duration(seen: Evidence) -> Explained:
    fact, minutes = seen.fact, _minutes(seen.fact)
    asked = number_text(fact.lessons * seen.terms.lesson_minutes)
    words = f"起止 {minutes} 分钟，记了 {number_text(fact.lessons)} 课时，按每课时 {seen.terms.lesson_minutes} 分钟是 {asked} 分钟。"
    return [minutes, fact.lessons.normalize()], words


def _remote(seen: Evidence) -> Explained:
    return [seen.month_remote, seen.month_delivered], f"这个月送了 {seen.month_delivered} 次，其中远程 {seen.month_remote} 次。"


def _text(seen: Evidence) -> Explained:
    others = _in_order(seen.twins)
    return [seen.text_key, *(other.visit_id for other in others)], f"教学内容与{_when(others)}那次的一字不差。"


def _photos(seen: Evidence) -> Explained:
    shown = _page(seen)
    return [shown.photos], f"有 {shown.photos} 张照片，要 {seen.terms.photo_min} 张。"


def _reused(seen: Evidence) -> Explained:
    digests, others = _pictures(seen.same_photo)
    words = f"{_page(seen).photos} 张照片里有 {len(digests)} 张与{_when(others)}那次的相同。"
    return [*digests, *(other.visit_id for other in others)], words


def _other_day(seen: Evidence) -> Explained:
    shown, fact = _page(seen), seen.fact
    pictures = sorted(seen.other_days)
    days = "、".join(dict.fromkeys(_day(day) for _, day in sorted(pictures, key=lambda picture: picture[1])))
    words = f"{shown.photos} 张照片里有 {len(pictures)} 张是 {days} 拍的，送教在 {_day(fact.on)}。"
    return [fact.on, *(part for picture in pictures for part in picture)], words


def _unconfirmed(seen: Evidence) -> Explained:
    monthly = seen.terms.confirm_period == "month"
    return [seen.terms.confirm_period], "这个月还没有家长确认过。" if monthly else "这次还没有家长确认。"


def _late(seen: Evidence) -> Explained:
    hours = (_page(seen).written_at - seen.fact.ends_at) // timedelta(hours=1)
    words = f"送教结束后 {hours // 24} 天 {hours % 24} 小时才写成，要求 {seen.terms.record_due_hours} 小时以内。"
    return [seen.fact.ends_at, _page(seen).written_at], words


def _skew(seen: Evidence) -> Explained:
    drift = _page(seen).drift
    return [drift], f"提交时，手机的时间{'快' if drift > 0 else '慢'}了 {abs(drift) // 60} 分钟。"


def _similar(seen: Evidence) -> Explained:
    digests, others = _pictures(seen.like_photo)
    words = f"{_page(seen).photos} 张照片里有 {len(digests)} 张与{_when(others)}那次的很像。"
    return [*digests, *(other.visit_id for other in others)], words


EXPLAINED = {
    Flag.TOO_FEW_STAFF: _staff,
    Flag.OUTSIDE_DAYTIME: _daytime,
    Flag.OVERLAP: _overlap,
    Flag.SHORT_DURATION: _duration,
    Flag.REMOTE_SHARE: _remote,
    Flag.REPEATED_TEXT: _text,
    Flag.TOO_FEW_PHOTOS: _photos,
    Flag.REUSED_PHOTO: _reused,
    Flag.PHOTO_OTHER_DAY: _other_day,
    Flag.UNCONFIRMED: _unconfirmed,
    Flag.LATE_RECORD: _late,
    Flag.CLOCK_SKEW: _skew,
    Flag.SIMILAR_PHOTO: _similar,
}


def _page(seen: Evidence) -> Shown:
    assert seen.shown is not None, "asked only of a visit written on the page"  # noqa: S101
    return seen.shown


def _pictures(pictures: Mapping[str, Collection[Other]]) -> tuple[list[str], list[Other]]:
    """The pictures in question, and each visit they are also on, once."""
    return sorted(pictures), _in_order({other for others in pictures.values() for other in others})


def first_named(visits: Collection[Other]) -> list[Other]:
    """Those that a question of one of them may name, and itself: of thousands that are alike, as a wrong import may bring them, a few."""
    return _in_order(visits)[: MOST_NAMED + 1]


def _in_order(others: Collection[Other]) -> list[Other]:
    return sorted(set(others), key=lambda other: (other.starts_at, other.visit_id))


def _when(others: Sequence[Other]) -> str:
    """` 9月16日 14:00–16:00、…`: at most three by their times."""
    named = "、".join(f"{_day(other.starts_at)} {other.starts_at:%H:%M}–{other.ends_at:%H:%M}" for other in others[:3])
    return f" {named} {_so_many(len(others)) if len(others) > 3 else ''}"


def _so_many(others: int) -> str:
    return f"等 {others} 次" if others < MOST_NAMED else f"等 {MOST_NAMED} 次以上"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _minutes(fact: Fact) -> int:
    return (fact.ends_at - fact.starts_at) // timedelta(minutes=1)
