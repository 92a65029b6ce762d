"""Django's `migrate`, which may die at any moment: a migration and the note that it was done are one transaction.

Django notes a migration that leaves constraints or indexes for its end (most that create a table) after the commit. Killed between
the two, it would begin that migration again the next time and fail at the first table that exists.

On SQLite Django looks through every reference of the whole database after each migration. Here that is left out after those that
cannot break one: with 500 000 visits the looking was two thirds of an upgrade.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate as djangos
from django.db import transaction
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration, RemoveConstraint, RemoveIndex
from django.db.migrations.executor import MigrationExecutor

HARMLESS = (AddConstraint, AddIndex, CreateModel, RemoveConstraint, RemoveIndex)  # change no row


def may_break_references(migration: Migration) -> bool:
    """Whether a row could point nowhere afterwards. A new column can do so only if it points somewhere from the start."""
    return not all(
        operation.field.null or not operation.field.is_relation if isinstance(operation, AddField) else isinstance(operation, HARMLESS)
        for operation in migration.operations
    )


class WholeSteps(MigrationExecutor):
    def apply_migration(self, state: Any, migration: Migration, *args: Any, **kwargs: Any) -> Any:
        with self._at_once(migration):
            return super().apply_migration(state, migration, *args, **kwargs)

    def unapply_migration(self, state: Any, migration: Migration, *args: Any, **kwargs: Any) -> Any:
        with self._at_once(migration):
            return super().unapply_migration(state, migration, *args, **kwargs)

    @contextmanager
    def _at_once(self, migration: Migration) -> Iterator[None]:
        if not migration.atomic:
            yield
            return
        self.connection.disable_constraint_checking()  # SQLite can only do so outside of a transaction
        try:
            with transaction.atomic(using=self.connection.alias):
                with self._unlooked():
                    yield
                if may_break_references(migration):
                    self.connection.check_constraints()
        finally:
            self.connection.enable_constraint_checking()

    @contextmanager
    def _unlooked(self) -> Iterator[None]:
        """Without SQLite's schema editor looking through the references itself: what it finds would leave its transaction open."""
        if self.connection.vendor != "sqlite":
            yield
            return
        self.connection.check_constraints = lambda table_names=None: None  # type: ignore[method-assign]
        try:
            yield
        finally:
            del self.connection.check_constraints


class Command(djangos.Command):
    __doc__ = djangos.Command.__doc__


djangos.MigrationExecutor = WholeSteps  # type: ignore[attr-defined]
