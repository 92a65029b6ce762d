"""The page of a visit as a browser without scripts posts it: one form, its pictures in it."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID, uuid5

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from visits.rules.fields import ON_PAPER, Fields

Manifest = dict[str, list[dict[str, Any]]]


class PostedVisit:
    """What came in. Its photos and confirmations get ids that follow from their content: posted again, they are the same."""

    def __init__(self, post: QueryDict, files: MultiValueDict[str, UploadedFile[bytes]], visit_id: UUID) -> None:
        self.visit_id, self.post = visit_id, post
        self.fields = Fields(dict(post.lists()))
        self.pictures: dict[str, bytes] = {}
        self.lines: list[dict[str, Any]] = []
        for file in files.getlist("photos"):
            self._add(file, "photo", [])
        self.papers = {case: self._paper(files, case) for case in self.fields.all("cases") if f"confirm_photo-{case}" in files}

    @property
    def is_whole(self) -> bool:
        """The last field of the form arrived."""
        return self.post.get("end") == "1"

    @property
    def base_version(self) -> int:
        typed = self.post.get("base_version", "")
        return int(typed) if typed.isdecimal() and len(typed) < 10 else 0

    def plain(self, kept: Manifest) -> dict[str, Any]:
        """The content as it would be sent by the page, with the photos and confirmations that the visit has already."""
        known = {line["id"] for line in kept["photos"]}
        given = {each["id"] for each in kept["confirmations"]}
        new = [each for each in self.fields.confirmations(self.visit_id, self.papers) if each["id"] not in given]
        photos = [*kept["photos"], *(line for line in self.lines if line["id"] not in known)]
        return self.fields.content() | {"photos": photos, "confirmations": [*kept["confirmations"], *new]}

    def _paper(self, files: MultiValueDict[str, UploadedFile[bytes]], case: str) -> str:
        kind = self.fields.one(f"confirm_kind-{case}")
        file = files[f"confirm_photo-{case}"]
        return self._add(file, kind, [case]) if kind in ON_PAPER and isinstance(file, UploadedFile) else ""

    def _add(self, file: UploadedFile[bytes], kind: str, cases: list[str]) -> str:
        content = file.read()
        digest = hashlib.sha256(content).hexdigest()
        key = str(uuid5(self.visit_id, f"{kind} {digest}"))
        if key not in self.pictures:
            self.pictures[key] = content
            self.lines.append({"id": key, "digest": digest, "size": file.size or len(content), "kind": kind, "cases": cases})
        return key
