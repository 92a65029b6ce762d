"""The drill: the demo county is backed up by the command, and put back on a machine that knows nothing but the program and the keys."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

pytestmark = [pytest.mark.long, pytest.mark.alone, pytest.mark.django_db(transaction=True)]

LOOK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
from office.tests.backed_up import contents
from reports.management.commands.demo import PASSWORD
from visits.models import Photo
settings.ALLOWED_HOSTS.append("testserver")
found = contents()
photo = Photo.objects.exclude(file=None).select_related("visit").order_by("pk").first()
username = photo.visit.people.first().user.username if photo else "bureau"
client = Client()
client.post("/login/", {"username": username, "password": PASSWORD})
home, child = client.get("/"), client.get("/students/")
picture = client.get(f"/visits/{photo.visit_id}/photos/{photo.pk}/") if photo else None
found["pages"] = [home.status_code, child.status_code, picture.status_code if picture else None]
found["picture"] = bytes(picture.content[:3]).hex() if picture else ""
print(json.dumps(found))
"""


class Machine:
    """A data directory, on PostgreSQL with a database of its own too, and the commands run there."""

    def __init__(self, data: Path) -> None:
        data.mkdir(mode=0o700)
        self.data, self.name = data, f"songjiao_{uuid.uuid4().hex[:12]}"
        self.environ = os.environ | {"SONGJIAO_DATA": str(data), "DJANGO_SETTINGS_MODULE": "songjiao.settings"}
        if settings.DATABASE_URL:
            self.environ["DATABASE_URL"] = urlsplit(settings.DATABASE_URL)._replace(path=f"/{self.name}").geturl()
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{self.name}"')

    def close(self) -> None:
        if settings.DATABASE_URL:
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    def manage(self, *arguments: str) -> str:
        return self.run("manage.py", *arguments)

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=settings.BASE, env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def look(self) -> Any:
        return json.loads(self.run("-c", LOOK).splitlines()[-1])


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[tuple[Machine, Machine]]:
    both = Machine(tmp_path / "old"), Machine(tmp_path / "new")
    yield both
    for each in both:
        each.close()


def test_a_lost_machine_comes_back_whole(machines: tuple[Machine, Machine], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lost, new = machines
    store, keys = tmp_path / "backups", tmp_path / "apart" / "keys.json"
    store.mkdir()
    keys.parent.mkdir()
    lost.manage("migrate", "--verbosity", "0")
    lost.manage("demo")
    was = lost.look()  # looking writes to the audit, too: before the backup, and once more after it
    made = json.loads(lost.manage("backup", str(store), "--keys", str(keys), "--json"))
    shutil.rmtree(lost.data)

    if not settings.DATABASE_URL:
        shutil.copy(keys, new.data / "keys.json")
    done = json.loads(new.manage("restore", str(store), "--json"))
    is_now = new.look()

    print(f"{made['rows']} rows, {made['files']} files: backup {made['seconds']} s, restore {done['seconds']} s")
    assert done["faults"] == []
    assert done["counts"] == json.loads((Path(made["backup"]) / "manifest.json").read_text())["counts"]
    assert json.loads(new.manage("verify_audit", "--json"))["faults"] == []
    assert is_now["files"] == was["files"]
    moved = {"office_auditline", "office_auditchain", "accounts_user", "accounts_throttle", "office_pulse"}  # by signing in and looking
    assert {table for table, digest in was["rows"].items() if is_now["rows"][table] != digest} <= moved
    assert is_now["pages"][:2] == was["pages"][:2] == [200, 200]
    if was["files"]:
        assert is_now["pages"][2] == 200
        assert is_now["picture"] == "ffd8ff"
