"""Backups and restores killed at each change of the disk, and backups made while others write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection

from office import backups, files
from office.backups import restoring, store
from office.models import AuditChain, PrivateFile
from office.tests.backed_up import NOW, child, contents, die_at, faults, fill, settle

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]

WRITE_ON = """
import os, sys, uuid
from datetime import UTC, datetime
from office.tests import worker
from office import files
from office.audit import record
import time
while True:
    time.sleep(0.01)
    now = datetime.now(UTC)
    kept = files.keep(os.urandom(2000), name="a", content_type="image/jpeg", by=None, at=now)
    record("student.changed", subject=kept.pk, by=None, at=now, county="450125")
    if kept.pk.int % 10 == 0:
        files.remove(kept)
    print(".", flush=True)
"""


def was_killed(status: int) -> bool:
    """True when it was; False when it came to its end. Anything else is a fault of the test."""
    assert status == 0 or os.WTERMSIG(status) == signal.SIGKILL
    return status != 0


def backup_killed_everywhere(directory: Path, step: int) -> int:
    """How often a backup was killed before one came to its end."""
    for kills in range(1000):
        before = store.backups(directory)
        status = child(lambda: backups.make(directory, at=NOW + timedelta(days=1)), die_at(1 + kills * step))
        made = [path for path in store.backups(directory) if path not in before]
        for path in store.backups(directory):
            backups.checked(path)
        settle()
        if not was_killed(status):
            assert len(made) == 1
            return kills
        if made:  # killed after it was whole: all that was left is to say so
            made[0].rename(made[0].with_name(made[0].name + store.DRAFT))
    raise AssertionError("it never came to its end")


def restore_killed_everywhere(one: Path, other: Path, step: int) -> int:
    """The installation holds `one` and is told to restore `other`; how often that was killed before it came to its end."""
    backups.restore(one, set_aside=True, at=NOW)
    rows = {one: contents()["rows"]}
    backups.restore(other, set_aside=True, at=NOW)
    rows[other] = contents()["rows"]
    assert rows[one] != rows[other]
    for kills in range(1000):
        backups.restore(one, set_aside=True, at=NOW)
        before = contents()
        status = child(lambda: backups.restore(other, set_aside=True, at=NOW), die_at(1 + kills * step))
        settle()
        if not was_killed(status):
            assert contents()["rows"] == rows[other]
            return kills
        now = contents()
        assert now["rows"] in (rows[one], rows[other])
        assert before["files"].items() <= now["files"].items()
        if now["rows"] == rows[one]:  # the old data, as it was
            assert now["anchors"] == before["anchors"]
        backups.restore(other, set_aside=True, at=NOW)
        assert contents()["rows"] == rows[other]
        assert faults() == []
    raise AssertionError("it never came to its end")


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.long)])
def test_a_backup_killed_anywhere_leaves_none_or_a_whole_one(tmp_path: Path, step: int) -> None:
    fill()
    backups.make(tmp_path, at=NOW)
    fill(kept=1)

    kills = backup_killed_everywhere(tmp_path, step)

    print(f"a backup was killed {kills} times")
    assert kills > 10 // step
    assert len(backups.make(tmp_path, at=NOW + timedelta(days=2)).manifest.files) == 3


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.long)])
def test_a_restore_killed_anywhere_leaves_the_old_data_or_is_finished_by_the_next(tmp_path: Path, step: int) -> None:
    fill()
    one = backups.make(tmp_path, at=NOW).path
    fill()
    other = backups.make(tmp_path, at=NOW + timedelta(days=1)).path

    kills = restore_killed_everywhere(one, other, step)

    print(f"a restore was killed {kills} times")
    assert kills > 10 // step


def test_a_restore_cut_off_between_database_and_anchors_stops_the_start_and_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill()
    path, was = backups.make(tmp_path, at=NOW).path, contents()
    fill()
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_replace_anchors", lambda anchors: os.kill(os.getpid(), signal.SIGKILL))
        assert was_killed(child(lambda: backups.restore(path, set_aside=True, at=NOW)))
    settle()
    assert faults() != []
    assert [error.id for error in run_checks() if error.is_serious()] == ["office.E003"]

    done = backups.restore(path, set_aside=False, at=NOW)

    assert done.aside is None
    now = contents()
    assert (now["rows"], now["anchors"]) == (was["rows"], was["anchors"])
    assert faults() == []
    assert run_checks() == []


def test_backups_made_while_others_write_are_of_one_moment(tmp_path: Path) -> None:
    fill(kept=0)
    known = {"SONGJIAO_TEST_DATABASE": str(connection.settings_dict["NAME"]), "DJANGO_SETTINGS_MODULE": "songjiao.settings"}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITE_ON], env=os.environ | known, cwd=settings.BASE, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    try:
        for writer in writers:
            assert writer.stdout
            assert writer.stdout.readline()
        made = [backups.make(tmp_path, at=NOW + timedelta(hours=hour)) for hour in range(4)]
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    settle()

    assert made[0].manifest.chains != made[-1].manifest.chains  # they did write
    for each in made:
        backups.restore(each.path, set_aside=True, at=NOW)
        settle()
        assert faults() == []
        assert AuditChain.objects.get().count == each.manifest.chains["450125"][0]
        assert {file.pk.hex for file in PrivateFile.objects.all() if files.read(file)} == set(each.manifest.files)
        assert each.manifest.lost == []
