"""Kinds of school as people write them."""

from __future__ import annotations

# What people call a kind of school, the more telling words first.
_KIND_WORDS = (
    ("特殊", "special"),
    ("特校", "special"),
    ("十二年", "twelve_year"),
    ("九年", "nine_year"),
    ("完全中学", "complete"),
    ("高中", "complete"),
    ("高级中学", "complete"),
    ("小学", "primary"),
    ("教学点", "primary"),
    ("初中", "junior"),
    ("初级中学", "junior"),
    ("中学", "junior"),
    ("其他", "other"),
    ("幼儿园", "other"),
)


def school_kind(said: str) -> str | None:
    """The code of a kind of school as people write it; nothing said is "other", None when not understood."""
    if not said:
        return "other"
    return next((kind for word, kind in _KIND_WORDS if said == kind or word in said), None)
