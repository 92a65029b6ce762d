"""What the buttons of a submission say: which version was on the screen, and why."""

from __future__ import annotations

import re
from uuid import UUID

from django.http import QueryDict

LONGEST_REASON = 1000
LONGEST_LINE = 500
LINE = re.compile(r"line-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


class AcceptForm:
    """`version` is the one that was looked at; 0, which never stands, where the form was tampered with."""

    def __init__(self, data: QueryDict) -> None:
        self.data = data

    @property
    def version(self) -> int:
        text = self.data.get("version", "")
        return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 0


class ReopenForm(AcceptForm):
    @property
    def reason(self) -> str:
        return self.data.get("reason", "").strip()[:LONGEST_REASON]


class ReturnForm(ReopenForm):
    @property
    def lines(self) -> dict[UUID, str]:
        """The reasons given, by child."""
        given = ((LINE.fullmatch(name), self.data.get(name, "").strip()[:LONGEST_LINE]) for name in self.data)
        return {UUID(match[1]): text for match, text in given if match and text}


class SubmitForm(AcceptForm):
    """`requests` is what the school tells the bureau; `is_nil` says that there is nothing else to tell."""

    @property
    def requests(self) -> str:
        return self.data.get("requests", "").strip()[:2000]

    @property
    def is_nil(self) -> bool:
        return self.data.get("nil") == "1"
