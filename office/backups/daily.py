"""The daily backup: what it says of itself, and when somebody must be told."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils import timezone

from office.backups.making import Made, Tell, make
from office.backups.store import prune
from office.models import Pulse
from office.pulse import beat
from office.refusals import Refused

NAME, WANTED = "backup", "backup wanted"
OVERDUE_AFTER = timedelta(hours=26)
CUT_SHORT = "时间不够，没有做完；已经复制的文件下次不再复制，一小时后接着做。"


def back_up(*, at: datetime, tell: Tell) -> str:
    """Makes the backup of the day and removes old ones; either way it says how it went. In words."""
    directory = Path(settings.BACKUPS)
    try:
        made = make(directory, at=at, tell=tell)
        removed = prune(directory, keep=settings.BACKUPS_KEPT)
    except Exception as error:
        beat(NAME, at=at, ok=False, words=_words(error), good_at=_good_at())
        raise
    return say(made, removed=len(removed), at=at)


def say(made: Made, *, removed: int, at: datetime) -> str:
    """Says that there is a backup, in words for the page of health."""
    words = f"备份了 {sum(made.manifest.counts.values())} 行、{len(made.manifest.files)} 个文件，用时 {made.manifest.seconds} 秒"
    words += f"，删去较早的 {removed} 份。" if removed else "。"
    if made.manifest.lost or made.mended:
        words += f"注意：磁盘上缺少 {len(made.manifest.lost)} 个文件，备份里有 {made.mended} 个坏了已重新复制。"
    beat(NAME, at=at, ok=True, words=words, good_at=at.isoformat())
    return words


def begin_counting(*, at: datetime) -> None:
    """A backup is missed only so long after this installation was first told to make any."""
    if not _good_at():
        beat(WANTED, at=at, good_at=at.isoformat())


def alarm(*, at: datetime) -> str:
    """What an operator must hear of the daily backup; empty when all is well or none is wanted."""
    if not (settings.BACKUPS and (since := _good_at())):
        return ""
    last = f"{timezone.localtime(datetime.fromisoformat(since)):%m-%d %H:%M}"
    said = _last(NAME)
    if said and not said["ok"]:
        return f"每日备份没有做成：{said['words']}最近一份好的做于 {last}。"
    if at - datetime.fromisoformat(since) > OVERDUE_AFTER:
        return f"每日备份没有按时做，最近一份做于 {last}。请看后台任务是否在运行。"
    return ""


def _good_at() -> str:
    """When the last good one was made, or since when one is wanted; empty where none ever was."""
    return str((_last(NAME) or _last(WANTED)).get("good_at", ""))


def _last(name: str) -> dict[str, Any]:
    """What was last said of it, on whichever machine."""
    found: dict[str, Any] = Pulse.objects.filter(name=name).order_by("-at").values_list("detail", flat=True).first() or {}
    return found


def _words(error: Exception) -> str:
    if isinstance(error, Refused):
        return str(error)
    return CUT_SHORT if isinstance(error, SoftTimeLimitExceeded) else f"发生意外（{type(error).__name__}）。"
