"""What both databases can do for a backup: a snapshot while others write, and loading it all at once or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.db import connection

from office.backups.manifest import Manifest

TOLD_TO_NOBODY = "django_session"  # its rows are never copied: whoever holds a backup must not be signed in by it


@dataclass(frozen=True)
class Facts:
    """What a snapshot holds."""

    counts: dict[str, int]
    digests: dict[str, str]
    migrations: list[str]
    files: set[str]  # the private files that its rows name
    chains: dict[str, list[Any]]


class Engine(Protocol):
    name: str
    dump: str  # the file's name in a backup

    def snapshot(self, target: Path) -> Facts:
        """Writes the whole database of one moment to the target, which is not there yet."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Raises Refused when anybody else uses the database."""
        ...

    def is_empty(self) -> bool: ...

    def chains(self) -> dict[str, list[Any]]:
        """Lines and head of each audit chain, as they stand in the database now."""
        ...

    def load(self, source: Path, manifest: Manifest, *, aside: Path | None, switch: Callable[[], None]) -> None:
        """Puts the database of a backup in place of the present one, which stays whole in `aside` (None: there is none).

        All at once or not at all; `switch` is called when only the last step is missing.
        """
        ...


def engine() -> Engine:
    from office.backups import postgresql, sqlite

    return postgresql.PostgreSQL() if connection.vendor == "postgresql" else sqlite.SQLite()
