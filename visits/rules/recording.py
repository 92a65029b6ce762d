"""What a record says by itself: its lessons, and what its text is compared by. Source: docs/rules.md, "Visits"."""

from __future__ import annotations

import hashlib
from decimal import Decimal

COMPARABLE = 20
"""Characters from which a teaching text is compared with others: short headings repeat naturally."""


def default_lessons(minutes: int, lesson_minutes: int) -> Decimal:
    """The lessons of `minutes` where nobody wrote them down, floored to a half: 125 of 40 → 3, 100 → 2.5, 95 → 2."""
    return Decimal(2 * minutes // lesson_minutes) / 2 if lesson_minutes else Decimal(0)


def text_key(text: str) -> str:
    """32 hex digits that equal texts share, white space aside; empty for a text too short to compare."""
    bare = "".join(text.split())
    return hashlib.sha256(bare.encode()).hexdigest()[:32] if len(bare) >= COMPARABLE else ""
