"""Spreadsheets as people send them: the table in a workbook, and what one cell says.

Titles above the header, empty lines, totals and notes are no rows of the table. A cell is what was typed:
a formula is its text, never its result. `office.sheets_in.files.open_table` is the way in for files.
"""

from office.sheets_in.cells import Cell, Month, clock, day, folded, month, number, text
from office.sheets_in.table import Headers, Row, Table, read_table

__all__ = ["Cell", "Headers", "Month", "Row", "Table", "clock", "day", "folded", "month", "number", "read_table", "text"]
