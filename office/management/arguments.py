"""Arguments that several commands take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from json import dumps
from pathlib import Path

from django.core.management.base import CommandError, OutputWrapper
from django.utils import timezone

from office.refusals import Refused

YEARS = range(2010, 2100)
"""Those that a month or a moment can be of: beyond them a calendar ends somewhere."""


def month_of(text: str) -> date:
    """The first day of a month written 2026-10; anything else ends the command with status 2."""
    try:
        month = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError as bad:
        raise CommandError(f"“{text}”不是月份，请写成 2026-10。", returncode=2) from bad
    if month.year not in YEARS:
        raise CommandError(f"“{text}”太早或太晚，没有记录。", returncode=2)
    return month


def moment_of(text: str | None) -> datetime:
    """A moment written 2026-10-28T09:00, in Asia/Shanghai unless it says otherwise; now for None."""
    if text is None:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as bad:
        raise CommandError(f"“{text}”不是时刻，请写成 2026-10-28T09:00。", returncode=2) from bad
    if moment.year not in YEARS:
        raise CommandError(f"“{text}”太早或太晚，没有记录。", returncode=2)
    return moment if moment.tzinfo else timezone.make_aware(moment)


def why_unreadable(file: Path, error: OSError) -> str:
    """One line for the person at the terminal; the system's own words are English."""
    whys = {FileNotFoundError: "没有这个文件", IsADirectoryError: "这是目录，不是文件", PermissionError: "没有读它的权限"}
    return f"文件 {file} 打不开：{whys.get(type(error), '读不出来')}。"


@contextmanager
def refusals_end_it(output: OutputWrapper, *, json: bool) -> Iterator[None]:
    """A refusal ends the command with status 1 and its words, or with one JSON object that holds them as `refused`."""
    try:
        yield
    except Refused as refused:
        if not json:
            raise CommandError(str(refused)) from refused
        output.write(dumps({"refused": str(refused)}, ensure_ascii=False))
        raise SystemExit(1) from refused
