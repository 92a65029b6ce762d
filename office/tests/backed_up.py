"""A small installation to back up, what it holds, and processes that die in the middle."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sys
import time
import traceback
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

from office import files
from office.audit import record
from office.models import PrivateFile
from office.verification import chains, verify

NOW = datetime(2026, 10, 28, 2, tzinfo=UTC)
WRITES = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "sqlite3.connect", "subprocess.Popen"}


def fill(*, kept: int = 2, lines: int = 5) -> list[PrivateFile]:
    """Adds private files and audit lines."""
    for number in range(lines):
        record("student.changed", subject=uuid.uuid4(), by=None, at=NOW + timedelta(minutes=number), county="450125")
    return [files.keep(os.urandom(3000), name="照片.jpg", content_type="image/jpeg", by=None, at=NOW) for _ in range(kept)]


def contents() -> dict[str, Any]:
    """Every row, private file and anchor there is; sessions left out."""
    with connection.cursor() as cursor:
        rows = {}
        for table in sorted(set(connection.introspection.table_names(cursor)) - {"django_session"}):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows[table] = hashlib.sha256("\n".join(sorted(map(repr, cursor.fetchall()))).encode()).hexdigest()
    return {"rows": rows, "files": below(settings.PRIVATE_FILES), "anchors": below(settings.AUDIT_ANCHORS)}


def below(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(Path(directory).rglob("*"))
        if path.is_file()
    }


def faults() -> list[str]:
    return [fault.message for scope in chains() for fault in verify(scope)]


def child(work: Callable[[], object], prepare: Callable[[], object] = lambda: None) -> int:
    """Does the work in a forked process; its wait status (0: it came to its end)."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            prepare()
            work()
            status = 0
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)  # a test may hold the other one
        finally:
            os._exit(status)
    return os.waitpid(pid, 0)[1]


def die_at(number: int) -> Callable[[], None]:
    """Prepares a process to be killed without a word just before its `number`-th change of the disk."""

    def prepare() -> None:
        left = number

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal left
            if event in WRITES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
                left -= 1
                if left <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)

    return prepare


def settle() -> None:
    """PostgreSQL's tools notice that whoever started them is gone; and what was set aside is thrown away."""
    for path in Path(settings.DATA).glob("before-restore-*"):
        shutil.rmtree(path)
    if connection.vendor != "postgresql":
        return
    until = time.monotonic() + 30
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
            if not cursor.fetchone()[0]:
                break
            assert time.monotonic() < until
            time.sleep(0.05)
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before!_restore!_%' ESCAPE '!'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP SCHEMA "{name}" CASCADE')
