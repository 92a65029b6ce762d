"""PostgreSQL is stopped in mid-work and started again: requests are told so, the worker comes back, nothing acknowledged is lost."""

from __future__ import annotations

import http.client
import json
import os
import pwd
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2  # type: ignore[import-untyped]
import pytest
from django.conf import settings

from office.tests.workers import Start, start_worker, wait
from tests.gunicorn import Server

pytestmark = [pytest.mark.long, pytest.mark.django_db]
assert start_worker

ROUNDS = 3
ASK_ON = """
import sys, time, uuid
from datetime import timedelta
from pathlib import Path
from office.tests import worker
from django.db import Error, connection
from django.utils import timezone
from office import work
from office.jobs import enqueue
work.TELL_AGAIN_AFTER = timedelta(seconds=3)
while True:
    try:
        if not Path(sys.argv[1]).exists():
            job = enqueue("test.steps", key=uuid.uuid4().hex, by=None, at=timezone.now(), payload={"seconds": 0.3})
            print(job.key, flush=True)
        work.sweep(now=timezone.now())
    except Error:
        print("refused", flush=True)
        connection.close()
    time.sleep(0.2)
"""


@dataclass
class Postgres:
    """A cluster of our own, with its variables."""

    variables: dict[str, str]

    @property
    def directory(self) -> Path:
        return Path(self.variables["SONGJIAO_SERVICES"])

    def control(self, *arguments: str) -> None:
        binary = max(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
        owner = pwd.getpwnam("postgres").pw_uid if os.getuid() == 0 else None
        command = [str(binary), "-D", "data", "-w", "-l", "server.log", *arguments]
        subprocess.run(command, cwd=self.directory, user=owner, check=True, capture_output=True, timeout=60)

    def stop(self) -> None:
        self.control("-m", "immediate", "stop")

    def start(self) -> None:
        """With its own options, but true to its word: what was committed is in the log."""
        _, *options = shlex.split((self.directory / "data" / "postmaster.opts").read_text())
        asked = [option.replace("synchronous_commit=off", "synchronous_commit=on") for option in options if option not in ("-D", "data")]
        self.control("-o", shlex.join(asked), "start")

    def rows(self, question: str) -> list[tuple[str, ...]]:
        connection = psycopg2.connect(self.variables["DATABASE_URL"])
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall())


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    if not list(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")):
        pytest.skip("no PostgreSQL here")
    told = subprocess.run(["scripts/services", "start"], cwd=settings.BASE, check=True, capture_output=True, text=True, timeout=120)
    one = Postgres(dict(line.removeprefix("export ").split("=", 1) for line in told.stdout.splitlines()))
    one.variables |= {"SONGJIAO_TEST_DATABASE": "app", "DJANGO_SETTINGS_MODULE": "songjiao.settings", "SONGJIAO_TEST_HASTE": "yes"}
    yield one
    subprocess.run(["scripts/services", "stop"], cwd=settings.BASE, env=os.environ | one.variables, check=True, timeout=60)


def get(server: Server, path: str) -> tuple[int, str]:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    line.request("GET", path, headers={"Cookie": "sessionid=" + "a" * 32})
    answer = line.getresponse()
    return answer.status, answer.read().decode()


def machines(server: Server) -> tuple[int, list[str]]:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    line.request("GET", "/healthz", headers={"Cookie": "sessionid=" + "a" * 32})
    answer = line.getresponse()
    return answer.status, json.loads(answer.read())["down"]


def test_stopped_and_started_again(postgres: Postgres, start_worker: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    postgres.stop()
    postgres.start()
    environment = os.environ | postgres.variables
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=settings.BASE, env=environment, check=True, timeout=300)
    server = Server(tmp_path / "gunicorn.log", variables=postgres.variables)
    server.start()
    worker = start_worker(**postgres.variables)
    enough, log = tmp_path / "enough", tmp_path / "asked"
    with log.open("wb") as out:
        command = [sys.executable, "-c", ASK_ON, str(enough)]
        asker = subprocess.Popen(
            command, cwd=settings.BASE, env=environment | {"SONGJIAO_TEST_DEATHS": str(tmp_path)}, stdout=out, stderr=subprocess.DEVNULL
        )
    try:
        for number in range(ROUNDS):
            so_many = 10 * (number + 1)
            wait(lambda: len(done(postgres)) >= so_many)  # noqa: B023 — waited for at once
            wait(lambda: "database" not in machines(server)[1])
            postgres.stop()
            status, page = get(server, "/")
            assert (status, "连不上数据库" in page) == (503, True)
            wait(lambda: machines(server) == (503, ["database"]))
            wait(lambda: (server.log.parent / "asked").read_text().rstrip().endswith("refused"))
            time.sleep(2)
            postgres.start()
            wait(lambda: get(server, "/")[0] == 302)
        enough.touch()
        wait(lambda: not postgres.rows("SELECT key FROM office_job WHERE state NOT IN ('done', 'failed') AND kind = 'test.steps'"))
        assert worker.poll() is None, "the worker came back by itself"
        wait(lambda: not {"worker:documents", "worker:clock"} & set(machines(server)[1]))
    finally:
        asker.kill()
        asker.wait()
        server.kill()

    lines = log.read_text().split()
    acknowledged = {line for line in lines if line != "refused"}
    attempts = int(postgres.rows("SELECT sum(attempts) FROM office_job WHERE kind = 'test.steps'")[0][0])
    counts = f"{len(acknowledged)} jobs acknowledged, {attempts} attempts, {lines.count('refused')} refused"
    with capsys.disabled():
        print(f"\ndatabase stopped {ROUNDS} times: {counts}")
    assert acknowledged <= done(postgres)
    effects = [scope for (scope,) in postgres.rows("SELECT scope FROM office_auditchain WHERE scope LIKE '_-%'")]
    assert len(effects) == 2 * len(done(postgres))


def done(postgres: Postgres) -> set[str]:
    return {key for (key,) in postgres.rows("SELECT key FROM office_job WHERE kind = 'test.steps' AND state = 'done'")}
