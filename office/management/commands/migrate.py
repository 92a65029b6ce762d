"""Django's `migrate`, which may die at any moment: a migration and the note that it was done are one transaction.

Django notes a migration that leaves constraints or indexes for its end (most that create a table) after the commit. Killed between
the two, it would begin that migration again the next time and fail at the first table that exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate as djangos
from django.db import transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor


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
                yield
        finally:
            self.connection.enable_constraint_checking()


class Command(djangos.Command):
    __doc__ = djangos.Command.__doc__


djangos.MigrationExecutor = WholeSteps  # type: ignore[attr-defined]
