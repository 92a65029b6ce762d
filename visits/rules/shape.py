"""The content of a visit as a page can rely on it: every key is there, whatever a draft held. Judges nothing."""

from __future__ import annotations

from typing import Any

from visits.rules import practising
from visits.rules.writing import TEXTS

BLANK: dict[str, Any] = {
    "on": "",
    "start": "",
    "end": "",
    "mode": "home",
    "purpose": "teaching",
    "place": "",
    "channel": "",
    "state": "done",
    "missed_reason": "",
    "reason_text": "",
    "people": [],
    "companions": [],
    "records": [],
    "photos": [],
    "confirmations": [],
}
RECORD: dict[str, Any] = {"case": "", "present": True, "absent_reason": "", "lessons": ""}
RECORD |= {"mood": "", "participation": "", "last_homework": "", "practised": []} | dict.fromkeys(TEXTS, "")
PHOTO: dict[str, Any] = {"id": "", "digest": "", "size": 0, "kind": "photo", "caption": "", "taken_at": "", "cases": []}
CONFIRMATION: dict[str, Any] = {
    "id": "",
    "case": "",
    "kind": "",
    "signer": "",
    "relation": "",
    "witness": "",
    "strokes": None,
    "photo": None,
}
PARTS = {"records": RECORD, "photos": PHOTO, "confirmations": CONFIRMATION}


def shaped(plain: Any) -> dict[str, Any]:
    """What is there of the content, and blanks for the rest."""
    content = _shape(plain, BLANK)
    for name, blank in PARTS.items():
        content[name] = [_shape(each, blank) for each in content[name] if isinstance(each, dict)]
    for record in content["records"]:
        record["practised"] = [_shape(each, practising.BLANK) for each in record["practised"] if isinstance(each, dict)]
    return content


def _shape(plain: Any, blank: dict[str, Any]) -> dict[str, Any]:
    given = plain if isinstance(plain, dict) else {}
    return {name: _like(given.get(name), usual) for name, usual in blank.items()}


def _like(value: Any, usual: Any) -> Any:
    """The value where it is of the kind of the usual one; numbers stand for texts."""
    if usual is None:
        return value if isinstance(value, (list, str)) else None
    if isinstance(usual, str) and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if isinstance(usual, list):
        return list(value) if isinstance(value, list) else []
    return value if isinstance(value, type(usual)) else usual
