"""A real gunicorn dies under each step of a month, worker, master or both: as before or wholly done, and sent again it is done."""

from __future__ import annotations

import http.client
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection

from office.models import AuditLine
from office.tests.backed_up import faults
from office.tests.moved_clock import VARIABLE, set_clock
from office.tests.workers import wait
from reports.tests.going_round import CYCLE, NOW, Month
from tests.browser import session_of
from tests.gunicorn import Server

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "t" * 32
WHOM = ("worker", "both", "worker", "master")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    deaths, clock = tmp_path / "deaths", tmp_path / "clock"
    deaths.mkdir()
    set_clock(clock, NOW)
    known = {"SONGJIAO_TEST_DATABASE": str(connection.settings_dict["NAME"]), "DJANGO_SETTINGS_MODULE": "songjiao.settings"}
    known |= {"SONGJIAO_TEST_DEATHS": str(deaths), VARIABLE: str(clock)}
    server = Server(tmp_path / "gunicorn.log", application="tests.served_mortal", workers=2, variables=known)
    server.start()
    yield server
    server.kill()


class Browser:
    """Two people at a server; what got no answer is sent again."""

    def __init__(self, server: Server, month: Month) -> None:
        self.server, self.deaths = server, server.log.parent / "deaths"
        with time_machine.travel(NOW, tick=False):
            school, bureau = session_of(month.admin), session_of(month.staff)
        self.sessions = {"submit": school} | dict.fromkeys(("return", "accept", "reopen"), bureau)

    def send(self, step: str, where: str, fields: dict[str, str]) -> int:
        """The status, 0 where no answer came."""
        cookies = f"sessionid={self.sessions[step]}; csrftoken={TOKEN}"
        head = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies, "X-CSRFToken": TOKEN, "Host": "localhost"}
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            line.request("POST", where, urlencode(fields), head | {"Referer": f"http://localhost{where}"})
            return line.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            line.close()

    def send_to_its_death(self, point: int, whom: str, step: str, where: str, fields: dict[str, str]) -> bool:
        """Whether it got no answer."""
        (self.deaths / f"{point}-{whom}").touch()
        status = self.send(step, where, fields)
        assert (self.deaths / "told").exists()
        (self.deaths / "told").unlink()
        assert status in (0, 302)
        return status == 0

    def again(self, step: str, where: str, fields: dict[str, str]) -> None:
        """Until it is answered."""
        wait(lambda: self.send(step, where, fields) == 302, 60)


def look_after(server: Server) -> None:
    """As whoever runs it does: a server without its master is ended and started anew. The master replaces a worker by itself."""
    assert server.process
    if server.process.poll() is not None:
        server.kill()
        server.start()


def wait_for_the_database() -> None:
    """Until it has noticed that whoever asked is gone."""
    if connection.vendor == "postgresql":
        wait(lambda: others_at_work() == 0, 30)


def others_at_work() -> int:
    question = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize(("seed", "rounds"), [pytest.param(1, 1, id="once"), pytest.param(2, 12, id="twelve", marks=pytest.mark.long)])
def test_each_step_under_which_the_server_dies(server: Server, seed: int, rounds: int, capsys: pytest.CaptureFixture[str]) -> None:
    month, random, counts, number = Month(), Random(seed), Counter[str](), 0
    browser = Browser(server, month)
    for step, becomes in CYCLE * rounds:
        where, fields = month.form(step)
        before, whom = month.stands(), WHOM[number % len(WHOM)]
        lost = browser.send_to_its_death(random.randint(1, 30), whom, step, where, fields)
        wait_for_the_database()
        after = month.stands()
        month.is_whole()
        assert after == before or month.newest().state == becomes
        assert lost or after != before, "what was answered is done"
        counts[f"{whom} killed"] += lost or whom == "master"
        counts["as before" if after == before else "done, answer lost" if lost else "done and answered"] += 1
        look_after(server)
        browser.again(step, where, fields)
        now = month.stands()
        assert now == after or after == before, "a second time changes nothing"
        assert (month.newest().state, now["verbs"].total()) == (becomes, before["verbs"].total() + 1)
        month.is_whole()
        number += 1

    with capsys.disabled():
        print(f"\nthe server died under {number} steps of a month: {dict(counts)}")
    assert counts["as before"] > 0
    assert counts["both killed"] > 0
    verbs = [f"submission.{verb}" for verb in ("submitted", "returned", "accepted", "reopened")]
    assert AuditLine.objects.filter(verb__in=verbs).count() == number
    assert faults() == []
