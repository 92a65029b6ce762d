"""A sample drawn so that anybody can draw it again: the same frame and the same seed give the same rows.

Source: docs/rules.md, "Assessments and plans".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

MOST = 1000


def frame_digest(frame: Iterable[str]) -> str:
    """SHA-256 of the ids of everything that could have been drawn, in their order as text."""
    return hashlib.sha256("\n".join(sorted(frame)).encode()).hexdigest()


def size_of(total: int, *, count: int | None, percent: int | None) -> int:
    """How many of `total` are drawn: so many, or so many in a hundred, rounded up; never more than there are."""
    asked = count if percent is None else -(-total * percent // 100)
    return max(0, min(total, asked or 0))


def draw(frame: Iterable[str], seed: str, size: int) -> list[str]:
    """`size` of the ids, each as likely as any other: those whose SHA-256 with the seed comes first, in that order.

    It depends on nothing but the ids and the seed: not on their order, the process, the platform or a library's generator.
    """
    return sorted(set(frame), key=lambda one: (hashlib.sha256(f"{seed}:{one}".encode()).digest(), one))[:size]


def draw_by_group(groups: Mapping[str, Iterable[str]], seed: str, *, count: int | None, percent: int | None) -> list[str]:
    """The same of each group for itself: as many of each, or that share of each, groups in the order of their names."""
    drawn: list[str] = []
    for name in sorted(groups):
        frame = set(groups[name])
        drawn += draw(frame, seed, size_of(len(frame), count=count, percent=percent))
    return drawn
