"""Spreadsheets out: the rows of a roster that were rejected, to be corrected and sent again."""

from __future__ import annotations

from office.sheets_in import text
from office.workbook import Sheet, make_workbook
from students.sheets_in import Review, RowPlan

FAULTS = "错误"


def rejects_workbook(judged: Review) -> bytes:
    """The rejected rows under the sheet's own headers, every cell as text, and a column saying what is wrong."""
    columns = [at for at, header in enumerate(judged.table.headers) if header != FAULTS]
    rows = ([text(plan.judged.row.values[at]) for at in columns] + [_faults(judged, plan)] for plan in judged.plans if plan.judged.faults)
    return make_workbook([Sheet("退回的行", [*(judged.table.headers[at] for at in columns), FAULTS], rows)])


def _faults(judged: Review, plan: RowPlan) -> str:
    return "\n".join(f"{judged.column(fault.field)}：{fault.message}" for fault in plan.judged.faults)
