"""Names in sheets: how they are compared, and whose name it is. Source: docs/rules.md, "Names"."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

_DOTS = str.maketrans(dict.fromkeys("•・．‧∙･⋅.", "·"))
_BETWEEN_NAMES = re.compile(r"[、,，/;；\s]+")


def name_key(name: str) -> str:
    """What names are compared by: without spaces, the dots of every keyboard are one, full-width is half-width."""
    if name.isalpha() and unicodedata.is_normalized("NFKC", name):
        return name  # the usual case, and the fast one: nothing but characters
    return unicodedata.normalize("NFKC", "".join(name.split()).translate(_DOTS)).translate(_DOTS)


def split_names(typed: str) -> list[str]:
    """Names written with 、 , ， / or spaces between them; each once, in their order."""
    return list(dict.fromkeys(name for name in _BETWEEN_NAMES.split(typed) if name))


class StaffPost(NamedTuple):
    name: str
    user_id: UUID
    school_id: UUID


class Staff:
    """The people of a county's schools, to be found by name."""

    def __init__(self, posts: Iterable[StaffPost]) -> None:
        of_school: dict[tuple[UUID, str], set[UUID]] = defaultdict(set)
        of_county: dict[str, set[UUID]] = defaultdict(set)
        for post in posts:
            key = name_key(post.name)
            of_school[post.school_id, key].add(post.user_id)
            of_county[key].add(post.user_id)
        self._of_school: Mapping[tuple[UUID, str], set[UUID]] = of_school
        self._of_county: Mapping[str, set[UUID]] = of_county

    def named(self, name: str, school_id: UUID | None) -> set[UUID]:
        """Who is meant: the namesakes of that school, else those of the county. None: unknown; several: nobody can tell."""
        key = name_key(name)
        at_school = self._of_school.get((school_id, key)) if school_id else None
        return at_school or self._of_county.get(key, set())
