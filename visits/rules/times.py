"""When a visit probably was, before anybody says. Source: docs/rules.md, "Logging a visit"."""

from __future__ import annotations

from datetime import datetime, timedelta

USUAL_START = "14:00"


def usual_times(start: str, end: str, minutes: int, *, now: datetime) -> tuple[str, str, str]:
    """Day, start and end: today at the hours of the last visit; moved back to end now where that is not over yet.

    Early in the day, when a visit that long cannot lie behind, it is yesterday's.
    """
    begins = _today(start or USUAL_START, now)
    ends = _today(end, now) if start and end else begins + timedelta(minutes=minutes)
    length = max(ends - begins, timedelta(minutes=5))
    if begins + length > now:
        begins = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0) - length
        if begins.date() < now.date() or begins.hour < 6:
            begins = _today(start or USUAL_START, now) - timedelta(days=1)
    ends = begins + length
    return begins.date().isoformat(), f"{begins:%H:%M}", f"{ends:%H:%M}" if ends.date() == begins.date() else "23:59"


def _today(clock: str, now: datetime) -> datetime:
    hour, minute = clock.split(":")
    return now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
