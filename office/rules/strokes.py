"""A signature as a finger draws it on a pad: strokes of [x, y, milliseconds], in a box 1000 wide.

Source: docs/rules.md, "Photos and confirmations".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Strokes = Sequence[Sequence[Sequence[int]]]

BOX = 1000  # the pad's width, and more than its height
FEWEST_POINTS, MOST_POINTS, MOST_STROKES, LONGEST = 5, 20_000, 400, 30 * 60 * 1000
SMALLEST = 30  # of 1000: less is a dot, not a name
WRONG_FORM = "签字的格式不对，请重签。"


def why_not_drawn(value: Any) -> str:
    """Why whatever came in is no signature, or an empty text."""
    if not isinstance(value, list) or not all(isinstance(stroke, list) for stroke in value):
        return WRONG_FORM
    if not all(isinstance(point, list) for stroke in value for point in stroke):
        return WRONG_FORM
    return why_not_strokes(value) if 0 < len(value) <= MOST_STROKES else "还没有签字。" if not value else "签字太长了，请重签。"


def why_not_strokes(strokes: Strokes) -> str:
    """Strokes are lists of [x, y, milliseconds] within the pad."""
    points = [tuple(point) for stroke in strokes for point in stroke]
    if not all(strokes) or any(len(point) != 3 or not all(type(value) is int for value in point) for point in points):
        return WRONG_FORM
    if any(not (0 <= x <= BOX and 0 <= y <= BOX and 0 <= ms <= LONGEST) for x, y, ms in points):
        return "签字超出了签字框，请重签。"
    if len(points) > MOST_POINTS:
        return "签字太长了，请重签。"
    width, height = (max(values) - min(values) for values in zip(*(point[:2] for point in points), strict=True))
    return "" if len(points) >= FEWEST_POINTS and max(width, height) >= SMALLEST else "签字太短，看不清是谁，请重签。"


def lines_of_strokes(strokes: Strokes | None) -> list[str]:
    """What a polyline of the page is drawn from, a text a stroke."""
    return [" ".join(f"{x},{y}" for x, y, *_ in stroke) for stroke in strokes or ()]


def height_of_strokes(strokes: Strokes | None) -> int:
    """How far down the pad they reach, in its thousandths of a width."""
    return max((point[1] for stroke in strokes or () for point in stroke), default=0) + 40
