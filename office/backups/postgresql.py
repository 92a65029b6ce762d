"""Snapshot and loading of PostgreSQL, with its own tools; passwords go to them in the environment, never as arguments."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from django.db import connection, connections
from psycopg2.extensions import make_dsn  # type: ignore[import-untyped]

from office.backups.engines import TOLD_TO_NOBODY, Facts
from office.backups.manifest import BadBackup, Manifest
from office.refusals import Refused

ASIDE = "before_restore_"  # schemas with what stood there before
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
# Of the text of every row, in any order: whether a table was loaded as it was saved.
_DIGEST = "SELECT count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM public.\"{}\" t"
_AS_TEXT = (
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex'"
)


class PostgreSQL:
    name, dump = "postgresql", "database.dump"

    def snapshot(self, target: Path) -> Facts:
        with _connected() as live, live.cursor() as cursor:
            cursor.execute(_AS_TEXT)
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            facts = _facts(cursor)
            cursor.execute("SELECT pg_export_snapshot()")
            exported = cursor.fetchone()[0]
            options = [
                "--format=custom",
                f"--snapshot={exported}",
                f"--exclude-schema={ASIDE}*",
                f"--exclude-table-data=public.{TOLD_TO_NOBODY}",
            ]
            _run("pg_dump", *options, "--no-owner", "--no-privileges", f"--file={target}", _dsn())
        return facts

    @contextmanager
    def alone(self) -> Iterator[None]:
        connections.close_all()
        with _connected() as live, live.cursor() as cursor:
            others = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            cursor.execute(f"SELECT count(*) FROM pg_stat_activity WHERE {others}")  # noqa: S608 - constants
            if number := cursor.fetchone()[0]:
                raise Refused(f"还有 {number} 个程序连着数据库。请先在各台机器上停止服务，再恢复。")
        yield

    def is_empty(self) -> bool:
        with _connected() as live, live.cursor() as cursor:
            return not _tables(cursor)

    def chains(self) -> dict[str, list[Any]]:
        with _connected() as live, live.cursor() as cursor:
            return _chains(cursor) if "office_auditchain" in _tables(cursor) else {}

    def load(self, source: Path, manifest: Manifest, *, aside: Path | None, switch: Callable[[], None]) -> None:
        """One transaction, begun and committed here by hand: whatever dies before the end, nothing has changed."""
        restore = [_tool("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", "--file=-", str(source)]
        load = [_tool("psql"), "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1", f"--dbname={_dsn()}"]
        with (
            subprocess.Popen(load, env=_environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE) as loading,  # noqa: S603
            subprocess.Popen(restore, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as reading,  # noqa: S603
        ):
            assert loading.stdin  # noqa: S101
            assert reading.stdout  # noqa: S101
            try:
                _feed(loading.stdin, reading, _begin(aside), _checks(manifest), switch)
            except BrokenPipeError:  # psql stopped at an error
                reading.kill()
            said = loading.communicate()[1]
        if loading.returncode:
            raise BadBackup(f"PostgreSQL 没有装入备份，原来的数据没有动：{_reason(said)}")


def _feed(target: IO[bytes], reading: subprocess.Popen[bytes], begin: str, checks: str, switch: Callable[[], None]) -> None:
    target.write(begin.encode())
    assert reading.stdout  # noqa: S101
    shutil.copyfileobj(reading.stdout, target)
    if reading.wait():
        raise BadBackup("pg_restore 读不出这份备份，原来的数据没有动。")
    target.write(checks.encode())
    target.flush()
    switch()
    target.write(b"COMMIT;\n")
    target.flush()


def _begin(aside: Path | None) -> str:
    name = re.sub(r"[^0-9a-z]", "_", aside.name.lower()) if aside else ""  # begins like ASIDE
    away = f'ALTER SCHEMA public RENAME TO "{name}";\nCREATE SCHEMA public;\n' if aside else ""
    return f"BEGIN;\n{away}"


def _checks(manifest: Manifest) -> str:
    """Fails the transaction unless every table holds what the manifest says."""
    tests = [
        f"IF ({_DIGEST.format(name)}) <> '{_plain(digest)}' THEN RAISE EXCEPTION 'table {name} differs'; END IF;"
        for name, digest in manifest.digests.items()
    ]
    return f"{_AS_TEXT};\nDO $check$ BEGIN\n{chr(10).join(tests)}\nEND $check$;\n"


def _plain(digest: str) -> str:
    if not re.fullmatch(r"[0-9]+:-?[0-9]+", digest):
        raise BadBackup("清单里的表摘要读不懂。")
    return digest


def _facts(cursor: Any) -> Facts:
    digests = {name: _one(cursor, _DIGEST.format(name)) for name in _tables(cursor)}
    digests[TOLD_TO_NOBODY] = "0:0"
    return Facts(
        counts={name: int(digest.partition(":")[0]) for name, digest in digests.items()},
        digests=digests,
        migrations=[f"{app}.{name}" for app, name in _rows(cursor, "SELECT app, name FROM django_migrations ORDER BY app, name")],
        files={str(name) for (name,) in _rows(cursor, "SELECT replace(id::text, '-', '') FROM office_privatefile")},
        chains=_chains(cursor),
    )


def _tables(cursor: Any) -> list[str]:
    return [name for (name,) in _rows(cursor, _TABLES)]


def _chains(cursor: Any) -> dict[str, list[Any]]:
    return {scope: [count, head] for scope, count, head in _rows(cursor, "SELECT scope, count, head FROM office_auditchain")}


def _rows(cursor: Any, query: str) -> list[tuple[Any, ...]]:
    cursor.execute(query)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _one(cursor: Any, query: str) -> str:
    return str(_rows(cursor, query)[0][0])


@contextmanager
def _connected() -> Iterator[Any]:
    """A connection of its own, in which each statement is its own transaction until BEGIN."""
    with closing(connection.get_new_connection(connection.get_connection_params())) as live:
        live.autocommit = True
        yield live


# --- PostgreSQL's tools -----------------------------------------------------------------------------


def _run(tool: str, *arguments: str) -> None:
    done = subprocess.run([_tool(tool), *arguments], env=_environment(), capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise Refused(f"{tool} 没有做成：{_reason(done.stderr)}")


def _reason(said: bytes) -> str:
    """The last line that a tool said without what it may quote of a row."""
    lines = [line for line in said.decode(errors="replace").splitlines() if "ERROR" in line or "error:" in line or "FATAL" in line]
    return (lines or ["没有说明原因"])[-1][:300]


def _tool(name: str) -> str:
    """The newest that is installed: an older one refuses to read a newer server."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: [int(part) for part in re.findall(r"\d+", path.parts[4])]
    )
    found = str(versions[-1]) if versions else shutil.which(name)
    if not found:
        raise Refused(f"这台机器上没有 {name}。请安装 postgresql-client（版本不低于服务器）。")
    return found


def _dsn() -> str:
    wanted = {key: value for key, value in connection.get_connection_params().items() if isinstance(value, str) and key != "password"}
    return str(make_dsn(**wanted))


def _environment() -> dict[str, str]:
    password = str(connection.settings_dict.get("PASSWORD") or "")
    return {**os.environ, **({"PGPASSWORD": password} if password else {})}
