"""Lists of visits as a workbook."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from office.workbook import Sheet, make_workbook
from visits.rules.lines import Line

HEADERS = ("日期", "开始时间", "结束时间", "学生姓名", "送教学校", "形式", "送教人员", "课时", "计入课时", "情况", "原因")


def visits_workbook(lines: Iterable[Line]) -> bytes:
    """One sheet, a row for each child and visit, as the list on screen shows them."""
    rows = (
        (
            *(line.on, timezone.localtime(line.starts_at).time(), timezone.localtime(line.ends_at).time()),
            *(line.child, line.school_name, line.mode_word, line.people),
            *(line.lessons if line.is_done else None, line.credited if line.is_done else None, line.word, line.reason),
        )
        for line in lines
    )
    return make_workbook([Sheet("送教记录", HEADERS, rows)])
