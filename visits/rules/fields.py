"""The fields of the page's form as the content of a visit: what a browser without scripts posts, and what a draft kept of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from accounts.rules.names import split_names
from visits.rules.practising import RESULTS, is_told
from visits.rules.shape import CONFIRMATION
from visits.rules.writing import TEXTS

OF_A_CHILD = ("lessons", "mood", "participation", "last_homework", *TEXTS)
ON_PAPER = ("thumbprint", "paper")


class Fields:
    """Form fields by name, each with all its values."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self.fields = fields

    def one(self, name: str) -> str:
        values = self.fields.get(name) or [""]
        return str(values[-1])

    def all(self, name: str) -> list[str]:
        return list(dict.fromkeys(str(value) for value in self.fields.get(name) or []))

    def content(self) -> dict[str, Any]:
        """In the form of VisitContent.plain(), without photos and confirmations."""
        is_missed = bool(self.one("missed"))
        plain: dict[str, Any] = {name: self.one(name) for name in ("on", "start", "mode", "purpose", "place", "channel", "reason_text")}
        return plain | {
            "end": self.one("end_time"),
            "state": "missed" if is_missed else "done",
            "missed_reason": self.one("missed_reason") if is_missed else "",
            "people": self.all("people"),
            "companions": list(split_names(self.one("companions"))),
            "records": [self._record(case) for case in self.all("cases")],
            "photos": [],
            "confirmations": [],
        }

    def _record(self, case: str) -> dict[str, Any]:
        record: dict[str, Any] = {name: self.one(f"{name}-{case}") for name in OF_A_CHILD}
        record |= {"case": case, "present": not self.one(f"absent-{case}"), "absent_reason": self.one(f"absent_reason-{case}")}
        return record | {"practised": self._practised(case)}

    def _practised(self, case: str) -> list[dict[str, str]]:
        """Of the objectives offered those of which something is said, in their order on the page."""
        before = f"practice_plan-{case}-"
        offered = [name.removeprefix(before) for name in self.fields if name.startswith(before)]
        lines = [{name: self.one(f"practice_{name}-{case}-{key}") for name in ("plan", *RESULTS)} | {"objective": key} for key in offered]
        return [line for line in lines if is_told(line)]

    def confirmations(self, visit: UUID, photos: Mapping[str, str]) -> list[dict[str, Any]]:
        """Those a form without scripts can give: by a proxy, or on paper with its picture (`photos`: its id by case)."""
        found = []
        for case in self.all("cases"):
            kind, photo = self.one(f"confirm_kind-{case}"), photos.get(case)
            given = {name: self.one(f"confirm_{name}-{case}") for name in ("signer", "relation", "witness")}
            if (kind == "proxy" and given["signer"]) or (kind in ON_PAPER and photo):
                key = str(uuid5(visit, f"{kind} {case} {photo or given['signer']}"))
                found.append(CONFIRMATION | given | {"id": key, "case": case, "kind": kind, "photo": photo})
        return found


def read_draft(draft: Any) -> Any:
    """The content that a draft holds: as such, or as the fields of the page's form."""
    fields = draft.get("fields") if isinstance(draft, dict) else None
    if not isinstance(fields, dict):
        return draft
    listed = {str(name): [str(each) for each in value] if isinstance(value, list) else [str(value)] for name, value in fields.items()}
    cases = draft.get("cases")
    listed["cases"] = [str(case) for case in cases] if isinstance(cases, list) else listed.get("cases", [])
    kept = {name: draft[name] for name in ("photos", "confirmations") if name in draft}
    return Fields(listed).content() | kept
