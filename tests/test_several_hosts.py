"""Two hosts with nothing in common but PostgreSQL, Redis and a bucket: each has a web server, workers, a beat and a data directory.

Where the tests may, each host has a name of its own; where the bucket is, a server of this machine plays it.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as product
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import make_school
from office import anchors, files, health
from office.jobs import enqueue
from office.models import AuditChain, Job, JobState, Pulse
from office.tests import handlers
from office.tests.backed_up import faults
from office.tests.workers import wait
from reports.actions.drafting import refresh_draft
from reports.actions.printing import ask_for_print
from students.models import Case, Consent
from students.tests.make import make_case
from tests.browser import session_of
from tests.gunicorn import Server
from tests.object_server import object_server, use
from tests.test_cut_off import Phone, Sent, check, make_sent

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
assert handlers
AS_ROOT = os.getuid() == 0


@dataclass
class Host:
    name: str
    directory: Path
    variables: dict[str, str]
    web: Server = field(init=False)
    worker: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.directory.mkdir()
        self.variables = self.variables | {"SONGJIAO_DATA": str(self.directory)}
        command = [sys.executable, "-m", "celery", "-A", "office.tests.worker", "worker", "-Q", "documents,clock", "-l", "WARNING"]
        command += ["-c", "2", "-n", f"both@{self.name}", "--beat", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        named = ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', self.name] if AS_ROOT else []
        with (self.directory / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                named + command, env=os.environ | self.variables, cwd=product.BASE, stdout=log, stderr=log, start_new_session=True
            )
        self.web = Server(self.directory / "web.log", application="tests.served", variables=self.variables)
        self.web.start()

    def kill(self) -> None:
        """As when the power goes."""
        if self.worker:
            os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()
            self.web.kill()
            self.worker = None

    def get(self, path: str, session: str) -> tuple[int, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=30)
        line.request("GET", path, headers={"Host": "localhost", "Cookie": f"sessionid={session}"})
        answer = line.getresponse()
        return answer.status, answer.read()


@pytest.fixture
def hosts(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Host, Host]]:
    bucket = object_server()
    use(bucket.url(bucket.bucket()), settings, monkeypatch)
    variables = {"SONGJIAO_TEST_DATABASE": str(connection.settings_dict["NAME"]), "DJANGO_SETTINGS_MODULE": "songjiao.settings"}
    variables |= {"SONGJIAO_TEST_TICK": "2", "SONGJIAO_TEST_HASTE": "yes"}
    one, other = Host("host-a", tmp_path / "a", variables), Host("host-b", tmp_path / "b", variables)
    for host in (one, other):
        host.start()
    yield one, other
    for host in (one, other):
        host.kill()


@dataclass
class Scene:
    school: School
    teacher: User
    session: str
    case: Case
    random: Random
    sent: list[Sent] = field(default_factory=list)

    def send(self, host: Host, count: int = 1) -> Sent:
        """Visits with two photos each, over a bad line."""
        phone = Phone(host.web, self.session, self.random)
        for _ in range(count):
            self.sent.append(make_sent(len(self.sent), self.case, [self.teacher], self.random))
            phone.send(self.sent[-1])
        return self.sent[-1]


@pytest.fixture
def scene(db: None) -> Scene:
    school = make_school()
    teacher: User = make_user(Role.TEACHER, school)
    long_ago = timezone.localdate() - timedelta(days=200)
    case = make_case(school, teachers=(teacher,), starts_on=long_ago)
    consent = {"text_version": "1", "given_by": "家长", "by": teacher, "at": timezone.now(), "starts_on": long_ago}
    Consent.objects.create(student=case.student, kind=Consent.Kind.PHOTOS, is_given=True, **consent)
    return Scene(school, teacher, session_of(teacher), case, Random(7))


def effects(job: Job) -> int:
    return AuditChain.objects.filter(scope__in=[f"1-{job.key[:10]}", f"2-{job.key[:10]}"]).count()


def ask(count: int, *, kind: str = "test.steps", **payload: Any) -> list[Job]:
    return [enqueue(kind, key=uuid4().hex, by=None, at=timezone.now(), payload=payload) for _ in range(count)]


def over(jobs: list[Job]) -> bool:
    return not Job.objects.filter(pk__in=[job.pk for job in jobs]).exclude(state=JobState.DONE).exists()


def test_what_one_host_takes_the_other_shows_and_one_that_dies_is_not_missed(hosts: tuple[Host, Host], scene: Scene) -> None:
    one, other = hosts
    sent = scene.send(one)
    pages = [f"/visits/{sent.visit}/", *(f"/visits/{sent.visit}/photos/{key}/" for key in sent.photos)]
    here, there = ([host.get(page, scene.session) for page in pages] for host in hosts)
    assert [status for status, _ in there] == [200] * 3
    assert here[1:] == there[1:], "the same pictures"
    assert sent.content["records"][0]["teaching"].encode() in there[0][1]

    jobs = ask(12, kind="test.once")
    month = timezone.localdate().replace(day=1) - timedelta(days=40)
    draft = refresh_draft(school=scene.school, month=month.replace(day=1), at=timezone.now())
    printing = ask_for_print(submission=draft, by=None, at=timezone.now())
    wait(lambda: over([*jobs, printing]))
    done = AuditChain.objects.filter(head__in=[job.key for job in jobs])
    assert sorted(done.values_list("head", flat=True)) == sorted(job.key for job in jobs), "each by one of the two, once"
    done.delete()
    draft.refresh_from_db()
    assert draft.pdf
    assert files.read(draft.pdf).startswith(b"%PDF")

    wait(lambda: Pulse.objects.filter(name="tick").count() == (2 if AS_ROOT else 1))
    if AS_ROOT:
        [part] = [part for part in health.vital_parts(now=timezone.now()) if part.code == "worker:clock"]
        assert "host-a、host-b" in part.words
    assert Job.objects.filter(kind="office.tidy").count() == 1, "however many beats there are"

    held = ask(4, seconds=20)
    wait(lambda: Job.objects.filter(pk__in=[job.pk for job in held], state=JobState.RUNNING).count() == 4)
    one.kill()
    Job.objects.filter(pk__in=[job.pk for job in held]).update(payload={})  # begun anew they take a moment
    after = scene.send(other)
    assert other.get(f"/visits/{after.visit}/", scene.session)[0] == 200
    assert other.get(pages[1], scene.session) == there[1], "what the dead host took in"
    wait(lambda: over(held))
    assert [effects(job) for job in held] == [2] * 4
    assert Job.objects.filter(pk__in=[job.pk for job in held], attempts__gt=1).exists(), "the dead host had some of them"
    whole(hosts, scene)


@pytest.mark.long
def test_hosts_that_die_and_come_back_for_a_minute(hosts: tuple[Host, Host], scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """One of the two is always dead or about to be; phones go on at whichever answers."""
    jobs: list[Job] = []
    for turn in range(8):
        dying, living = hosts if turn % 2 else hosts[::-1]
        jobs += ask(10, seconds=3)
        scene.send(dying, 2)
        dying.kill()
        jobs += ask(5)
        scene.send(living, 3)
        dying.directory = dying.directory.with_name(f"{dying.directory.name}{turn}")  # its disk is gone too
        dying.start()
    wait(lambda: over(jobs), 180)
    assert [effects(job) for job in jobs] == [2] * len(jobs)
    whole(hosts, scene)
    again = Job.objects.filter(kind="test.steps", attempts__gt=1).count()
    assert again, "none was cut off in the middle: this proved nothing"
    with capsys.disabled():
        print(
            f"\n8 hosts killed with their disks: {len(scene.sent)} visits, {len(jobs)} jobs, {again} of them begun again; 0 lost, 0 doubled"
        )


def whole(hosts: tuple[Host, Host], scene: Scene) -> None:
    """Nothing lost, nothing doubled, the audit whole to its last line, and nothing kept on any host."""
    check(scene.sent)
    assert faults() == []
    assert AuditChain.objects.get(scope=scene.school.county_id).count > 5
    wait(lambda: lag(scene.school.county_id) == 0)
    kept = [path for host in hosts for name in ("files", "anchors") for path in (host.directory / name).rglob("*") if path.is_file()]
    assert kept == []


def lag(scope: str) -> int:
    """Lines by which the anchor in the bucket is behind its chain."""
    anchor = anchors.read(scope)
    return AuditChain.objects.get(scope=scope).count - (anchor.count if anchor else 0)
