"""Names in sheets: how they are compared, and whose name it is. Source: docs/rules.md, "Names"."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

_DOTS = str.maketrans(dict.fromkeys("•・．‧∙･⋅.", "·"))
_BETWEEN_NAMES = re.compile(r"[、,，/;；]+")


def name_key(name: str) -> str:
    """What names are compared by: without spaces, the dots of every keyboard are one, full-width is half-width."""
    if name.isalpha() and unicodedata.is_normalized("NFKC", name):
        return name  # the usual case, and the fast one: nothing but characters
    return unicodedata.normalize("NFKC", "".join(name.split()).translate(_DOTS)).translate(_DOTS)


def split_names(typed: str) -> list[str]:
    """Names written with 、 , ， / or spaces between them; each once, in their order.

    A single character is no name: it belongs to its neighbour (韦　涵, as sheets align names of two characters).
    """
    return list(dict.fromkeys(name for part in _BETWEEN_NAMES.split(typed) for name in _whole_names(part.split())))


def _whole_names(words: list[str]) -> list[str]:
    names: list[str] = []
    for word in words:
        if names and len(names[-1]) == 1:
            names[-1] += word
        else:
            names.append(word)
    if len(names) > 1 and len(names[-1]) == 1:
        names[-2:] = ["".join(names[-2:])]
    return names


class StaffPost(NamedTuple):
    """From a day until (not including) another; None: always."""

    name: str
    user_id: UUID
    school_id: UUID
    starts_on: date | None = None
    ends_on: date | None = None

    def is_in_force(self, on: date) -> bool:
        return (self.starts_on is None or self.starts_on <= on) and (self.ends_on is None or on < self.ends_on)


class Staff:
    """The people of a county's schools, to be found by name."""

    def __init__(self, posts: Iterable[StaffPost]) -> None:
        self._posts: Mapping[str, list[StaffPost]] = defaultdict(list)
        for post in posts:
            self._posts[name_key(post.name)].append(post)

    def named(self, name: str, school_id: UUID | None, on: date | None = None) -> set[UUID]:
        """Who is meant: the namesakes of that school, else those of the county. None: unknown; several: nobody can tell.

        With a day, those in post then come before those who were once or will be.
        """
        posts = self._posts.get(name_key(name), [])
        in_force = [post for post in posts if on is not None and post.is_in_force(on)]
        return _meant(in_force, school_id) or _meant(posts, school_id)


def _meant(posts: Iterable[StaffPost], school_id: UUID | None) -> set[UUID]:
    return {post.user_id for post in posts if post.school_id == school_id} or {post.user_id for post in posts}
