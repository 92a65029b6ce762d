"""Snapshot and loading of the embedded database."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections

from office.backups import store
from office.backups.engines import TOLD_TO_NOBODY, Facts
from office.backups.manifest import BadBackup, Manifest
from office.refusals import Refused

IN_USE = "系统还在运行。请先停止服务，再恢复。"
_FULL = {"SQLITE_FULL", "SQLITE_IOERR_WRITE"}
_BESIDE = ("-wal", "-shm", "-journal")


class SQLite:
    name, dump = "sqlite", "database.sqlite3"

    def snapshot(self, target: Path) -> Facts:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
        try:
            with (
                closing(sqlite3.connect(f"file:{_path()}?mode=ro", uri=True, timeout=20)) as live,
                closing(sqlite3.connect(target)) as copy,
            ):
                live.backup(copy)  # one read transaction: writers go on, and what they write is not in it
                return _settled(copy)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname not in _FULL:
                raise
            raise OSError(errno.ENOSPC, "SQLite could not write") from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        connections.close_all()
        if _path().exists():
            with closing(sqlite3.connect(_path(), timeout=0)) as live:
                try:
                    # Only whoever is alone may leave WAL; the old file is then one file, too.
                    if live.execute("PRAGMA journal_mode=DELETE").fetchone()[0] != "delete":
                        raise Refused(IN_USE)
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorname not in {"SQLITE_BUSY", "SQLITE_LOCKED"}:
                        raise
                    raise Refused(IN_USE) from error
        yield

    def is_empty(self) -> bool:
        if not _path().exists():
            return True
        with closing(sqlite3.connect(_path())) as live:
            return not _tables(live)

    def chains(self) -> dict[str, list[Any]]:
        with closing(sqlite3.connect(_path())) as live:
            return _chains(live) if "office_auditchain" in _tables(live) else {}

    def load(self, source: Path, manifest: Manifest, *, aside: Path | None, switch: Callable[[], None]) -> None:
        new = _path().with_name(f"{_path().name}.restoring")
        try:
            if store.copy(source, new) != manifest.database[1:]:
                raise BadBackup("数据库的备份在恢复途中变了。")
            if aside and _path().exists():
                os.link(_path(), aside / _path().name)
            for beside in (_path().with_name(_path().name + end) for end in _BESIDE):
                if beside.exists():  # of a database that is gone
                    beside.replace((aside or _path().parent) / f"old-{beside.name}")
            switch()
            new.replace(_path())
            store.sync(_path().parent)
        finally:
            new.unlink(missing_ok=True)


def _path() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _settled(copy: sqlite3.Connection) -> Facts:
    copy.execute("PRAGMA journal_mode=DELETE")  # one file, without companions
    copy.execute("PRAGMA secure_delete=ON")
    copy.execute(f"DELETE FROM {TOLD_TO_NOBODY}")  # noqa: S608 - a constant
    copy.commit()
    copy.execute("PRAGMA ignore_check_constraints=ON")  # they call functions of Django's
    if copy.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        raise BadBackup("数据库文件损坏了，没有做成备份。请用上一份备份恢复。")
    return _facts(copy)


def _tables(database: sqlite3.Connection) -> list[str]:
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name")
    return [name for (name,) in rows]


def _chains(database: sqlite3.Connection) -> dict[str, list[Any]]:
    return {scope: [count, head] for scope, count, head in database.execute("SELECT scope, count, head FROM office_auditchain")}


def _facts(copy: sqlite3.Connection) -> Facts:
    return Facts(
        counts={name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in _tables(copy)},  # noqa: S608
        digests={},  # the file is compared byte for byte
        migrations=[f"{app}.{name}" for app, name in copy.execute("SELECT app, name FROM django_migrations ORDER BY app, name")],
        files={name for (name,) in copy.execute("SELECT id FROM office_privatefile")},
        chains=_chains(copy),
    )
