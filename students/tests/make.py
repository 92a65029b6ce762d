"""Children for tests: generated, with numbers that belong to nobody."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from stdnum.cn import ric

from accounts.models import User
from counties.models import School
from counties.tests.make import at, make_school
from office.workbook import Cell, Sheet, make_workbook
from students.codes import CaseState, Sex
from students.models import Case, CaseTeacher, Student

_numbers = itertools.count(1)


def make_student(school: School | None = None, **fields: Any) -> Student:
    number = next(_numbers)
    name = fields.pop("name", f"学生{number}")
    school = school or make_school()
    defaults = {
        "county_id": school.county_id,
        "name": name,
        "name_key": name,
        "initials": "xs",
        "sex": Sex.MALE,
        "birth_on": date(2015, 3, 8),
        "created_at": at("2026-08-01"),
    }
    return Student.objects.create(**defaults | fields)


def make_case(school: School | None = None, *, student: Student | None = None, teachers: tuple[User, ...] = (), **fields: Any) -> Case:
    """An active case since 1 September 2026."""
    school = school or make_school()
    defaults = {"state": CaseState.ACTIVE, "school": school, "starts_on": date(2026, 9, 1), "created_at": at("2026-08-01")}
    case = Case.objects.create(student=student or make_student(school), **defaults | fields)
    CaseTeacher.objects.bulk_create(CaseTeacher(case=case, user=teacher) for teacher in teachers)
    return case


def make_roster(*rows: dict[str, Cell]) -> bytes:
    """A roster workbook: a title, a header of every column any row names, the rows from line 3 on."""
    headers = list(dict.fromkeys(name for row in rows for name in row))
    return make_workbook([Sheet("花名册", ["花名册"], [headers, *([row.get(name) for name in headers] for row in rows)])])


def make_row(**cells: Cell) -> dict[str, Cell]:
    """A good row of a served child with a number that belongs to nobody; the school's name is yours to say."""
    number = next(_numbers)
    usual: dict[str, Cell] = {
        "姓名": f"覃小{number}",
        "性别": "男",
        "出生日期": "2014-03-08",
        "身份证号": make_id(number),
        "送教学校": "",
        "送教教师": "韦志玲",
        "开始送教日期": "2026-09-01",
    }
    return usual | cells


def make_id(number: int = 0, *, born: date = date(2014, 3, 8)) -> str:
    """A valid number with a sequence no child is ever given (male)."""
    body = f"450125{born:%Y%m%d}{number % 500 * 2 + 1:03}0"
    return body[:17] + str(ric.calc_check_digit(body))
