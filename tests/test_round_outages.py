"""The month's round while PostgreSQL is stopped and Redis killed, and both come back: each thing once; health says what was down."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from counties.tests.make import at
from office import health
from office.models import Job, JobState
from office.rules.health import Level
from office.tests.moved_clock import set_clock
from office.tests.workers import wait
from reports.tests.test_round_for_real import Cast, Machine, check, counts, files_a_month, steps, waiting
from songjiao import env
from tests.test_database_stops import Postgres, postgres

pytestmark = [pytest.mark.long, pytest.mark.services, pytest.mark.django_db(transaction=True)]
assert postgres


@pytest.fixture
def machine(postgres: Postgres, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """Workers and beats on a PostgreSQL and a Redis of their own, which this process asks too."""
    if connection.vendor != "postgresql":
        pytest.skip("needs the settings of PostgreSQL")
    postgres.stop()
    postgres.start()  # true to its word
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, postgres.variables[name])
    monkeypatch.setenv("SONGJIAO_TEST_HASTE", "yes")
    monkeypatch.setattr(settings, "REDIS_URL", postgres.variables["REDIS_URL"])
    own = dict(connection.settings_dict)
    connections.close_all()
    connection.settings_dict.update(env.postgres(postgres.variables["DATABASE_URL"]))
    call_command("migrate", verbosity=0)
    made = Machine(tmp_path)
    set_clock(made.clock, at("2026-10-24 12:00"))
    yield made
    made.stop()
    connections.close_all()
    connection.settings_dict.update(own)


def down() -> set[str]:
    connection.close()
    return {part.code for part in health.vital_parts(now=timezone.now()) if part.level == Level.DOWN} & {"database", "broker"}


def in_the_middle(machine: Machine, moment: datetime) -> None:
    """Until some of what is due then is being done."""
    before = steps().filter(state=JobState.DONE).count()
    set_clock(machine.clock, moment)
    wait(lambda: steps().filter(state=JobState.RUNNING).exists() or steps().filter(state=JobState.DONE).count() > before, 240)


def live(machine: Machine, moment: datetime) -> None:
    """Minutes, until nothing waits; what its worker lost is found by one of the next ticks."""
    for _ in range(2):
        for _ in range(12):
            machine.hear_a_tick(moment)
            until = time.monotonic() + 20
            while waiting() and time.monotonic() < until:
                time.sleep(0.2)
            if not waiting():
                break
        assert not waiting(), machine.log()[-3000:]


def stop_and_start_the_database(postgres: Postgres) -> None:
    postgres.stop()
    assert down() == {"database"}
    time.sleep(3)
    postgres.start()
    assert down() == set()


def kill_and_start_redis(postgres: Postgres) -> None:
    pid = int((postgres.directory / "redis.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    wait(lambda: down() == {"broker"}, 20)
    time.sleep(3)
    port = str(urlsplit(postgres.variables["REDIS_URL"]).port)
    command = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", str(postgres.directory), "--save", "", "--daemonize", "yes"]
    subprocess.run([*command, "--pidfile", str(postgres.directory / "redis.pid")], check=True, capture_output=True)
    wait(lambda: down() == set(), 20)


def test_the_database_and_redis_go_and_come_back(machine: Machine, postgres: Postgres, capsys: pytest.CaptureFixture[str]) -> None:
    cast = Cast()
    for start in (machine.beat, machine.worker, machine.worker):
        start()
    live(machine, at("2026-10-24 12:00"))
    outages = 0
    for moment in ("2026-10-25 09:00", "2026-10-28 09:00", "2026-11-01 00:00", "2026-11-01 09:00"):
        for outage in (stop_and_start_the_database, kill_and_start_redis):
            in_the_middle(machine, at(moment)) if outage is stop_and_start_the_database else machine.hear_a_tick(at(moment))
            outage(postgres)
            outages += 1
            live(machine, at(moment))
        if moment.startswith("2026-10-28"):
            files_a_month(cast)
    live(machine, at("2026-11-03 09:00"))
    check(cast)
    attempts = sum(steps().values_list("attempts", flat=True))
    with capsys.disabled():
        print(f"\nthe round with {outages} outages: {steps().count()} jobs, {attempts} attempts, {counts()}")
    assert not Job.objects.filter(state=JobState.FAILED).exists()
