"""How Chinese names are typed: for making usernames, and for finding a name in a password."""

from __future__ import annotations

import re
from collections.abc import Collection

MOST = 24  # leaves room for a number


def username_for(name: str, *, taken: Collection[str]) -> str:
    """A username nobody has yet, from the pinyin of a name: lanyonghao, lanyonghao2."""
    from pypinyin import lazy_pinyin

    base = re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(name)).lower())[:MOST]
    base = base if len(base) >= 2 else f"user{base}"
    number, username = 1, base
    while username in taken:
        number += 1
        username = f"{base}{number}"
    return username


def spellings(name: str) -> list[str]:
    """The characters of a name, and its pinyin in both orders with every reading of the surname."""
    from pypinyin import Style, lazy_pinyin, pinyin

    name = re.sub(r"\W", "", name)
    surnames = pinyin(name[:1], style=Style.NORMAL, heteronym=True)[0] if name else []
    given = "".join(lazy_pinyin(name[1:]))
    return [name, *(word for surname in surnames for word in (surname + given, given + surname))]
