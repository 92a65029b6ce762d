"""Which lines of a month or of a board to show, and in what order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from reports.rules.standing import STAND_WORDS
from reports.sheets import ChildLine, MonthSheet
from reports.sheets.board import Board, BoardLine
from visits.rules.judging import FLAG_WORDS, STAYING, VERDICT_WORDS

Key = Callable[[ChildLine], Any]

ALL = ("", "全部")
MOST_TICKETS = 500
VERDICTS = [ALL, *((verdict.value, word) for verdict, word in VERDICT_WORDS.items())]
STANDS = [ALL, *((stand.value, word) for stand, (word, _) in STAND_WORDS.items())]
FLAGS = [ALL, ("any", "有需说明事项"), *((flag.value, word) for flag, word in FLAG_WORDS.items() if flag not in STAYING)]

ORDERS: dict[str, Key] = {
    "name": lambda line: line.name,
    "school": lambda line: (line.school_code, line.name),
    "owed": lambda line: line.month.owed,
    "delivered": lambda line: line.month.delivered,
    "lessons": lambda line: line.month.lessons,
    "verdict": lambda line: list(VERDICT_WORDS).index(line.month.verdict),
    "short": lambda line: line.month.short_visits,
    "year": lambda line: line.year.delivered,
    "forecast": lambda line: line.year.forecast or Decimal(0),
    "latest": lambda line: line.year.latest_safe_on or date.max,
}


class MonthFilter(forms.Form):
    """Narrows a month to a school, a verdict, a kind of flag or a name; `sort` orders it."""

    q = forms.CharField(label="姓名", required=False, max_length=40, strip=True)
    school = forms.ChoiceField(label="学校", required=False)
    verdict = forms.ChoiceField(label="判定", required=False, choices=VERDICTS)
    flag = forms.ChoiceField(label="需说明事项", required=False, choices=FLAGS)
    year = forms.ChoiceField(label="学年", required=False, choices=[ALL, ("risk", "可能欠课")])
    sort = forms.ChoiceField(
        required=False, widget=forms.HiddenInput, choices=[(key, key) for order in ORDERS for key in (order, f"-{order}")]
    )
    county = forms.CharField(required=False, widget=forms.HiddenInput, max_length=6)

    def __init__(self, data: Any, *, sheet: MonthSheet) -> None:
        super().__init__(data)
        self.sheet = sheet
        schools = {str(line.school_id): line.school_name for line in sheet.lines}
        if len(schools) > 1:
            self.fields["school"].choices = [ALL, *schools.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["school"]

    @property
    def order(self) -> str:
        """What the lines are sorted by, `-` before it when descending."""
        return str(self.cleaned_data["sort"] or "school") if self.is_valid() else ""

    def lines(self) -> list[ChildLine]:
        """The lines asked for, in the order asked for; none when the question makes no sense."""
        if not self.is_valid():
            return []
        key = ORDERS[self.order.removeprefix("-")]
        return sorted(filter(self._is_asked, self.sheet.lines), key=key, reverse=self.order.startswith("-"))

    def _is_asked(self, line: ChildLine) -> bool:
        asked = self.cleaned_data
        return all(
            (
                asked["q"] in line.name,
                asked.get("school") in (None, "", str(line.school_id)),
                asked["verdict"] in ("", line.month.verdict) and not (asked["verdict"] and line.is_paused),
                _has_flag(asked["flag"], line.month.flags),
                asked["year"] == "" or line.is_year_at_risk,
            )
        )


def _has_flag(asked: str, flags: Iterable[str]) -> bool:
    return asked == "" or (bool(flags) if asked == "any" else asked in flags)


class BoardFilter(forms.Form):
    """Narrows the bureau's board to a standing or a name."""

    q = forms.CharField(label="学校", required=False, max_length=40, strip=True)
    stand = forms.ChoiceField(
        label="状态", required=False, choices=[ALL, *((stand.value, words[0]) for stand, words in STAND_WORDS.items())]
    )
    county = forms.CharField(required=False, widget=forms.HiddenInput, max_length=6)

    def __init__(self, data: Any, *, board: Board) -> None:
        super().__init__(data)
        self.board = board

    def lines(self) -> list[BoardLine]:
        """The schools asked for, in the board's order; none when the question makes no sense."""
        if not self.is_valid():
            return []
        asked = self.cleaned_data
        return [line for line in self.board.only(asked["stand"]) if asked["q"] in line.school.name]


class TicketForm:
    """Submissions that were ticked, each with the version that was on the screen."""

    def __init__(self, data: QueryDict) -> None:
        self._given = data.getlist("ticket")

    def tickets(self) -> dict[UUID, int]:
        """By submission; what is no ticket is passed over."""
        found = (re.fullmatch(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([0-9]{1,6})", text) for text in self._given[:MOST_TICKETS])
        return {UUID(match[1]): int(match[2]) for match in found if match}
