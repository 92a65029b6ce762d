"""Computes what pages, sheets and the command line show; nothing here prints.

month_figures(county_code="450125", month=date(2026, 10, 1), as_of=now)
"""

from reports.figures.lines import ChildMonth, CountyMonth, SchoolMonthFigures, TeacherMonth
from reports.figures.month import month_figures

__all__ = ["ChildMonth", "CountyMonth", "SchoolMonthFigures", "TeacherMonth", "month_figures"]
