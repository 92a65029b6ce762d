"""How long after tries at signing in that failed: it slows a guesser down and strands nobody.

Source: docs/rules.md, "Signing in".
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)


class Kind(StrEnum):
    """What tries are counted by."""

    ACCOUNT = "account"  # tries at one account from devices it does not know
    DEVICE = "device"  # tries at one account from a device that has been in it before
    ADDRESS = "address"  # accounts tried in vain from one address, each counted once
    PAIR = "pair"  # that an account was tried from an address


FREE = {Kind.ACCOUNT: 3, Kind.DEVICE: 3, Kind.ADDRESS: 30, Kind.PAIR: 0}
FORGOTTEN_AFTER = {
    Kind.ACCOUNT: timedelta(days=1),
    Kind.DEVICE: timedelta(days=1),
    Kind.ADDRESS: timedelta(hours=1),
    Kind.PAIR: timedelta(hours=1),
}


def wait(kind: Kind, tries: int) -> timedelta:
    """The pause after the given number of tries: none, then 30 s, doubling, never above 15 minutes.

    An account has three free tries; the eighth in a row, and each after it, is followed by the longest pause.
    """
    beyond = tries - FREE[kind]
    if beyond < 0 or kind is Kind.PAIR:
        return timedelta()
    return min(FIRST_WAIT * (1 << min(beyond, 10)), LONGEST_WAIT)


def is_forgotten(kind: Kind, *, tried_at: datetime, at: datetime) -> bool:
    return at - tried_at >= FORGOTTEN_AFTER[kind]


def wait_text(left: timedelta) -> str:
    """`30 秒` or `2 分钟`, rounded up."""
    seconds = -int(-left.total_seconds() // 1)
    return f"{seconds} 秒" if seconds < 60 else f"{-(-seconds // 60)} 分钟"
