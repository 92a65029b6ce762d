"""What commands take, and the one line they say to what they cannot use."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from office.management.arguments import moment_of, month_of, why_unreadable


def test_months_and_moments_are_read() -> None:
    assert month_of("2026-10") == date(2026, 10, 1)
    assert moment_of("2026-10-28T09:00") == timezone.make_aware(datetime(2026, 10, 28, 9))  # noqa: DTZ001 - a moment of here


@pytest.mark.parametrize("text", ["2026-13", "十月", "", "0001-01", "2009-12", "2100-01", "9999-12"])
def test_what_is_no_month_of_anybody_ends_with_status_2(text: str) -> None:
    with pytest.raises(CommandError, match=r"月份|太早或太晚") as ended:
        month_of(text)
    assert ended.value.returncode == 2


@pytest.mark.parametrize("text", ["昨天", "0001-01-01", "9999-12-31T23:59"])
def test_what_is_no_moment_of_anybody_ends_with_status_2(text: str) -> None:
    with pytest.raises(CommandError, match=r"时刻|太早或太晚") as ended:
        moment_of(text)
    assert ended.value.returncode == 2


@pytest.mark.parametrize(
    ("error", "words"),
    [(FileNotFoundError(2, "No such"), "没有这个文件"), (IsADirectoryError(21, "Is a"), "目录"), (OSError(5, "Input"), "读不出来")],
)
def test_why_a_file_cannot_be_read_is_said_without_the_systems_english(error: OSError, words: str) -> None:
    line = why_unreadable(Path("名册.xlsx"), error)
    assert (words in line, str(error.strerror) in line) == (True, False)


@pytest.mark.django_db
@pytest.mark.parametrize("held", ["{{{", "", "[" * 100_000, "{}", None])
def test_a_place_for_the_keys_that_cannot_be_used_is_said_and_no_backup_is_made(tmp_path: Path, held: str | None) -> None:
    store, keys = tmp_path / "store", tmp_path / "away" / "keys.json"
    store.mkdir()
    if held is not None:
        keys.parent.mkdir()
        keys.write_text(held)
    with pytest.raises(CommandError, match=r"没有覆盖|没有目录"):
        call_command("backup", str(store), keys=keys)
    assert list(store.iterdir()) == []
    assert held is None or keys.read_text() == held
