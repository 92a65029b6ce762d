"""Rows into a table as fast as the database takes them: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models

CHUNK = 20_000


class Pump:
    """Fills `names` of a model from tuples; every other column gets its default.

    Values are given as both databases read them: UUIDs as hex digits, moments as text in UTC, truth as 0 and 1.
    """

    def __init__(self, model: type[models.Model], names: Sequence[str]) -> None:
        fields = {field.attname: field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)}
        others = [name for name in fields if name not in names]
        self._rest = tuple(fields[name].get_default() for name in others)
        self._table = model._meta.db_table
        self._columns = [str(fields[name].column) for name in [*names, *others]]
        self._write = self._copy if connection.vendor == "postgresql" else self._insert

    def pour(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Writes the rows, a chunk at a time."""
        flow = iter(rows)
        while chunk := [row + self._rest for row in islice(flow, CHUNK)]:
            self._write(chunk)

    def _insert(self, chunk: list[tuple[Any, ...]]) -> None:
        columns, marks = ", ".join(f'"{name}"' for name in self._columns), ", ".join("?" for _ in self._columns)
        with connection.cursor() as cursor:
            cursor.cursor.connection.executemany(f'INSERT INTO "{self._table}" ({columns}) VALUES ({marks})', chunk)

    def _copy(self, chunk: list[tuple[Any, ...]]) -> None:
        columns = ", ".join(f'"{name}"' for name in self._columns)
        text = io.StringIO("".join("\t".join(map(_copied, row)) + "\n" for row in chunk))
        with connection.cursor() as cursor:
            cursor.cursor.copy_expert(f'COPY "{self._table}" ({columns}) FROM STDIN', text)


def _copied(value: Any) -> str:
    """One field of COPY's text; the values here hold no tabs, no backslashes, no line ends."""
    return "\\N" if value is None else str(value)
