"""A month as a page or a workbook shows it: frozen, with its words, ready to be printed."""

from reports.sheets.lines import Asked, ChildLine, MonthRow, SchoolLine, Summary, TeacherLine, summary
from reports.sheets.month import MonthSheet, month_rows, month_sheet, school_lines

__all__ = [
    "Asked",
    "ChildLine",
    "MonthRow",
    "MonthSheet",
    "SchoolLine",
    "Summary",
    "TeacherLine",
    "month_rows",
    "month_sheet",
    "school_lines",
    "summary",
]
