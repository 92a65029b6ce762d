"""Spreadsheets out: the rows of a roster that were rejected, to be corrected and sent again."""

from __future__ import annotations

from collections.abc import Iterable

from office.sheets_in import text
from office.workbook import Sheet, make_workbook
from students.rules.lines import Line
from students.sheets_in import Review, RowPlan

FAULTS = "错误"


def rejects_workbook(judged: Review) -> bytes:
    """The rejected rows under the sheet's own headers, every cell as text, and a column saying what is wrong."""
    columns = [at for at, header in enumerate(judged.table.headers) if header != FAULTS]
    rows = ([text(plan.judged.row.values[at]) for at in columns] + [_faults(judged, plan)] for plan in judged.plans if plan.judged.faults)
    return make_workbook([Sheet("退回的行", [*(judged.table.headers[at] for at in columns), FAULTS], rows)])


def _faults(judged: Review, plan: RowPlan) -> str:
    return "\n".join(f"{judged.column(fault.field)}：{fault.message}" for fault in plan.judged.faults)


def students_workbook(lines: Iterable[Line]) -> bytes:
    """The list of children, no sealed number in it; the headers are those an import reads."""
    headers = ["姓名", "性别", "出生日期", "年龄", "残疾类别", "年级", "送教学校", "送教教师", "开始送教日期", "终止送教日期", "状态"]
    rows = (
        [
            *(line.name, line.sex_word, line.birth_on, line.age, line.disability, line.class_grade),
            *(line.school_name, line.team, line.starts_on, line.ends_on, line.word),
        ]
        for line in lines
    )
    return make_workbook([Sheet("送教学生名册", headers, rows)])
