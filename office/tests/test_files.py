"""A file is kept privately, and handed out by those who may."""

from __future__ import annotations

import errno
import os
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from office import files, tasks
from office.fields import Unreadable
from office.files import download, keep, read, remove
from office.models import Job, PrivateFile
from office.refusals import Refused
from office.tests.on_disk import path_of

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
CONTENT = "覃小远,450125201403080007".encode() * 100


@pytest.fixture(autouse=True)
def _own_directory(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_FILES = tmp_path / "files"
    settings.SCRATCH = tmp_path / "scratch"
    settings.SCRATCH.mkdir()


def make_file(content: bytes = CONTENT, **fields: Any) -> PrivateFile:
    given: dict[str, Any] = {"name": "花名册 覃小远.xlsx", "content_type": files.XLSX, "by": uuid.uuid4(), "at": NOW}
    return keep(content, **given | fields)


def on_disk(settings: Any) -> list[Path]:
    return [path for path in settings.PRIVATE_FILES.glob("**/*") if path.is_file()]


def test_a_file_is_read_as_it_was_kept() -> None:
    file = PrivateFile.objects.get(pk=make_file().pk)
    assert read(file) == CONTENT
    assert (file.name, file.size, len(file.digest)) == ("花名册 覃小远.xlsx", len(CONTENT), 64)
    assert read(make_file(b"")) == b""


def test_neither_disk_nor_database_nor_name_tells_what_it_is(settings: Any) -> None:
    make_file()
    (path,) = on_disk(settings)
    assert b"450125" not in path.read_bytes()
    assert path.name == PrivateFile.objects.get().pk.hex
    assert path.stat().st_mode & 0o077 == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM office_privatefile")
        assert cursor.fetchone()[0].startswith("s1:")


def test_a_file_altered_exchanged_or_lost_is_noticed() -> None:
    one, other = make_file(), make_file(b"another")
    whole = path_of(one).read_bytes()
    for content in (whole[:-1] + bytes([whole[-1] ^ 1]), whole[:-1], b"", path_of(other).read_bytes()):
        path_of(one).write_bytes(content)
        with pytest.raises(Unreadable):
            read(one)
    path_of(one).write_bytes(whole)
    assert read(one) == CONTENT
    path_of(one).unlink()
    with pytest.raises(Unreadable):
        read(one)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_in_words_and_leaves_nothing(code: int, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(code, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="磁盘满了，文件没有保存"):
        make_file()
    assert (on_disk(settings), PrivateFile.objects.count()) == ([], 0)


def test_another_trouble_with_the_disk_is_no_refusal(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output"):
        make_file()
    assert on_disk(settings) == []


def test_a_removed_file_goes_with_the_commit(django_capture_on_commit_callbacks: Any) -> None:
    file = make_file()
    path = path_of(file)
    with django_capture_on_commit_callbacks(execute=True):
        remove(file)
        assert path.exists()
    assert not path.exists()


@pytest.mark.django_db(transaction=True)
def test_a_removal_taken_back_keeps_the_file() -> None:
    file = make_file()
    with transaction.atomic():
        remove(file)
        transaction.set_rollback(True)
    assert read(PrivateFile.objects.get()) == CONTENT


class TestTidying:
    def age(self, path: Path, days: float) -> None:
        os.utime(path, ((NOW - timedelta(days=days)).timestamp(),) * 2)

    def test_what_a_failed_transaction_left_is_removed_after_a_day(self, settings: Any) -> None:
        kept = make_file()
        with transaction.atomic():
            fresh, old = make_file(), make_file()
            transaction.set_rollback(True)
        self.age(path_of(kept), 9)
        self.age(path_of(old), 1.1)
        self.age(path_of(fresh), 0.9)
        assert files.tidy(now=NOW) == 1
        assert set(on_disk(settings)) == {path_of(kept), path_of(fresh)}

    def test_half_written_files_and_scratch_are_removed_too(self, settings: Any) -> None:
        file = make_file()
        for left in (path_of(file).parent / "tmp1234", settings.SCRATCH / "upload", settings.SCRATCH / "fresh"):
            left.write_text("x")
            self.age(left, 0 if left.name == "fresh" else 2)
        (settings.SCRATCH / "workbook").mkdir()
        self.age(settings.SCRATCH / "workbook", 2)
        assert files.tidy(now=NOW) == 3
        assert [path.name for path in settings.SCRATCH.iterdir()] == ["fresh"]
        assert on_disk(settings) == [path_of(file)]

    def test_a_file_whose_time_is_over_is_removed(self, settings: Any, django_capture_on_commit_callbacks: Any) -> None:
        make_file(keep_until=NOW)
        kept = [make_file(keep_until=NOW + timedelta(seconds=1)), make_file()]
        with django_capture_on_commit_callbacks(execute=True):
            assert files.tidy(now=NOW) == 1
        assert {file.pk for file in kept} == set(PrivateFile.objects.values_list("pk", flat=True))
        assert len(on_disk(settings)) == 2

    def test_the_day_is_tidied_once(self) -> None:
        tasks.tick()
        tasks.tick()
        job = Job.objects.get(kind="office.tidy")
        tasks.run(str(job.pk))
        job.refresh_from_db()
        assert (job.kind, job.state, job.outcome) == ("office.tidy", "done", "清理了 0 个文件。")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("list.xlsx", 'attachment; filename="list.xlsx"'),
        ("花名册.xlsx", "attachment; filename*=utf-8''%E8%8A%B1%E5%90%8D%E5%86%8C.xlsx"),
        ("../a\r\nSet-Cookie: x=1/b.xlsx", 'attachment; filename=".._a__Set-Cookie: x=1_b.xlsx"'),
    ],
)
def test_a_download_is_saved_not_shown_and_kept_by_nobody(name: str, header: str) -> None:
    answer = download(b"<script>", name=name, content_type=files.XLSX)
    assert answer.content == b"<script>"
    assert answer["Content-Disposition"] == header
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == files.XLSX
