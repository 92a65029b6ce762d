"""A row of the list of children, and the words and tones of a case's standing. Source: docs/rules.md, "Words on the screen"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

STANDINGS = {
    "active": ("在送", "good"),
    "suspended": ("暂停", "warm"),
    "exited": ("已终止", ""),
    "identified": ("摸排对象", "plan"),
    "verified": ("已核实", "plan"),
    "assessed": ("已评估", "plan"),
    "pending": ("待审批", "plan"),
    "approved": ("待签协议", "plan"),
    "not_admitted": ("不纳入", ""),
    "elsewhere": ("外地就读", ""),
    "declined": ("暂不接受送教", ""),
    "": ("没有个案", ""),
}
"""Of each standing of a case: the word people see and its tone. Without one the child is placed elsewhere."""

SEXES = {"1": "男", "2": "女"}


class Line(NamedTuple):
    """What the list shows of a child; of one that is not open to the reader no name, no number, no team."""

    student_id: UUID
    is_open: bool
    name: str
    sex: str
    birth_on: date | None
    age: int
    id_mask: str
    disability: str
    class_grade: str
    standing: str
    school_name: str
    starts_on: date | None
    ends_on: date | None
    team: str

    @property
    def sex_word(self) -> str:
        return SEXES[self.sex]

    @property
    def started(self) -> str:
        """`2026-09-01`, or nothing."""
        return self.starts_on.isoformat() if self.starts_on else ""

    @property
    def word(self) -> str:
        return STANDINGS[self.standing][0]

    @property
    def tone(self) -> str:
        return STANDINGS[self.standing][1]


DONE = {
    "student.viewed": "看了学生的资料",
    "visit.viewed": "看了一次送教",
    "visits.viewed": "看了送教记录",
    "photos.viewed": "看了送教的照片",
    "archive.asked": "要求生成档案",
    "archive.exported": "下载了档案",
    "consent.recorded": "登记了知情同意",
    "consent.withdrawn": "登记了撤回同意",
    "student.revealed": "查看了完整的{field}",
    "case.paused": "登记了暂停",
    "case.resumed": "登记了恢复",
    "case.team_changed": "更换了责任教师",
    "case.made_remote": "登记了以远程为主",
}
FIELDS = {
    "id_number": "身份证号",
    "cert_number": "残疾人证号",
    "registration_number": "学籍号",
    "home_address": "家庭住址",
    "household_address": "户籍地址",
    "diagnosis": "诊断",
    "phone": "联系电话",
}
"""What is sealed of a child, and a guardian's phone."""


def what_was_done(verb: str, detail: Mapping[str, Any]) -> str:
    """A line of the audit about a child, in words; with the reason, where one was given."""
    words = DONE.get(verb, verb).format(field=FIELDS.get(str(detail.get("field")), "内容"))
    return f"{words}（理由：{detail['reason']}）" if detail.get("reason") else words


def years_before(on: date, years: int) -> date:
    """The last day of birth of somebody who is at least so many years old on a day."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February, and no such day then
        return on.replace(year=on.year - years, day=28)
