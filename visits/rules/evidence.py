"""What a guardian's confirmation must hold, and what it confirmed. Source: docs/rules.md, "Photos and confirmations"."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from office.rules.strokes import why_not_strokes

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


def digest_of_record(told: Mapping[str, Any]) -> str:
    """SHA-256 of what a record says, in canonical form."""
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
