"""The month as a workbook: what the pages show, with the figures apart."""

from __future__ import annotations

from collections.abc import Sequence

from office.workbook import Cell, Sheet, make_workbook
from reports.figures import TeacherMonth
from reports.sheets import ChildLine, MonthSheet, SchoolLine

CHILD_HEADERS = (
    *("学校", "姓名", "应送次数", "已送次数", "未送成次数", "已排次数", "课时", "判定", "还差次数", "还差课时", "已补齐"),
    *("需说明事项", "学年应送课时", "学年已送课时", "学年预计课时", "需在其他月补课时", "最迟开始补送"),
)
SCHOOL_HEADERS = (
    "学校",
    "在册",
    "应送次数",
    "已送次数",
    "课时",
    "已达标",
    "欠课",
    "进行中",
    "可能欠课",
    "有需说明事项",
    "实送率",
    "可控实送率",
)
TEACHER_HEADERS = ("学校标识码", "姓名", "送教次数", "未送成次数", "工作量课时")


def month_workbook(sheet: MonthSheet, lines: Sequence[ChildLine], schools: Sequence[SchoolLine]) -> bytes:
    """The children's lines given, the schools where they are compared, and the workload."""
    sheets = [Sheet("学生", CHILD_HEADERS, map(_child, lines))]
    if schools:
        sheets.append(Sheet("学校", SCHOOL_HEADERS, map(_school, schools)))
    return make_workbook([*sheets, Sheet("工作量", TEACHER_HEADERS, map(_teacher, sheet.figures.teachers))])


def _child(line: ChildLine) -> Sequence[Cell]:
    month, year = line.month, line.year
    return (
        *(line.school_name, line.name, month.owed, month.delivered, month.missed, month.planned, month.lessons, line.verdict),
        *(month.short_visits, month.short_lessons, "是" if line.is_made_good else "", "；".join(line.flags)),
        *(year.owed, year.delivered, year.forecast, year.gap, year.latest_safe_on),
    )


def _school(line: SchoolLine) -> Sequence[Cell]:
    of = line.summary
    return (
        *(line.name, of.on_roll, of.owed, of.delivered, of.lessons, of.met, of.short, of.on_track, of.at_risk),
        *(line.flagged, of.rate_text, of.reachable_rate_text),
    )


def _teacher(line: TeacherMonth) -> Sequence[Cell]:
    return (line.school_code, line.name, line.visits, line.missed, line.workload)
