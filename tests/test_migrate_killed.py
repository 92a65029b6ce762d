"""`migrate` is killed at its write points: the next one goes on, the schema is what it always is, and the product starts."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from office.tests.backed_up import child, settle
from office.tests.deaths import killed_at
from tests.gunicorn import Server

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


@contextmanager
def empty_database(directory: Path) -> Iterator[str]:
    """This process is on a database of its own, without a table."""
    own, name = str(connection.settings_dict["NAME"]), f"migrated_{uuid4().hex[:8]}"
    is_file = connection.vendor == "sqlite"
    if is_file:
        name = str(directory / name)
    else:
        command(f'CREATE DATABASE "{name}" TEMPLATE template0')
    connections.close_all()
    connection.settings_dict["NAME"] = name
    try:
        yield name
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = own
        if not is_file:
            command(f'DROP DATABASE "{name}" WITH (FORCE)')


def command(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


def migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


def schema() -> list[str]:
    """Every column, constraint and index, and what Django notes of the models and of the migrations done."""
    look, found = connection.introspection, []
    with connection.cursor() as cursor:
        for table in look.table_names(cursor):
            found += [f"{table} {column}" for column in look.get_table_description(cursor, table)]
            named = look.get_constraints(cursor, table).items()
            found += [f"{table} {name} {what}" for name, what in named if not name.startswith("__")]
        for rows in ("app, name FROM django_migrations", "app_label, model FROM django_content_type", "codename FROM auth_permission"):
            cursor.execute(f"SELECT {rows}")
            found += [f"{rows} {row}" for row in cursor.fetchall()]
    return sorted(found)


def migrations_done() -> int:
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return 0
        cursor.execute("SELECT count(*) FROM django_migrations")
        return int(cursor.fetchone()[0])


def die_before_noting(app: str) -> Callable[[], None]:
    """Prepares a process to be killed when a migration of `app` is done, just before that is noted."""

    def prepare() -> None:
        note = MigrationRecorder.record_applied

        def mortal(recorder: MigrationRecorder, of: str, name: str) -> None:
            if of == app:
                os.kill(os.getpid(), signal.SIGKILL)
            note(recorder, of, name)

        MigrationRecorder.record_applied = mortal  # type: ignore[assignment, method-assign]

    return prepare


def killed_until_done(random: Random, most: int) -> list[int]:
    """Runs after runs, each killed at some point of what the one before left; how many migrations were done at each death."""
    deaths = []
    while killed_at(random.randint(1, most), migrate):
        settle()
        deaths.append(migrations_done())
    return deaths


@pytest.mark.parametrize(
    ("seeds", "most"), [pytest.param([1], 500, id="some"), pytest.param(range(2, 10), 250, id="many", marks=pytest.mark.long)]
)
def test_killed_again_and_again_it_comes_to_its_end(
    seeds: list[int], most: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected, kills = schema(), 0
    places: set[int] = set()
    assert len(expected) > 500
    for seed in seeds:
        with empty_database(tmp_path) as name:
            assert os.WTERMSIG(child(migrate, die_before_noting("students"))) == signal.SIGKILL
            deaths = killed_until_done(Random(seed), most)
            assert schema() == expected
            known = {"SONGJIAO_TEST_DATABASE": name, "DJANGO_SETTINGS_MODULE": "songjiao.settings"}
            server = Server(tmp_path / "gunicorn.log", application="tests.served", variables=known)
            server.start()  # answers the page of sign-in
            server.kill()
        assert deaths == sorted(deaths), "what was done stays done"
        kills, places = kills + len(deaths), places | set(deaths)
    with capsys.disabled():
        print(f"\nmigrate was killed {kills} times, at {len(places)} places between its {migrations_of(expected)} migrations")
    assert len(places) > 0


def migrations_of(lines: list[str]) -> int:
    return sum(line.startswith("app, name FROM") for line in lines)
