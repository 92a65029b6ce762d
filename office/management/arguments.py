"""Arguments that several commands take."""

from __future__ import annotations

from datetime import date, datetime

from django.core.management.base import CommandError
from django.utils import timezone


def month_of(text: str) -> date:
    """The first day of a month written 2026-10; anything else ends the command with status 2."""
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError as bad:
        raise CommandError(f"“{text}”不是月份，请写成 2026-10。", returncode=2) from bad


def moment_of(text: str | None) -> datetime:
    """A moment written 2026-10-28T09:00, in Asia/Shanghai unless it says otherwise; now for None."""
    if text is None:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as bad:
        raise CommandError(f"“{text}”不是时刻，请写成 2026-10-28T09:00。", returncode=2) from bad
    return moment if moment.tzinfo else timezone.make_aware(moment)
