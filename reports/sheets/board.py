"""The bureau's board of a month: what each school has filed, beside what its month comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from reports.figures.board import FiledMonth
from reports.rules import month_after
from reports.rules.chat import missing_text
from reports.rules.standing import STAND_WORDS, Stand, marks_of, stand_of, time_left
from reports.sheets.lines import SchoolLine
from reports.sheets.month import MonthSheet


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A school on the board. `filed` is None while nothing is."""

    school: SchoolLine
    stand: Stand
    marks: tuple[str, ...]
    filed: FiledMonth | None

    @property
    def word(self) -> str:
        return STAND_WORDS[self.stand][0]

    @property
    def tone(self) -> str:
        return STAND_WORDS[self.stand][1]

    @property
    def is_missing(self) -> bool:
        return self.stand in (Stand.OPEN, Stand.LATE)

    @property
    def is_waiting(self) -> bool:
        """Waits for the bureau."""
        return self.stand == Stand.SUBMITTED

    @property
    def is_clean(self) -> bool:
        """Can be accepted from the board: a person filed it, and nothing in it asks."""
        return self.is_waiting and self.filed is not None and self.filed.is_clean

    @property
    def asks(self) -> str:
        """What of the flags waits: `3 处，都已说明`."""
        if self.filed is None or not self.filed.flags:
            return ""
        rest = f"{self.filed.unanswered} 处未说明" if self.filed.unanswered else "都已说明"
        return f"{self.filed.flags} 处，{rest}"

    @property
    def ticket(self) -> str:
        """`<submission>:<version>`: what accepting it must name, so that nobody accepts what they have not seen."""
        return f"{self.filed.submission_id}:{self.filed.filed.version}" if self.filed else ""


@dataclass(frozen=True)
class Board:
    month: date
    deadline: datetime
    at: datetime
    is_over: bool
    county_name: str
    lines: tuple[BoardLine, ...]

    @property
    def last_day(self) -> date:
        """The day by whose end a school reports."""
        return timezone.localdate(self.deadline - timedelta(seconds=1))

    @property
    def previous(self) -> date:
        return month_after(self.month, -1)

    @property
    def next(self) -> date:
        return month_after(self.month, 1)

    @property
    def shortfall_word(self) -> str:
        return "欠课" if self.is_over else "可能欠课"

    @property
    def time_left(self) -> str:
        return time_left(self.deadline, at=self.at)

    @property
    def counts(self) -> list[tuple[str, str, str, int]]:
        """Each standing that schools have, and always those one looks for: code, word, tone, how many."""
        found = Counter(line.stand for line in self.lines)
        always = set(Stand) - {Stand.NOT_ASKED}
        return [(stand.value, *STAND_WORDS[stand], found[stand]) for stand in Stand if found[stand] or stand in always]

    @property
    def waiting(self) -> list[BoardLine]:
        return [line for line in self.lines if line.is_waiting]

    @property
    def clean(self) -> list[BoardLine]:
        return [line for line in self.lines if line.is_clean]

    @property
    def next_to_open(self) -> BoardLine | None:
        """The school to look at next: one that asks before one that does not."""
        return next((line for line in self.waiting if not line.is_clean), next(iter(self.waiting), None))

    @property
    def missing(self) -> list[BoardLine]:
        return [line for line in self.lines if line.is_missing]

    @property
    def reminder(self) -> str:
        """For the chat group: who has not filed; empty when nobody is missing."""
        if not self.missing:
            return ""
        return missing_text(
            county=self.county_name,
            month=self.month,
            deadline=timezone.localtime(self.deadline - timedelta(seconds=1)),
            today=timezone.localdate(self.at),
            schools=[line.school.name for line in self.missing],
        )

    def only(self, stand: str) -> list[BoardLine]:
        """The lines that stand so; all of them for an empty question."""
        return [line for line in self.lines if stand in ("", line.stand)]


def board(sheet: MonthSheet, schools: Iterable[SchoolLine], filed: Mapping[UUID, FiledMonth], *, deadline: datetime) -> Board:
    """In the order of the schools' codes; never by how they did."""
    begins = {school.school.pk: school.school.reports_from for school in sheet.figures.schools}
    asked = ((line, (begins[line.school_id] or sheet.month) <= sheet.month) for line in schools)
    at = sheet.figures.as_of
    lines = (_line(line, filed.get(line.school_id), deadline, at, is_asked=is_asked) for line, is_asked in asked)
    return Board(sheet.month, deadline, at, sheet.figures.is_over, sheet.county_name, tuple(lines))


def _line(school: SchoolLine, filed: FiledMonth | None, deadline: datetime, at: datetime, *, is_asked: bool) -> BoardLine:
    said = filed.filed if filed else None
    stand = stand_of(said, deadline=deadline, at=at, is_asked=is_asked)
    return BoardLine(school, stand, marks_of(said), filed)
