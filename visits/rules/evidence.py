"""What a guardian's confirmation must hold, and what it confirmed. Source: docs/rules.md, "Photos and confirmations"."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

BOX = 1000  # the pad's width, and more than its height
FEWEST_POINTS, MOST_POINTS, LONGEST = 5, 20_000, 30 * 60 * 1000
SMALLEST = 30  # of 1000: less is a dot, not a name

WORDS = {
    "signature": "手机签字",
    "thumbprint": "手印照片",
    "proxy": "代签",
    "paper": "纸质签字",
    "link": "链接确认",
    "phone": "电话确认",
}
ON_PAPER = {"thumbprint", "paper"}
"""Kinds shown by a picture of what the guardian put on paper."""

SHOWING_CHILDREN = frozenset({"photo", "screenshot"})
"""Kinds of pictures that count, and that need the guardian's consent; a thumb-print or a signed paper shows no child."""


def why_not_confirmed(given: Mapping[str, Any], *, accepted: Collection[str], photos: Collection[str]) -> str:
    """Why this is no confirmation, or an empty text. `photos` are the ids of the visit's own pictures."""
    kind = given["kind"]
    if kind not in accepted or kind == "link":
        return f"本县不用“{WORDS.get(kind, '这种方式')}”作家长确认，请换一种方式。"
    if not given["signer"].strip():
        return "请填签字人。"
    if kind == "proxy" and not given["witness"].strip():
        return "代签要有见证人。"
    if kind in ON_PAPER and given["photo"] not in photos:
        return "请拍下手印或纸质签字。"
    if kind == "signature" and not given["strokes"]:
        return "还没有签字。"
    return why_not_strokes(given["strokes"]) if given["strokes"] else ""


def why_not_strokes(strokes: Sequence[Sequence[Sequence[int]]]) -> str:
    """Strokes are lists of [x, y, milliseconds] within the pad."""
    points = [tuple(point) for stroke in strokes for point in stroke]
    if not all(strokes) or any(len(point) != 3 or not all(type(value) is int for value in point) for point in points):
        return "签字的格式不对，请重签。"
    if any(not (0 <= x <= BOX and 0 <= y <= BOX and 0 <= ms <= LONGEST) for x, y, ms in points):
        return "签字超出了签字框，请重签。"
    if len(points) > MOST_POINTS:
        return "签字太长了，请重签。"
    width, height = (max(values) - min(values) for values in zip(*(point[:2] for point in points), strict=True))
    return "" if len(points) >= FEWEST_POINTS and max(width, height) >= SMALLEST else "签字太短，看不清是谁，请重签。"


def lines_of_strokes(strokes: Sequence[Sequence[Sequence[int]]] | None) -> list[str]:
    """What a polyline of the page is drawn from, a text a stroke."""
    return [" ".join(f"{x},{y}" for x, y, *_ in stroke) for stroke in strokes or ()]


def height_of_strokes(strokes: Sequence[Sequence[Sequence[int]]] | None) -> int:
    """How far down the pad they reach, in its thousandths of a width."""
    return max((point[1] for stroke in strokes or () for point in stroke), default=0) + 40


def digest_of_record(told: Mapping[str, Any]) -> str:
    """SHA-256 of what a record says, in canonical form."""
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
