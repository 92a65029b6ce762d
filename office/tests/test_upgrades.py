"""A column is added to a table with rows, and taken away again, without the table being written anew."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext

from office.upgrades import AddColumn

pytestmark = pytest.mark.django_db(transaction=True)

COLUMNS: dict[str, models.Field[Any, Any]] = {
    "note": models.CharField(max_length=20, blank=True),
    "times": models.PositiveSmallIntegerField(default=3),
    "is_seen": models.BooleanField(default=False),
}


def apply(operation: Any, state: ProjectState, *, backwards: bool = False) -> tuple[ProjectState, str]:
    """The state after the operation, and the SQL it ran."""
    after = state.clone()
    operation.state_forwards("office", after)
    with (
        CaptureQueriesContext(
            connection,
        ) as captured,
        connection.schema_editor() as editor,
    ):
        if backwards:
            operation.database_backwards("office", editor, after, state)
        else:
            operation.database_forwards("office", editor, state, after)
    return after, " ".join(query["sql"] for query in captured)


def test_rows_get_the_default_and_keep_what_they_have() -> None:
    state, _ = apply(migrations.CreateModel("Sample", [("id", models.BigAutoField(primary_key=True))]), ProjectState())
    try:
        state.apps.get_model("office", "Sample").objects.create(pk=7)
        steps = []
        for name, field in COLUMNS.items():
            operation = AddColumn("sample", name, field)
            after, sql = apply(operation, state)
            assert "CREATE TABLE" not in sql
            assert "ADD COLUMN" in sql
            steps.append((operation, state))
            state = after
        sample = state.apps.get_model("office", "Sample")
        assert list(sample.objects.values_list("pk", "note", "times", "is_seen")) == [(7, "", 3, False)]
        assert sample.objects.create(pk=8, note="新", times=0).note == "新"

        for operation, before in reversed(steps):
            apply(operation, before, backwards=True)
        assert list(before.apps.get_model("office", "Sample").objects.values_list("pk", flat=True).order_by("pk")) == [7, 8]
        with connection.cursor() as cursor:
            assert [column.name for column in connection.introspection.get_table_description(cursor, "office_sample")] == ["id"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE office_sample")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="what Django does on SQLite")
def test_djangos_own_way_writes_the_table_anew() -> None:
    """The control."""
    state, _ = apply(migrations.CreateModel("Sample", [("id", models.BigAutoField(primary_key=True))]), ProjectState())
    try:
        assert "CREATE TABLE" in apply(migrations.AddField("sample", "note", COLUMNS["note"]), state)[1]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE office_sample")
