"""The sheet of past visits: its columns and codes, what a good row says, what rows are compared with.

Source: docs/rules.md, "The visit sheet".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from accounts.rules.names import Staff
from counties.rules import PolicyTerms
from office.sheets_in import Headers, Row
from students.rules.roster import Fault

HEADERS: Headers = {
    "date": ("日期",),
    "start": ("开始时间",),
    "end": ("结束时间",),
    "name": ("学生姓名", "姓名"),
    "id": ("身份证号", "身份证号码", "证件号码", "公民身份号码"),
    "school": ("送教学校", "学校"),
    "mode": ("形式",),
    "team": ("送教教师",),
    "companions": ("同行人",),
    "lessons": ("课时",),
    "teaching": ("教学内容",),
    "rehabilitation": ("康复训练",),
    "family": ("家长指导", "家庭指导"),
    "state": ("情况",),
    "reason": ("原因",),
}

MESSAGES = {
    "child_unknown": "没有找到这名学生：{said}。",
    "child_mismatch": "身份证号是另一名学生的，与这一行的姓名不符。",
    "child_ambiguous": "本校有几名学生叫这个名字，请填写身份证号。",
    "school_unknown": "本县没有“{said}”这所学校。请填写学校全称或 10 位学校标识码。",
    "teacher_unknown": "本县没有找到老师“{said}”。没有账号的人请写在“同行人”里。",
    "teacher_ambiguous": "有几位老师叫“{said}”，分不清是哪一位。",
    "date_format": "看不懂这个日期。请写成 2026-10-14 这样的年、月、日。",
    "time_format": "看不懂这个时间。请写成 9:00 这样的时和分。",
    "state_unknown": "情况应是“完成”“未遇”“未送成”“扑空”或“缺席”，留空表示完成。",
    "end_not_after_start": "结束时间要晚于开始时间。",
    "in_future": "这次送教还没有开始。",
    "outside_case": "这一天不在该生的送教期内（还没有开始、已经终止，或仍是摸排对象）。",
    "no_staff": "送教教师和同行人至少要填一样。",
    "mode_unknown": "形式应是“入户”“集中”或“远程”。",
    "lessons_format": "课时应是数字，如 3 或 2.5，不能小于 0。",
    "duplicate_visit": "这名学生在这一天这个时间已有一条记录，内容与这一行不同。",
}

MODES = {"入户": "home", "集中": "centre", "远程": "remote"}
PRESENT = {"": True, "完成": True, "未遇": False, "扑空": False, "未送成": False, "缺席": False}
REASONS = {"住院": "hospital", "外出": "away", "拒绝": "refused", "道路天气": "weather", "教师公务": "duty", "其他": "other"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a good row says of one child on one visit. `case_school` serves the child; `school` is the one the sheet names."""

    number: int
    child: UUID
    case: UUID
    case_school: UUID
    school: UUID
    starts_at: datetime
    ends_at: datetime
    mode: str
    team: tuple[UUID, ...]
    companions: tuple[str, ...]
    lessons: Decimal
    present: bool
    reason: str
    reason_text: str
    teaching: str
    rehabilitation: str
    family: str

    @property
    def on(self) -> date:
        return self.starts_at.date()

    @property
    def is_group(self) -> bool:
        return self.mode == "centre"

    @property
    def key(self) -> tuple[UUID, datetime]:
        """A child has one visit at a time."""
        return self.child, self.starts_at

    @property
    def values(self) -> Values:
        return Values(
            school=self.school,
            ends_at=self.ends_at,
            mode=self.mode,
            team=frozenset(self.team),
            companions=frozenset(self.companions),
            lessons=self.lessons,
            present=self.present,
            reason=self.reason,
            reason_text=self.reason_text,
            teaching=self.teaching,
            rehabilitation=self.rehabilitation,
            family=self.family,
        )


class Values(NamedTuple):
    """Every column of a row, or of a record, in the form in which they are compared."""

    school: UUID
    ends_at: datetime
    mode: str
    team: frozenset[UUID]
    companions: frozenset[str]
    lessons: Decimal
    present: bool
    reason: str
    reason_text: str
    teaching: str
    rehabilitation: str
    family: str

    def is_said_again(self, row: Values) -> bool:
        """The row says the same as this record. A group's companions came from all of its rows: each names some of them."""
        same = row if self.mode != "centre" or not row.companions <= self.companions else row._replace(companions=self.companions)
        return self == same


@dataclass(frozen=True, slots=True)
class CaseSpan:
    """A case as a visit asks of it; the day it ends no longer counts."""

    id: UUID
    school: UUID | None
    starts_on: date | None
    ends_on: date | None
    is_served: bool

    def holds(self, on: date) -> bool:
        if not self.is_served or self.starts_on is None:
            return False
        return self.starts_on <= on and (self.ends_on is None or on < self.ends_on)


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are compared with. `now` is in the county's time zone."""

    now: datetime
    schools: Mapping[str, UUID]  # by folded name and by code
    staff: Staff
    by_id: Mapping[str, UUID]  # the children whose ID numbers the sheet names
    by_name: Mapping[tuple[UUID | None, str], frozenset[UUID]]  # by school, or by None the children of no school
    names: Mapping[UUID, str]  # what each child's name is compared by
    cases: Mapping[UUID, tuple[CaseSpan, ...]]
    policies: Mapping[date, PolicyTerms]  # by the first day of a month

    def lesson_minutes(self, on: date) -> int:
        return self.policies.get(on.replace(day=1), _DEFAULTS).lesson_minutes


_DEFAULTS = PolicyTerms()


@dataclass(slots=True)
class Judged:
    """One row and the verdict on it; a rejected row has no entry."""

    row: Row
    entry: Entry | None
    faults: list[Fault] = field(default_factory=list)
    is_new: bool = False

    def reject(self, field: str, code: str) -> None:
        self.entry = None
        self.faults.append(fault(field, code))


def fault(field: str, code: str, said: str = "") -> Fault:
    return Fault(field, code, MESSAGES[code].format(said=said))
