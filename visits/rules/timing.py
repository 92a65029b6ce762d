"""When a visit was written and when it was received. Source: docs/rules.md, "Logging a visit" and "Flags"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from counties.rules import PolicyTerms
from visits.rules.flags import SKEWED, is_late_sync


@dataclass(frozen=True, slots=True)
class Timing:
    """Both moments, and whether the second is late though the first was not: 后同步, a neutral mark."""

    written_at: datetime
    received_at: datetime
    is_late_sync: bool
    drift: int  # seconds that the phone's clock was ahead when it sent the visit; behind below zero

    @property
    def drift_words(self) -> str:
        """`快 12 分钟`; empty while the clock was near enough."""
        return f"{'快' if self.drift > 0 else '慢'} {abs(self.drift) // 60} 分钟" if abs(self.drift) > SKEWED else ""


def timing(*, ends_at: datetime, written_at: datetime, received_at: datetime | None, drift: int, terms: PolicyTerms) -> Timing | None:
    """None for what was not written on the page."""
    if received_at is None:
        return None
    return Timing(written_at, received_at, is_late_sync(ends_at, written_at, received_at, terms), drift)
