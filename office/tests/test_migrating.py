"""Upgrading looks for broken references where a migration may have made some, and there alone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, migrations, models
from django.db.migrations import Migration

from office.management.commands.migrate import WholeSteps, may_break_references

POINTER = models.ForeignKey("office.AuditChain", models.PROTECT)


def migration(*operations: Any) -> Migration:
    made: Migration = type("One", (Migration,), {"operations": list(operations)})("9999_one", "office")
    return made


@pytest.mark.parametrize(
    ("operation", "may"),
    [
        (migrations.CreateModel("Thing", [("chain", POINTER)]), False),
        (migrations.AddIndex("job", models.Index(fields=["at"], name="one")), False),
        (migrations.AddField("job", "weight", models.IntegerField(default=0)), False),
        (migrations.AddField("job", "chain", models.ForeignKey("office.AuditChain", models.PROTECT, null=True)), False),
        (migrations.AddField("job", "chain", models.ForeignKey("office.AuditChain", models.PROTECT, default="none")), True),
        (migrations.AlterField("auditline", "chain", POINTER), True),
        (migrations.DeleteModel("AuditChain"), True),
        (migrations.RunPython(migrations.RunPython.noop), True),
        (migrations.RunSQL("SELECT 1"), True),
    ],
)
def test_what_may_break_a_reference(operation: Any, may: Any) -> None:
    assert may_break_references(migration(operation)) is may


def lose_the_chain(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM office_auditline")
        assert cursor.fetchone()[0] == 1
        cursor.execute("UPDATE office_auditline SET chain_id = %s", ["nowhere"])


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_leaves_a_row_pointing_nowhere_did_not_happen() -> None:
    from django.utils import timezone

    from office.audit import record

    line = record("term.added", subject=uuid4(), by=None, at=timezone.now())
    executor = WholeSteps(connection)
    state = executor.loader.project_state([("office", "0004_pulse")])

    with pytest.raises(IntegrityError):
        executor.apply_migration(state, migration(migrations.RunPython(lose_the_chain)))

    assert not connection.in_atomic_block
    line.refresh_from_db()
    assert line.chain_id == "installation"
    assert ("office", "9999_one") not in executor.recorder.applied_migrations()
