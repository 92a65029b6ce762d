"""Sheets of ten thousand rows for the imports: every row good, every value plain."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache

import xlsxwriter
from stdnum.cn import ric

from bench.seed import TENFOLD
from counties.models import School
from office.workbook import Cell
from students.models import Case, CaseTeacher

ROWS = int(os.environ.get("BENCH_ROWS", "10000"))  # bench/run --quick asks for fewer
ROSTER = (
    "姓名",
    "性别",
    "民族",
    "身份证号",
    "残疾类别",
    "残疾等级",
    "家庭住址",
    "监护人",
    "关系",
    "联系电话",
    "送教学校",
    "送教教师",
    "开始送教日期",
)
HISTORY = (
    "日期",
    "开始时间",
    "结束时间",
    "学生姓名",
    "送教学校",
    "形式",
    "送教教师",
    "课时",
    "教学内容",
    "康复训练",
    "家长指导",
    "情况",
    "原因",
)


@cache
def roster_sheet() -> bytes:
    return _as_people_send_it(ROSTER, _children())


def _as_people_send_it(headers: Sequence[str], rows: Iterable[list[Cell]]) -> bytes:
    """A workbook with its texts in a table of their own, as office programs save it."""
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output)
    page = book.add_worksheet()
    for number, row in enumerate([list[Cell](headers), *rows]):
        page.write_row(number, 0, row)
    book.close()
    return output.getvalue()


def _children() -> Iterator[list[Cell]]:
    """A boy and a girl a day, with numbers that belong to nobody."""
    schools = list(School.objects.filter(county=TENFOLD).values_list("code", "name"))
    for number in range(ROWS):
        born = date(2011, 1, 1) + timedelta(days=number // 4)
        body = f"450125{born:%Y%m%d}{996 + number % 4}"
        code, name = schools[number % len(schools)]
        yield [
            *(f"覃小{number}", "女男"[number % 2], "壮族", body + str(ric.calc_check_digit(body + "0")), "智力", "二级"),
            *(f"某镇某村{number}号", f"覃大{number}", "父亲", f"139{number:08}", name, f"t{code}0、t{code}1", "2026-09-01"),
        ]


@cache
def visit_sheet() -> bytes:
    return _as_people_send_it(HISTORY, _visits())


def _visits() -> Iterator[list[Cell]]:
    """Ten visits a child in October, at hours of their own."""
    teams: dict[object, list[str]] = {}
    for case, name in CaseTeacher.objects.filter(case__school__county=TENFOLD).values_list("case", "user__name"):
        teams.setdefault(case, []).append(name)
    cases = Case.objects.filter(school__county=TENFOLD).values_list("pk", "student__name", "school__name").order_by("pk")
    for number, (case, child, school) in enumerate(cases):
        for day in range(1, ROWS // 1000 + 1):
            text = f"认读全家福，看照片说称呼，十次里对{number}-{day}次，下次减少提示"
            yield [
                *(f"2026-10-{day + 10}", "12:05", "13:45", child, school, "入户", "、".join(teams[case]), 2.5, text),
                *("关节活动三组", "示范喂饭的坐姿", "", ""),
            ]
