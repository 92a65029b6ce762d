"""A body that breaks off on its way, against the real server: refused in words, never stored, and whole the second time."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from tests.gunicorn import Server

pytestmark = pytest.mark.skipif(bool(settings.DATABASE_URL), reason="the server is what is tested, not the database")

SEED = """
from datetime import timedelta
from django.test import Client
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_school
from django.utils import timezone
from students.tests.make import make_case
school = make_school()
user = make_user(Role.TEACHER, school)
case = make_case(school, teachers=(user,), starts_on=timezone.localdate() - timedelta(days=300))
client = Client()
client.force_login(user)
print(client.cookies["sessionid"].value, case.pk, user.pk, (timezone.localdate() - timedelta(days=1)).isoformat())
"""
TOKEN = "a" * 32


@dataclass
class Site:
    port: int
    data: Path
    session: str
    case: str
    user: str
    yesterday: str

    def send(self, method: str, path: str, kind: str, body: bytes, *, share: float = 1) -> tuple[int, str]:
        """What is answered to a request of which only a share of the body arrives before the line breaks."""
        head = [
            f"{method} {path} HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body)}",
        ]
        head += [f"Cookie: sessionid={self.session}; csrftoken={TOKEN}", f"X-CSRFToken: {TOKEN}", "", ""]
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as line:
            line.sendall("\r\n".join(head).encode() + body[: int(len(body) * share)])
            line.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: line.recv(65536), b""))
        return int(answer.split()[1]), answer.decode(errors="replace")

    def count(self, table: str) -> int:
        with sqlite3.connect(self.data / "songjiao.sqlite3") as database:
            return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def text(self, photos: list[dict[str, object]]) -> dict[str, object]:
        content = {"on": self.yesterday, "start": "14:00", "end": "16:00", "mode": "home", "state": "done", "people": [self.user]}
        return {"base_version": 0, "content": content | {"records": [{"case": self.case, "teaching": "认数"}], "photos": photos}}


@pytest.fixture(scope="module")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A database of its own, empty as the tests' is, with its keys."""
    data = tmp_path_factory.mktemp("data")
    shutil.copy(settings.DATA / "keys.json", data)
    with sqlite3.connect(connection.settings_dict["NAME"]) as empty, sqlite3.connect(data / "songjiao.sqlite3") as own:
        empty.backup(own)
    environ = {"SONGJIAO_DATA": str(data)}
    seeded = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", SEED],
        cwd=settings.BASE,
        env=os.environ | environ,
        check=True,
        capture_output=True,
        text=True,
    )
    server = Server(data / "gunicorn.log", variables=environ)
    server.start()
    yield Site(server.port, data, *seeded.stdout.split())
    server.kill()


def multipart(fields: dict[str, str], file: bytes) -> tuple[str, bytes]:
    """A form as a browser sends it; the file in the middle, the closing field last."""
    *first, last = fields.items()
    parts = [f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in first]
    parts += [
        b'--cut\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n',
        file,
        b"\r\n",
    ]
    parts += [f'--cut\r\nContent-Disposition: form-data; name="{last[0]}"\r\n\r\n{last[1]}\r\n'.encode(), b"--cut--\r\n"]
    return "multipart/form-data; boundary=cut", b"".join(parts)


@pytest.mark.parametrize("share", [0, 0.3, 0.5, 0.9, 0.999])
def test_a_text_that_breaks_off_is_refused_in_words_and_whole_the_second_time(site: Site, share: float) -> None:
    before, key = site.count("visits_visit"), uuid4()
    body = json.dumps(site.text([]) | {"padding": "x" * 50_000}).encode()
    status, answer = site.send("PUT", f"/visits/{key}/text/", "application/json", body, share=share)

    assert status == 400
    assert "没有传完整" in json.loads(answer.split("\r\n\r\n", 1)[1])["words"]
    assert site.count("visits_visit") == before
    assert site.send("PUT", f"/visits/{key}/text/", "application/json", body)[0] == 201
    assert site.count("visits_visit") == before + 1


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.9, 0.99, 0.9999])
def test_a_form_that_breaks_off_makes_no_visit(site: Site, share: float) -> None:
    before = site.count("visits_visit"), site.count("visits_photo"), site.count("visits_visitdraft")
    fields = {"csrfmiddlewaretoken": TOKEN, "visit": str(uuid4()), "base_version": "0", "on": site.yesterday, "start": "14:00"}
    fields |= {"end_time": "16:00", "mode": "home", "people": site.user, "cases": site.case, f"teaching-{site.case}": "认数", "end": "1"}
    kind, body = multipart(fields, os.urandom(200_000))
    status, answer = site.send("POST", "/visits/add/", kind, body, share=share)

    assert status == 400
    assert "不完整" in answer
    assert (site.count("visits_visit"), site.count("visits_photo"), site.count("visits_visitdraft")) == before
    status, answer = site.send("POST", "/visits/add/", kind, body)
    assert status == 302
    assert re.search(rf"Location: /visits/{fields['visit']}/", answer)
    assert (site.count("visits_visit"), site.count("visits_photo")) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize("share", [0.5, 0.999])
def test_a_picture_that_breaks_off_is_not_kept_and_its_visit_waits_for_it(site: Site, share: float) -> None:
    key, photo, content = uuid4(), uuid4(), os.urandom(100_000)
    line = {"id": str(photo), "digest": hashlib.sha256(content).hexdigest(), "size": len(content), "kind": "photo", "cases": []}
    body = json.dumps(site.text([line])).encode()
    assert site.send("PUT", f"/visits/{key}/text/", "application/json", body)[0] == 201

    assert site.send("PUT", f"/visits/{key}/photos/{photo}/", "image/jpeg", content, share=share)[0] == 400
    again = site.send("PUT", f"/visits/{key}/text/", "application/json", body)
    assert again[0] == 200
    assert json.loads(again[1].split("\r\n\r\n", 1)[1])["missing"] == [str(photo)]
