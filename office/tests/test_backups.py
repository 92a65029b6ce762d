"""Backups: what comes back is what was there; what is damaged or foreign is refused, and nothing here changes then."""

from __future__ import annotations

import json
import os
import re
import resource
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from office import backups, files
from office.backups import manifest as manifests
from office.backups import store
from office.models import AuditChain, PrivateFile
from office.refusals import Refused
from office.tests.backed_up import NOW, child, contents, faults, fill, settle
from office.tests.on_disk import path_of

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kept() -> list[PrivateFile]:
    return fill()


@pytest.fixture
def backup(kept: list[PrivateFile], tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir(mode=0o700)
    return backups.make(tmp_path / "b", at=NOW).path


@pytest.fixture(autouse=True)
def _nothing_aside() -> Iterator[None]:
    yield
    settle()


def restore(path: Path, *, set_aside: bool = True) -> backups.Restored:
    return backups.restore(path, set_aside=set_aside, at=NOW)


def refused(path: Path, *, set_aside: bool = True) -> str:
    """The words of a restore that was refused, and changed nothing."""
    before = contents()
    with pytest.raises(Refused) as refusal:
        restore(path, set_aside=set_aside)
    assert contents() == before
    return str(refusal.value)


# --- There and back -------------------------------------------------------------------------------------


def test_what_comes_back_is_what_was_there(kept: list[PrivateFile], tmp_path: Path) -> None:
    pk, content, was = kept[0].pk, files.read(kept[0]), contents()
    made = backups.make(tmp_path, at=NOW)
    files.remove(kept[0])
    fill(kept=1)
    changed = contents()
    assert changed["rows"] != was["rows"]

    done = restore(made.path)

    now = contents()
    assert (now["rows"], now["anchors"]) == (was["rows"], was["anchors"])
    assert was["files"].items() <= now["files"].items()
    assert files.read(PrivateFile.objects.get(pk=pk)) == content
    assert faults() == []
    assert done.manifest.counts["office_privatefile"] == 2
    assert done.aside
    assert {path.name for path in done.aside.iterdir()} >= {"files", "anchors"}


def test_what_was_set_aside_can_itself_be_used_again(backup: Path) -> None:
    fill(kept=1)
    count = AuditChain.objects.get().count

    done = restore(backup)

    assert done.aside
    if connection.vendor == "sqlite":
        import sqlite3

        old = sqlite3.connect(next(done.aside.glob("*.sqlite3*")))
        assert old.execute("SELECT count FROM office_auditchain").fetchone() == (count,)
        old.close()
    else:
        schema = re.sub("[-.]", "_", done.aside.name.lower())
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT count FROM "{schema}".office_auditchain')
            assert cursor.fetchone() == (count,)
    assert AuditChain.objects.get().count < count


def test_a_second_backup_copies_only_what_is_new(backup: Path) -> None:
    fill(kept=1)

    made = backups.make(backup.parent, at=NOW + timedelta(days=1))

    assert (made.copied, len(made.manifest.files)) == (1, 3)
    assert backups.checked(backup)
    assert backups.checked(made.path)


def test_nobody_is_signed_in_by_a_backup(tmp_path: Path) -> None:
    session = SessionStore()
    session.create()
    made = backups.make(tmp_path, at=NOW)

    assert made.manifest.counts["django_session"] == 0
    assert session.session_key
    assert session.session_key.encode() not in (made.path / made.manifest.database[0]).read_bytes()


def test_no_key_and_no_readable_secret_is_in_a_backup(backup: Path, settings: Any) -> None:
    everything = b"".join(path.read_bytes() for path in backup.parent.rglob("*") if path.is_file())

    assert b"office_privatefile" in everything
    for key in (settings.SECRET_KEY, settings.INDEX_KEY, settings.AUDIT_KEY, *settings.SEALING_KEYS):
        assert key.encode() not in everything
    assert all(path.stat().st_mode & 0o077 == 0 for path in backup.parent.rglob("*"))


def test_a_file_the_disk_lost_is_told_and_stops_nothing(kept: list[PrivateFile], tmp_path: Path) -> None:
    path_of(kept[0]).unlink()

    made = backups.make(tmp_path, at=NOW)

    assert made.manifest.lost == [kept[0].pk.hex]
    assert set(made.manifest.files) == {kept[1].pk.hex}
    assert restore(made.path).manifest.lost


def test_a_file_removed_while_its_backup_is_made_is_not_missed(kept: list[PrivateFile], tmp_path: Path) -> None:
    def remove(done: int, total: int) -> None:
        if PrivateFile.objects.count() == 2 and done == 1:
            files.remove(max(kept, key=lambda one: one.pk.hex))

    made = backups.make(tmp_path, at=NOW, tell=remove)

    assert made.manifest.lost == []
    assert len(made.manifest.files) == made.manifest.counts["office_privatefile"] == 1


def test_a_stored_file_that_rotted_is_noticed_within_a_week_and_copied_again(backup: Path, kept: list[PrivateFile]) -> None:
    path = store.stored(backup.parent, kept[0].pk.hex)
    flip(path, 50)

    week = [backups.make(backup.parent, at=NOW + timedelta(days=day)) for day in range(1, 8)]

    assert [made.mended for made in week].count(1) == 1
    assert backups.checked(backup)


# --- Damage ---------------------------------------------------------------------------------------------


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= 1
    path.write_bytes(content)


def cut(path: Path, at: int) -> None:
    path.write_bytes(path.read_bytes()[:at])


def cut_the_last_byte(path: Path, at: int) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def lose(path: Path, at: int) -> None:
    path.unlink()


def parts(backup: Path) -> dict[str, Path]:
    database = backup / manifests.read(backup).database[0]
    stored = next(path for path in (backup.parent / "files").rglob("*") if path.is_file())
    return {"manifest": backup / "manifest.json", "sum": backup / "manifest.sum", "database": database, "file": stored}


@pytest.mark.parametrize("kind", ["manifest", "sum", "database", "file"])
def test_whatever_is_damaged_is_refused_and_nothing_changes(backup: Path, kind: str) -> None:
    path = parts(backup)[kind]
    whole = path.read_bytes()
    for harm in (flip, cut, cut_the_last_byte, lose):
        for at in (0, len(whole) // 2, -1):
            harm(path, at)
            assert "备份" in refused(backup)
            path.write_bytes(whole)
    restore(backup)  # the control: whole again, it is taken


def test_a_backup_without_its_last_file_written_is_none(backup: Path) -> None:
    assert backups.latest(backup.parent) == backup
    (backup / "manifest.sum").unlink()
    assert backups.latest(backup.parent) is None


# --- Of another installation ------------------------------------------------------------------------------


def rewritten(backup: Path, **changed: Any) -> Path:
    """The backup with another manifest, signed with this installation's key."""
    manifests.write(replace(manifests.read(backup), **changed), backup)
    return backup


@pytest.mark.parametrize("name", ["SEALING_KEYS", "INDEX_KEY", "AUDIT_KEY"])
def test_without_its_keys_a_backup_is_refused_and_they_are_named(backup: Path, settings: Any, name: str) -> None:
    setattr(settings, name, ["other"] if name == "SEALING_KEYS" else "other")
    assert name in refused(backup)


def test_a_key_added_in_front_still_opens_older_backups(backup: Path, settings: Any) -> None:
    settings.SEALING_KEYS = ["newer", *settings.SEALING_KEYS]
    assert backups.checked(backup)


def test_who_has_no_key_cannot_write_a_backup_that_is_taken(backup: Path, settings: Any) -> None:
    key, settings.AUDIT_KEY = settings.AUDIT_KEY, "forger"
    forged = json.loads((backup / "manifest.json").read_text()) | {"lost": []}
    manifests.write(manifests.Manifest(**forged), backup)
    settings.AUDIT_KEY = key
    assert "不是本系统写的" in refused(backup)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"format": 2}, "格式"),
        ({"engine": "oracle"}, "同一种数据库"),
        ({"migrations": ["visits.0001_initial", "visits.9999_from_the_future"]}, "更新的版本（visits.9999_from_the_future）"),
    ],
)
def test_what_another_version_or_database_made_is_refused(backup: Path, changed: dict[str, Any], words: str) -> None:
    assert words in refused(rewritten(backup, **changed))


def test_an_older_backup_is_taken_and_says_what_is_to_be_migrated(backup: Path) -> None:
    migrations = manifests.read(backup).migrations
    assert restore(rewritten(backup, migrations=migrations[:-1])).behind == migrations[-1:]


def test_a_system_with_data_is_not_touched_unless_asked(backup: Path) -> None:
    assert "--set-aside" in refused(backup, set_aside=False)


def test_a_database_in_use_is_not_touched(backup: Path) -> None:
    in_use = connection.copy()
    with in_use.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM office_auditchain")
        try:
            assert "停止服务" in refused(backup)
        finally:
            in_use.close()


# --- Disk full, pruning -------------------------------------------------------------------------------------


def small_files_only() -> None:
    size = 100_000 if connection.vendor == "sqlite" else 16_000  # the live database's own companions go on growing
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def expecting(words: str, work: Callable[[], object]) -> Callable[[], None]:
    def tried() -> None:
        with pytest.raises(Refused, match=words):
            work()

    return tried


def test_a_disk_that_is_not_mounted_is_not_filled_in(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="没有目录"):
        backups.make(tmp_path / "not-there", at=NOW)
    assert not (tmp_path / "not-there").exists()


def test_a_full_disk_is_told_and_leaves_no_backup(kept: list[PrivateFile], tmp_path: Path) -> None:
    words = "磁盘满了" if connection.vendor == "sqlite" else "pg_dump 没有做成"

    assert child(expecting(words, lambda: backups.make(tmp_path, at=NOW)), small_files_only) == 0

    assert store.backups(tmp_path) == []
    assert list(tmp_path.glob("*.draft")) == []
    assert backups.make(tmp_path, at=NOW).manifest.counts  # the control: with room it is made


def test_a_full_disk_ends_a_restore_and_nothing_changes(tmp_path: Path) -> None:
    big = files.keep(os.urandom(200_000), name="大.jpg", content_type="image/jpeg", by=None, at=NOW)
    made = backups.make(tmp_path, at=NOW)
    files.remove(big)
    before = contents()

    assert child(expecting("磁盘满了", lambda: restore(made.path)), small_files_only) == 0

    assert contents() == before


def test_old_backups_go_with_the_files_that_only_they_need(backup: Path, kept: list[PrivateFile]) -> None:
    only_old = store.stored(backup.parent, kept[0].pk.hex)
    files.remove(kept[0])
    later = [backups.make(backup.parent, at=NOW + timedelta(days=day)).path for day in (1, 2)]

    assert backups.prune(backup.parent, keep=2) == [backup.name]

    assert store.backups(backup.parent) == later
    assert not only_old.exists()
    assert all(backups.checked(path) for path in later)


def test_the_last_good_one_stays_and_what_cannot_be_read_is_left_to_a_person(backup: Path) -> None:
    bad = backups.make(backup.parent, at=NOW + timedelta(days=1)).path
    flip(bad / "manifest.json", 5)

    assert backups.prune(backup.parent, keep=0) == []

    assert store.backups(backup.parent) == [backup, bad]
    assert backups.checked(backup)
