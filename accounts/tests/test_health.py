"""The page that says what is down, and the line for machines."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.rules import Role
from accounts.tests.make import make_user
from accounts.views import health as views
from counties.tests.make import make_county, make_school
from office import anchors
from office.audit import record
from office.jobs import enqueue
from office.models import AuditChain, Job, JobState
from office.pulse import beat
from office.tests import handlers

pytestmark = pytest.mark.django_db
assert handlers


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    views._last.clear()
    yield
    views._last.clear()


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(make_user(Role.OPERATOR))
    return client


def all_alive(**age: float) -> None:
    for name in ("worker:documents", "worker:clock", "tick"):
        beat(name, at=timezone.now() - timedelta(**age))


def page(client: Client) -> str:
    answer = client.get(reverse("health"))
    assert answer.status_code == 200
    return answer.content.decode()


def machines() -> tuple[int, Any]:
    views._last.clear()
    answer = Client().get("/healthz")
    return answer.status_code, answer.json()


class TestPage:
    def test_operators_alone(self) -> None:
        for role, where in ((Role.COUNTY_STAFF, make_county()), (Role.AUDITOR, None), (Role.SCHOOL_ADMIN, make_school())):
            client = Client()
            client.force_login(make_user(role, where))
            assert client.get(reverse("health")).status_code == 403

    def test_a_new_installation_says_what_is_missing_and_what_to_do(self, operator: Client) -> None:
        shown = page(operator)
        for words in ("从来没有消息", "从来没有走过", "还没有备份", "manage.py backup", "能用。"):
            assert words in shown

    def test_all_is_well(self, operator: Client) -> None:
        all_alive()
        beat("backup", at=timezone.now(), ok=True)
        shown = page(operator)
        assert "在正常运行" in shown
        assert "上一次是刚才" in shown
        assert "怎么做、存在哪里" not in shown

    def test_what_waits_and_what_came_to_nothing(self, operator: Client) -> None:
        enqueue("test.once", key="waits", by=None, at=timezone.now() - timedelta(hours=1))
        for days in (1, 8):
            Job.objects.create(
                kind="roster.check",
                key=f"failed:{days}",
                at=timezone.now(),
                state=JobState.FAILED,
                ended_at=timezone.now() - timedelta(days=days),
            )
        shown = page(operator)
        assert "1 件，最早的一件等了 60 分钟" in shown
        assert "检查花名册 1 件" in shown

    def test_it_costs_few_questions(self, operator: Client, django_assert_max_num_queries: Any) -> None:
        all_alive()
        with django_assert_max_num_queries(12):
            page(operator)


class TestChains:
    """What was done to the database behind the product's back shows without walking the chains."""

    def write(self, count: int) -> AuditChain:
        for _ in range(count):
            record("student.changed", subject=uuid.uuid4(), by=None, at=timezone.now(), county="450125")
        chain = AuditChain.objects.get(scope="450125")
        anchors.write(anchors.Anchor("450125", chain.count, chain.head))
        return chain

    def test_whole_ones_are_well_also_with_an_anchor_that_lags(self, operator: Client) -> None:
        self.write(3)
        record("student.changed", subject=uuid.uuid4(), by=None, at=timezone.now(), county="450125")
        assert "末尾都与库外留存的一致" in page(operator)

    def test_lines_cut_off(self, operator: Client) -> None:
        self.write(3)
        AuditChain.objects.update(count=1)
        assert "450125 少了 2 行" in page(operator)

    def test_lines_written_anew(self, operator: Client) -> None:
        self.write(3)
        AuditChain.objects.update(head="0" * 64)
        assert "450125 的末尾与留存的不同" in page(operator)

    def test_an_anchor_altered_or_gone(self, operator: Client) -> None:
        self.write(3)
        path = Path(site.AUDIT_ANCHORS) / "450125.json"
        path.write_text(path.read_text().replace('"count": 3', '"count": 2'))
        assert "450125 的留存被改动" in page(operator)
        path.unlink()
        assert "450125 没有库外的留存" in page(operator)


class TestMachines:
    def test_all_is_well(self) -> None:
        all_alive()
        assert machines() == (200, {"down": []})

    def test_what_is_down_is_named_and_nothing_else(self) -> None:
        all_alive(minutes=15)
        assert machines() == (503, {"down": ["worker:documents", "worker:clock", "clock"]})

    def test_one_part_can_be_asked_after(self) -> None:
        assert Client().get("/healthz?part=database").status_code == 200
        assert Client().get("/healthz?part=clock").status_code == 503

    def test_however_many_ask_one_answer_stands_for_seconds(self, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        machines()
        monkeypatch.setattr("accounts.views.health.GOOD_FOR", 3600)  # however slow the machine
        with django_assert_num_queries(0):
            for _ in range(20):
                Client().get("/healthz")

    def test_a_failed_backup_and_a_dead_broker(self, settings: Any, tmp_path: Path) -> None:
        all_alive()
        beat("backup", at=timezone.now(), ok=False, words="磁盘满了。")
        settings.BROKER_DIR, settings.REDIS_URL = tmp_path / "gone", ""
        assert machines() == (503, {"down": ["broker", "backup"]})
        settings.REDIS_URL = "redis://127.0.0.1:9/0"  # where nothing listens
        assert machines() == (503, {"down": ["broker", "backup"]})


WITHOUT_DATABASE = """
import django
django.setup()
from django.test import Client
signed_in = Client(raise_request_exception=False)
signed_in.cookies["sessionid"] = "a" * 32
for answer in (
    signed_in.get("/"),
    signed_in.post("/login/"),
    signed_in.put("/visits/00000000-0000-4000-8000-000000000000/text/", "{}", content_type="application/json"),
    signed_in.get("/healthz"),
):
    has_policy = "Content-Security-Policy" in answer.headers
    print(answer.status_code, answer.headers.get("Retry-After"), has_policy, answer.content.decode().replace("\\n", " "))
"""


def test_without_its_database_the_site_says_so_in_words() -> None:
    """The real driver, on a port where nothing listens."""
    known = dict.fromkeys(("SONGJIAO_SECRET_KEY", "SONGJIAO_SEALING_KEYS", "SONGJIAO_INDEX_KEY", "SONGJIAO_AUDIT_KEY"), "x" * 32)
    known |= {
        "DATABASE_URL": "postgres://app@127.0.0.1:9/app",
        "DJANGO_SETTINGS_MODULE": "songjiao.settings",
        "SONGJIAO_HOSTS": "testserver",
    }
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DATABASE], env=os.environ | known, cwd=site.BASE, capture_output=True, text=True, timeout=120
    )
    page, form, script, machine = done.stdout.splitlines()

    assert page.startswith("503 30 True")
    assert "连不上数据库" in page
    assert form.startswith("503 30 True")
    assert "请不要关掉它" in form
    assert "请不要关掉它" not in page
    assert script.startswith('503 30 True {"words"')
    assert machine.startswith("503 None True")
    assert '"database"' in machine
    assert "Traceback" not in done.stdout


def test_a_table_that_is_missing_is_no_absence(django_db_blocker: Any) -> None:
    """A mistake of ours is told as one."""
    from django.db.utils import OperationalError, ProgrammingError

    from office.health import is_away, is_full

    with pytest.raises((OperationalError, ProgrammingError)) as raised, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")
    assert not is_away(raised.value)
    assert not is_full(raised.value)
