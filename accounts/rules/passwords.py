"""What a password must be: two profiles, chosen by the installation.

`asvs` follows OWASP ASVS: length, a list of common passwords, nothing of the person's own name, no forced
rotation. `dengbao3` adds what auditors of 等级保护三级 ask for: classes of characters, a change every 90 days,
none of the last five. Source: docs/rules.md, "Passwords".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

SHORTEST, LONGEST = 8, 128
_CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm")


@dataclass(frozen=True, slots=True)
class Profile:
    """`classes` kinds of characters at least; `days` until it must be changed and `remembered` former ones, 0 for neither."""

    classes: int = 1
    days: int = 0
    remembered: int = 0


PROFILES = {"asvs": Profile(), "dengbao3": Profile(classes=3, days=90, remembered=5)}


def weaknesses(password: str, *, profile: Profile, own_words: Iterable[str], common: Collection[str]) -> list[str]:
    """What is wrong with a password, in words; empty when nothing is.

    `own_words` are the username and the ways the person's name is typed; `common` passwords are in lower case.
    """
    lower = password.lower()
    found = []
    if len(password) < SHORTEST:
        found.append(f"至少 {SHORTEST} 位。")
    if len(password) > LONGEST:
        found.append(f"最多 {LONGEST} 位。")
    if sum(bool(re.search(kind, password)) for kind in _CLASSES) < profile.classes:
        found.append(f"大写字母、小写字母、数字、符号中至少要有 {profile.classes} 种。")
    if is_common(lower, common):
        found.append("这个密码太常见，容易被猜中，请换一个。")
    if any(len(word) >= 3 and word.lower() in lower for word in own_words):
        found.append("密码里不要有自己的登录名或姓名。")
    return found


def is_common(lower: str, common: Collection[str]) -> bool:
    """On the list, also with digits and signs around the word; or a run, a repetition, a date, a mobile number."""
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", lower)
    return (
        lower in common
        or (len(bare) >= 4 and bare in common)
        or _is_repeated(lower)
        or any(lower in row or lower[::-1] in row for row in _ROWS)
        or re.fullmatch(r"1[3-9]\d{9}", lower) is not None
        or _is_date(lower)
    )


def _is_repeated(text: str) -> bool:
    """One to four characters over and over: 11111111, abcabcabc."""
    return len(text) > 4 and any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 5))


def _is_date(text: str) -> bool:
    digits = re.sub(r"[-./年月日]", "", text)
    if not re.fullmatch(r"(19|20)\d{6}", digits):
        return False
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def is_due(profile: Profile, *, changed_at: datetime, at: datetime) -> bool:
    """Whether the profile asks for a new password by now."""
    return profile.days > 0 and at - changed_at >= timedelta(days=profile.days)
