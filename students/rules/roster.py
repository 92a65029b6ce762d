"""The roster sheet: its columns, what a good row says, what rows are compared with, the verdict on each.

Source: docs/rules.md, "The roster sheet".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from accounts.rules.names import Staff
from counties.rules import PolicyTerms
from office.sheets_in import Headers, Row
from students.rules import words
from students.rules.faults import MESSAGES

HEADERS: Headers = {
    "name": ("姓名", "学生姓名"),
    "sex": ("性别",),
    "ethnicity": ("民族",),
    "birth": ("出生日期", "出生年月"),
    "id": ("身份证号", "身份证号码", "证件号码", "公民身份号码"),
    "registration": ("学籍号", "全国学籍号"),
    "cert": ("残疾证号", "残疾人证号"),
    "disability": ("残疾类别", "残疾类型"),
    "grade": ("残疾等级", "残疾级别"),
    "address": ("家庭住址", "现住址", "住址"),
    "household": ("户籍地址", "户籍所在地"),
    "guardian": ("监护人", "监护人姓名", "家长姓名"),
    "caregiver": ("实际照料人", "照料人"),
    "relation": ("与学生关系", "关系"),
    "phone": ("联系电话", "监护人电话", "电话"),
    "school": ("送教学校", "学校"),
    "registered": ("学籍学校", "就读学校"),
    "class_grade": ("年级",),
    "placement": ("安置方式",),
    "reason": ("不能到校原因", "未入学原因"),
    "team": ("送教教师", "责任教师"),
    "starts": ("开始送教日期", "起始日期"),
    "ends": ("终止送教日期", "终止日期"),
    "remark": ("备注",),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong, or worth a look, in one cell: a code of the rules, and words for the person."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a good row says. Empty or None: the row says nothing of it."""

    name: str
    key: str  # what the name is compared by
    sex: str
    birth_on: date
    id_number: str = ""
    ethnicity: str = ""
    registration: str = ""
    cert: str = ""
    disability: str = ""
    further: str = ""
    grade: str = ""
    address: str = ""
    household: str = ""
    guardian: str = ""
    caregiver: str = ""
    relation: str = ""
    phone: str = ""
    school: UUID | None = None
    registered: UUID | None = None
    class_grade: str = ""
    placement: str = ""
    reason: str = ""
    team: tuple[UUID, ...] = ()
    has_team: bool = False  # teachers are named, known or not
    starts_on: date | None = None
    ends_on: date | None = None
    remark: str = ""

    @property
    def makes_case(self) -> bool:
        """A child placed elsewhere than at home has no case."""
        return self.placement in ("", words.HOME)

    @property
    def is_served(self) -> bool:
        """With school, teachers and first day it is an active case (history, already approved); else the child is only identified."""
        return self.makes_case and self.school is not None and self.has_team and self.starts_on is not None


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are compared with: the county's schools, staff and policies, and the present day."""

    on: date
    schools: Mapping[str, UUID]  # by folded name and by code
    staff: Staff
    policies: tuple[tuple[date, PolicyTerms], ...] = ()  # by the day they take effect, in order
    own_schools: frozenset[UUID] | None = None  # the only ones somebody may bring children of; None: every one

    def policy(self, on: date) -> PolicyTerms | None:
        """In force on a day; before the first one, the first."""
        in_force = [terms for since, terms in self.policies if since <= on]
        return in_force[-1] if in_force else next((terms for _, terms in self.policies), None)


@dataclass(slots=True)
class Judged:
    """One row and the verdict on it. A rejected row raises no warnings."""

    row: Row
    entry: Entry | None  # None: it cannot even be read
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        return not self.faults

    def reject(self, field: str, code: str) -> None:
        self.warnings = []
        self.faults.append(fault(field, code))

    def warn(self, field: str, code: str) -> None:
        self.warnings.append(fault(field, code))


def fault(field: str, code: str, said: str = "") -> Fault:
    return Fault(field, code, MESSAGES[code].format(said=said))
