"""From a file that somebody sent to its table: checked first, then parsed in a limited child."""

from __future__ import annotations

from typing import IO

from django.conf import settings

from office.limits import run_limited
from office.sheets_in.table import Headers, Table, read_table
from office.uploads import check_workbook


def open_table(stream: IO[bytes], headers: Headers, *, anchor: str = "name") -> Table:
    """The table of an uploaded workbook (see read_table); raises Refused for whatever is none."""
    check_workbook(stream, limit=settings.UPLOAD_LIMIT)
    return run_limited(read_table, stream.read(), headers, anchor=anchor)
