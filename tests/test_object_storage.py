"""The product with its files on S3-compatible storage: the pages, the printed month, a storage that goes away, backup and restore."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at
from office import backups, files, stores
from office.models import AuditChain, PrivateFile
from office.refusals import Refused
from office.tests.backed_up import NOW as BACKED_UP
from office.tests.backed_up import faults, fill, settle
from office.tests.on_disk import path_of
from office.work import do
from reports.actions.filing import refresh_draft
from reports.actions.printing import ask_for_print
from reports.tests.make import make_cast
from reports.tests.test_print_job import OCTOBER, again, content
from reports.tests.test_printing import text_of
from tests.object_server import Door, Server, door, object_server, use
from visits.actions import remove
from visits.models import Photo, Visit, VisitRecord
from visits.tests.make import make_visit
from visits.tests.pictures import camera_picture
from visits.tests.test_photos import agree, announced

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]
NOW = at("2026-10-28 09:00")


@pytest.fixture
def server() -> Server:
    return object_server()


@pytest.fixture
def bucket(server: Server) -> str:
    return server.bucket()


@pytest.fixture
def way(server: Server, bucket: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """The product's way to the storage."""
    with door(server.port) as one:
        use(server.url(bucket, port=one.port), settings, monkeypatch)
        yield one


@pytest.fixture
def teacher(way: Door) -> User:
    cast = make_cast()
    teacher: User = make_user(Role.TEACHER, cast.school)
    cast.mine.teachers.create(user=teacher)
    agree(cast.mine.student, teacher)
    make_visit(cast.mine, people=(teacher,), author=teacher)
    return teacher


def put(user: User, photo: Photo, content: bytes) -> Any:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client.put(reverse("visit_photo", args=[photo.visit_id, photo.pk]), content, content_type="image/jpeg")


def get(user: User, name: str, photo: Photo) -> Any:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client.get(reverse(name, args=[photo.visit_id, photo.pk]))


def keys(server: Server, bucket: str) -> list[str]:
    return [each["Key"] for each in server.client().list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_a_picture_goes_there_is_shown_printed_and_taken_away(server: Server, bucket: str, teacher: User) -> None:
    visit, picture = Visit.objects.get(author=teacher), camera_picture()
    photo = announced(visit, picture, teacher)

    assert put(teacher, photo, picture).status_code == 201
    assert len([key for key in keys(server, bucket) if key.startswith("county/files/")]) == PrivateFile.objects.count() == 2
    for name in ("visit_photo", "visit_thumbnail"):
        shown = get(teacher, name, photo)
        assert (shown.status_code, shown["Content-Type"], shown["Cache-Control"]) == (200, "image/jpeg", "private, no-store")
        assert shown.content[:3] == b"\xff\xd8\xff"

    draft = refresh_draft(school=visit.school, month=OCTOBER, at=NOW)
    do(ask_for_print(submission=draft, by=None, at=NOW).pk)
    assert "覃小远" in text_of(content(again(draft)))
    client = Client()
    client.force_login(make_user(Role.SCHOOL_ADMIN, visit.school))
    handed = client.get(reverse("submission_pdf", args=[draft.pk]))
    assert (handed.status_code, handed.content[:4]) == (200, b"%PDF")

    VisitRecord.objects.update(lock="")
    remove(photo=Photo.objects.get(pk=photo.pk), by=teacher, at=NOW)
    assert len([key for key in keys(server, bucket) if key.startswith("county/files/")]) == PrivateFile.objects.count()
    assert not Photo.objects.filter(pk=photo.pk).exists()
    assert faults() == []


def test_storage_that_goes_away_between_picture_and_thumbnail(
    server: Server, bucket: str, way: Door, teacher: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit, picture = Visit.objects.get(author=teacher), camera_picture()
    photo = announced(visit, picture, teacher)
    way.shut_after(puts=1)

    answer = put(teacher, photo, picture)

    assert (answer.status_code, "连不上" in answer.json()["words"]) == (503, True)
    assert (PrivateFile.objects.count(), VisitRecord.objects.get(visit=visit).photo_count) == (0, 0)
    use(server.url(bucket), settings, monkeypatch)
    assert put(teacher, photo, picture).status_code == 201, "sent again, as a phone does"
    with door(server.port) as shut:
        use(server.url(bucket, port=shut.port), settings, monkeypatch)
        shut.shut()
        page = get(teacher, "visit_photo", photo)
        assert (page.status_code, page["Retry-After"]) == (503, "30")
        assert "存放文件的地方" in page.content.decode()
        assert "数据库" not in page.content.decode()
        machine = Client().get("/healthz?part=files")
        assert (machine.status_code, machine.json()) == (503, {"down": ["files"]})
    use(server.url(bucket), settings, monkeypatch)
    assert get(teacher, "visit_photo", photo).status_code == 200


def test_a_form_without_scripts_is_written_and_its_picture_told_apart(way: Door, teacher: User) -> None:
    case = Visit.objects.get(author=teacher).records.get().case
    client = Client()
    client.force_login(teacher)
    with time_machine.travel("2026-10-28 11:00+08:00", tick=True):
        html = client.get(f"/visits/add/?child={case.pk}").content.decode()
        hidden = {name: re.search(rf'name="{name}"\s+value="([^"]+)"', html)[1] for name in ("visit", "base_version")}  # type: ignore[index]
        typed = {"on": "2026-10-28", "start": "06:00", "end_time": "08:00", "mode": "home", "purpose": "teaching", "end": "1"}
        typed |= {"cases": str(case.pk), f"teaching-{case.pk}": "认识红色和蓝色。", "people": str(teacher.pk)}
        way.shut()
        picture = SimpleUploadedFile("photo.jpg", camera_picture(), "image/jpeg")
        answer = client.post("/visits/add/", hidden | typed | {"photos": picture}, follow=True)
    assert answer.status_code == 200, answer.context["errors"]
    written = Visit.objects.get(pk=hidden["visit"])
    assert written.records.get().teaching == "认识红色和蓝色。"
    assert (written.photos.count(), PrivateFile.objects.count()) == (1, 0)
    page = answer.content.decode()
    assert "已收到，回执号" in page
    assert stores.AWAY in page


def test_a_printing_job_waits_for_the_storage(server: Server, bucket: str, way: Door, teacher: User) -> None:
    """It is no refusal: the job is given back and tried again."""
    draft = refresh_draft(school=Visit.objects.get(author=teacher).school, month=OCTOBER, at=NOW)
    job = ask_for_print(submission=draft, by=None, at=NOW)
    way.shut()
    do(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 1)


def test_backup_and_restore(server: Server, bucket: str, way: Door, tmp_path: Path) -> None:
    kept = fill()
    were = {file.pk for file in kept}
    client = server.client()
    made = backups.make(tmp_path, at=BACKED_UP)
    assert set(made.manifest.files) == {file.pk.hex for file in kept}
    assert backups.make(tmp_path, at=BACKED_UP).copied == 0, "what did not change is not copied again"

    files.remove(kept[0])
    [late] = fill(kept=1, lines=2)
    client.put_object(Bucket=bucket, Key=f"county/files/{kept[1].stored_as}", Body=b"rotten")
    done = backups.restore(made.path, set_aside=True, at=BACKED_UP)

    assert done.aside
    assert all(len(files.read(file)) == 3000 for file in PrivateFile.objects.all())
    assert {file.pk for file in PrivateFile.objects.all()} == were
    assert (AuditChain.objects.get(scope="450125").count, faults()) == (5, [])
    aside = {key for key in keys(server, bucket) if key.startswith(f"county/{done.aside.name}/")}
    assert aside == {
        f"county/{done.aside.name}/files/{late.stored_as}",
        f"county/{done.aside.name}/files/{kept[1].stored_as}",
        f"county/{done.aside.name}/anchors/450125.json",
    }
    settle()


def test_a_backup_of_storage_that_is_away_is_told_in_words(way: Door, tmp_path: Path) -> None:
    fill()
    way.shut()
    with pytest.raises(Refused, match="对象存储用不了"):
        backups.make(tmp_path, at=BACKED_UP)
    assert list(tmp_path.glob("2*")) == []


def test_an_installation_moves_there(
    server: Server, bucket: str, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings.PRIVATE_FILES = tmp_path / "files"
    kept, before = fill(), (settings.STORAGES, settings.FILES)
    assert faults() == []
    use(server.url(bucket), settings, monkeypatch)
    with pytest.raises(files.Unreadable):
        files.read(kept[0])

    def moved() -> Any:
        call_command("move_files", "--json")
        return json.loads(capsys.readouterr().out)

    assert moved() == {"files": 2, "copied": 2, "anchors": 1, "lost": []}
    assert [len(files.read(file)) for file in kept] == [3000, 3000]
    assert faults() == []
    fill(kept=0, lines=1)
    assert moved() == {"files": 2, "copied": 0, "anchors": 1, "lost": []}, "a newer anchor is not put back"
    assert faults() == []
    for name in keys(server, bucket)[-1:]:
        server.client().delete_object(Bucket=bucket, Key=name)
    assert moved()["copied"] == 1
    path_of(kept[0]).unlink()
    server.client().delete_object(Bucket=bucket, Key=f"county/files/{kept[0].stored_as}")
    with pytest.raises(SystemExit):
        moved()
    assert kept[0].pk.hex in capsys.readouterr().out
    settings.STORAGES, settings.FILES = before
    with pytest.raises(SystemExit):
        moved()
    assert "SONGJIAO_FILES" in capsys.readouterr().out
