"""The daily backup: when it is due, what it says of itself, and that operators hear when there is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from office import backups, work
from office.backups import daily
from office.clock import backup_once_a_day
from office.models import Job, JobState, Pulse
from office.tests.backed_up import fill

pytestmark = pytest.mark.django_db(transaction=True)


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def directory(tmp_path: Path, settings: Any) -> Path:
    settings.BACKUPS = str(tmp_path / "b")
    (tmp_path / "b").mkdir()
    return tmp_path / "b"


def keys() -> list[str]:
    return sorted(Job.objects.filter(kind="backup.daily").values_list("key", flat=True))


def test_none_is_made_where_none_is_wanted(settings: Any) -> None:
    settings.BACKUPS = ""
    backup_once_a_day(beijing("2026-10-28 02:00"))
    assert keys() == []


def test_one_is_due_each_day_at_two_and_later_where_the_machine_was_off(directory: Path) -> None:
    for moment in ("2026-10-28 01:59", "2026-10-28 02:00", "2026-10-28 02:01", "2026-10-28 23:59", "2026-10-29 01:00", "2026-11-02 09:17"):
        backup_once_a_day(beijing(moment))

    assert keys() == ["backup.daily:2026-10-27:1", "backup.daily:2026-10-28:1", "backup.daily:2026-11-02:1"]


def test_what_failed_is_tried_again_in_an_hour_and_what_runs_is_not(directory: Path) -> None:
    first = beijing("2026-10-28 02:00")
    backup_once_a_day(first)
    Job.objects.update(state=JobState.RUNNING)
    backup_once_a_day(first + timedelta(hours=5))
    assert len(keys()) == 1
    Job.objects.update(state=JobState.FAILED, ended_at=first)

    for minutes in (59, 60, 61):
        backup_once_a_day(first + timedelta(minutes=minutes))

    assert keys() == ["backup.daily:2026-10-28:1", "backup.daily:2026-10-28:2"]


def test_the_job_makes_a_backup_prunes_and_says_so(directory: Path, settings: Any) -> None:
    settings.BACKUPS_KEPT = 1
    fill()
    old = backups.make(directory, at=beijing("2026-10-01 02:00"))
    backup_once_a_day(beijing("2026-10-28 02:00"))

    work.do(Job.objects.get().pk)

    job = Job.objects.get()
    assert job.state == JobState.DONE
    assert job.outcome.endswith("秒，删去较早的 1 份。")
    assert not old.path.exists()
    newest = backups.latest(directory)
    assert newest
    assert backups.checked(newest).counts["office_privatefile"] == 2
    said = Pulse.objects.get(name="backup").detail
    assert said["ok"]
    assert said["words"] == job.outcome


def test_one_that_fails_says_why_and_keeps_what_there_is(directory: Path) -> None:
    fill()
    good = backups.make(directory, at=beijing("2026-10-27 02:00"))
    backup_once_a_day(beijing("2026-10-28 02:00"))
    directory.rename(directory.with_name("unplugged"))

    work.do(Job.objects.get().pk)

    job = Job.objects.get()
    assert job.state == JobState.FAILED
    assert "挂上了没有" in job.outcome
    assert not Pulse.objects.get(name="backup").detail["ok"]
    assert (directory.with_name("unplugged") / good.path.name).exists()


def test_an_alarm_is_due_when_one_failed_or_the_last_good_one_is_older_than_26_hours(directory: Path) -> None:
    began = beijing("2026-10-28 02:00")
    daily.begin_counting(at=began)
    daily.begin_counting(at=began + timedelta(hours=20))  # counts once
    assert daily.alarm(at=began + timedelta(hours=26)) == ""
    assert "10-28 02:00" in daily.alarm(at=began + timedelta(hours=26, minutes=1))

    daily.back_up(at=began + timedelta(hours=30), tell=lambda done, total: None)
    assert daily.alarm(at=began + timedelta(hours=31)) == ""

    directory.rename(directory.with_name("unplugged"))
    with pytest.raises(Exception, match="没有目录"):
        daily.back_up(at=began + timedelta(hours=54), tell=lambda done, total: None)
    words = daily.alarm(at=began + timedelta(hours=54))
    assert words.startswith("每日备份没有做成：")
    assert "10-29 08:00" in words  # when the last good one was made


def test_a_failure_of_another_kind_is_told_without_its_text(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("某某某 450125201403080007")

    monkeypatch.setattr(daily, "make", fail)
    with pytest.raises(RuntimeError):
        daily.back_up(at=beijing("2026-10-28 02:00"), tell=lambda done, total: None)

    assert Pulse.objects.get(name="backup").detail["words"] == "发生意外（RuntimeError）。"
