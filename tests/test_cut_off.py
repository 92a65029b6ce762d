"""Visits with photos sent to a real gunicorn over a bad line: bodies cut, answers lost, the server killed.

The sender is what a phone is: it holds on to everything until it has read a receipt with the digest of what it sent.
"""

from __future__ import annotations

import hashlib
import io
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone
from PIL import Image

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_school
from office import files
from students.models import Case, Consent
from students.tests.make import make_case
from tests.browser import session_of
from tests.gunicorn import Server
from visits.models import Photo, Visit, VisitRecord, VisitRevision

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "t" * 32
SENDERS = 4


# --- The server ---------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    database = {"SONGJIAO_TEST_DATABASE": str(connection.settings_dict["NAME"]), "DJANGO_SETTINGS_MODULE": "songjiao.settings"}
    server = Server(tmp_path / "gunicorn.log", application="tests.served", workers=2, variables=database)
    server.start()
    yield server
    server.kill()


# --- What is sent -------------------------------------------------------------------------------------


@dataclass
class Sent:
    """A visit as the phone holds it, until everything has its receipt."""

    visit: UUID
    content: dict[str, Any]
    photos: dict[UUID, bytes]
    colours: dict[UUID, tuple[int, int, int]]
    receipts: list[str] = field(default_factory=list)


def make_sent(number: int, case: Case, teachers: list[User], random: Random) -> Sent:
    on = timezone.localdate() - timedelta(days=60 - number // 8)
    photos, colours = {}, {}
    for _ in range(2):
        key, colour = UUID(int=random.getrandbits(128), version=4), (random.randrange(256), random.randrange(256), random.randrange(256))
        photos[key], colours[key] = picture(colour), colour
    of_case = {"kind": "photo", "caption": "", "taken_at": "", "cases": [str(case.pk)]}
    manifest = [
        {"id": str(key), "digest": hashlib.sha256(photo).hexdigest(), "size": len(photo), **of_case} for key, photo in photos.items()
    ]
    content = {
        "on": on.isoformat(),
        "start": f"{8 + number % 8:02}:00",
        "end": f"{8 + number % 8:02}:50",
        "mode": "home",
        "purpose": "teaching",
        "state": "done",
        "people": [str(teacher.pk) for teacher in teachers],
        "companions": [],
        "records": [{"case": str(case.pk), "present": True, "lessons": "1", "teaching": f"第 {number} 次：认识水果，学习穿衣"}],
        "photos": manifest,
        "confirmations": [],
    }
    return Sent(UUID(int=random.getrandbits(128), version=4), content, photos, colours)


def picture(colour: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "JPEG", quality=90)
    return out.getvalue()


# --- The bad line -------------------------------------------------------------------------------------


@dataclass
class Phone:
    """Sends one thing after another, each until its receipt has been read; `faults` counts what went wrong on the way."""

    server: Server
    session: str
    random: Random
    faults: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("cut", "lost", "refused", "down"), 0))

    def send(self, sent: Sent) -> None:
        text = json.dumps({"base_version": 0, "content": sent.content, "device": {"at": "", "sent_at": "", "sequence": 1}, "reason": ""})
        told = self._until_receipt(f"/visits/{sent.visit}/text/", text.encode(), "application/json")
        sent.receipts.append(told["receipt"])
        for key, content in sent.photos.items():
            told = self._until_receipt(f"/visits/{sent.visit}/photos/{key}/", content, "image/jpeg")
            assert told["digest"] == hashlib.sha256(content).hexdigest()
            sent.receipts.append(told["receipt"])

    def _until_receipt(self, path: str, body: bytes, kind: str) -> dict[str, Any]:
        for _ in range(200):
            fault = self.random.choice(("none", "none", "cut", "lost"))
            status, told = self._try(path, body, kind, fault)
            if status in (200, 201) and "receipt" in told:
                return told
            assert status in (0, 400, 408, 502, 503), (status, told)  # nothing else may come of a bad line
            time.sleep(0.02 if status else 0.2)
        raise AssertionError("no receipt after 200 tries")

    def _try(self, path: str, body: bytes, kind: str, fault: str) -> tuple[int, dict[str, Any]]:
        head = (
            f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            f"Cookie: sessionid={self.session}; csrftoken={TOKEN}\r\nX-CSRFToken: {TOKEN}\r\n\r\n"
        ).encode()
        try:
            with socket.create_connection(("127.0.0.1", self.server.port), timeout=20) as line:
                if fault == "cut":
                    self.faults["cut"] += 1
                    line.sendall(head + body[: self.random.randrange(len(body))])
                    if self.random.random() < 0.5:
                        return 0, {}
                    line.shutdown(socket.SHUT_WR)  # the other end may answer what it makes of half a body
                else:
                    line.sendall(head + body)
                if fault == "lost":
                    self.faults["lost"] += 1
                    return 0, {}
                return self._answer(line)
        except OSError:
            self.faults["down"] += 1
            return 0, {}

    def _answer(self, line: socket.socket) -> tuple[int, dict[str, Any]]:
        answer = b""
        while part := line.recv(65536):
            answer += part
        head, _, body = answer.partition(b"\r\n\r\n")
        if not head:
            return 0, {}
        status = int(head.split()[1])
        self.faults["refused"] += status >= 400
        return status, json.loads(body) if b"json" in head.lower() else {}


# --- The promise --------------------------------------------------------------------------------------


def send_all(server: Server, seed: int, count: int, *, kills: int) -> tuple[list[Sent], dict[str, int]]:
    """`count` visits by some phones at once, the server killed `kills` times meanwhile."""
    random = Random(seed)
    school = make_school()
    teachers = [make_user(Role.TEACHER, school), make_user(Role.TEACHER, school)]
    long_ago = timezone.localdate() - timedelta(days=200)
    case = make_case(school, teachers=(teachers[0],), starts_on=long_ago)
    consent = {"text_version": "1", "given_by": "家长", "by": teachers[0], "at": timezone.now(), "starts_on": long_ago}
    Consent.objects.create(student=case.student, kind=Consent.Kind.PHOTOS, is_given=True, **consent)
    everything = [make_sent(number, case, teachers, random) for number in range(count)]
    phones = [Phone(server, session_of(teachers[0]), Random(seed * 10 + number)) for number in range(SENDERS)]
    failures: list[BaseException] = []

    def run(phone: Phone, own: list[Sent]) -> None:
        try:
            for sent in own:
                phone.send(sent)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(phone, everything[at::SENDERS])) for at, phone in enumerate(phones)]
    for thread in threads:
        thread.start()
    for _ in range(kills):
        time.sleep(0.3 + random.random())  # early enough to fall among the requests of a fast machine
        if any(thread.is_alive() for thread in threads):
            server.kill()
            server.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return everything, {name: sum(phone.faults[name] for phone in phones) for name in phones[0].faults}


def check(everything: list[Sent]) -> None:
    """Nothing lost, nothing doubled, nothing wrong."""
    assert set(Visit.objects.values_list("pk", flat=True)) == {sent.visit for sent in everything}
    texts = dict(VisitRecord.objects.values_list("visit_id", "teaching"))
    assert VisitRecord.objects.count() == VisitRevision.objects.count() == len(everything)
    photos = Photo.objects.select_related("file").in_bulk()
    assert len(photos) == sum(len(sent.photos) for sent in everything)
    for sent in everything:
        assert texts[sent.visit] == sent.content["records"][0]["teaching"]
        for key, colour in sent.colours.items():
            photo = photos[key]
            assert (photo.visit_id, photo.file is not None) == (sent.visit, True)
            kept = Image.open(io.BytesIO(files.read(photo.file))).convert("RGB").getpixel((160, 120))
            assert isinstance(kept, tuple)
            assert max(abs(a - b) for a, b in zip(kept, colour, strict=True)) <= 12


def test_a_bad_line_and_a_killed_server_lose_and_double_nothing(server: Server) -> None:
    everything, faults = send_all(server, seed=1, count=24, kills=2)

    check(everything)
    assert min(faults["cut"], faults["lost"]) > 5
    assert server.kills >= 1


@pytest.mark.long
@pytest.mark.parametrize("seed", [11, 12, 13, 14, 15])
def test_the_same_four_hundred_and_eighty_times(server: Server, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    everything, faults = send_all(server, seed=seed, count=480, kills=8)

    check(everything)
    with capsys.disabled():
        print(f"\n480 visits, 960 photos, seed {seed}: {faults}, killed {server.kills} times; 0 lost, 0 doubled, 0 wrong")
