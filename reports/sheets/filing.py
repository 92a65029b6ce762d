"""A school's month on its own page: what it would file, what each child still lacks, and whether it can be filed now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from reports.rules import month_after
from reports.rules.chat import Lack, Named, reminder_text, return_text
from reports.rules.readiness import FILED, SCHOOL_WORDS, Readiness, fix_of
from reports.rules.standing import time_left
from reports.sheets.compared import Compared
from reports.sheets.review import ReviewFlag, ReviewLine, ReviewSheet, ReviewVisit


@dataclass(frozen=True, slots=True)
class Question:
    """A flag on the school's page, with where to answer it and the button that makes it go away."""

    flag: ReviewFlag
    visit: ReviewVisit

    @property
    def fix(self) -> str:
        return fix_of(self.flag.code)


@dataclass(frozen=True, slots=True)
class FilingLine:
    """A child with what it lacks. `case_id` is None for one who is not served here any more."""

    line: ReviewLine
    case_id: UUID | None

    @property
    def questions(self) -> list[Question]:
        return [Question(flag, visit) for visit in self.line.visits for flag in visit.flags]

    @property
    def open_questions(self) -> list[Question]:
        return [question for question in self.questions if not question.flag.answer]

    @property
    def answered(self) -> list[Question]:
        return [question for question in self.questions if question.flag.answer]

    @property
    def words(self) -> tuple[str, ...]:
        """What it lacks, in the product's own words: no text that somebody wrote."""
        asked = dict.fromkeys(question.flag.label for question in self.open_questions)
        return tuple(filter(None, (self.line.needs, "县局退回" if self.line.returned else "", *asked)))

    @property
    def lacks(self) -> bool:
        return bool(self.line.needs or self.open_questions or self.line.returned)


@dataclass(frozen=True, slots=True)
class OwnStand:
    """How a school's month stands, on its first page. `state` is of what was filed last, or empty; `is_theirs`: to file or to confirm."""

    school_id: UUID
    name: str
    state: str
    deadline: datetime
    at: datetime
    is_theirs: bool

    @property
    def word(self) -> tuple[str, str]:
        return SCHOOL_WORDS[self.state]

    @property
    def is_open(self) -> bool:
        return self.state not in FILED

    @property
    def is_late(self) -> bool:
        return self.is_open and self.at >= self.deadline

    @property
    def last_day(self) -> date:
        return timezone.localdate(self.deadline - timedelta(seconds=1))

    @property
    def time_left(self) -> str:
        return time_left(self.deadline, at=self.at)


@dataclass(frozen=True)
class FilingSheet:
    """`version` is the one on the screen: what a button must name. `last` is the state of what was filed last, or empty."""

    review: ReviewSheet
    lines: tuple[FilingLine, ...]
    state: str
    version: int
    readiness: Readiness
    deadline: datetime
    at: datetime
    compared: Compared | None

    @property
    def word(self) -> tuple[str, str]:
        return SCHOOL_WORDS[self.state]

    @property
    def last_day(self) -> date:
        return timezone.localdate(self.deadline - timedelta(seconds=1))

    @property
    def previous(self) -> date:
        return month_after(self.review.snapshot.month, -1)

    @property
    def next(self) -> date:
        return month_after(self.review.snapshot.month, 1)

    @property
    def time_left(self) -> str:
        return time_left(self.deadline, at=self.at)

    @property
    def is_late(self) -> bool:
        return self.at >= self.deadline

    @property
    def is_open(self) -> bool:
        """The school is at work on it."""
        return self.state not in FILED

    @property
    def lacking(self) -> list[FilingLine]:
        return [line for line in self.lines if line.lacks]

    @property
    def reminder(self) -> str:
        """For the chat group: what is still missing, without a child's name."""
        snapshot = self.review.snapshot
        lacks = [Lack(Named(line.line.filed.key, line.line.name), line.words) for line in self.lacking]
        last = timezone.localtime(self.deadline - timedelta(seconds=1))
        today, others = timezone.localdate(self.at), self.readiness.why_not if not lacks else ()
        month = snapshot.month
        return reminder_text(school=snapshot.school_name, month=month, deadline=last, today=today, lacks=lacks, others=others)

    @property
    def told_back(self) -> str:
        """For the chat group: that the month came back, and how many lines; empty where it did not."""
        if self.state != "returned":
            return ""
        snapshot, returned = self.review.snapshot, sum(bool(line.line.returned) for line in self.lines)
        return return_text(school=snapshot.school_name, month=snapshot.month, lines=returned, version=snapshot.version - 1)

    @property
    def is_unchanged(self) -> bool:
        """It was returned, and nobody has changed anything since."""
        return self.state == "returned" and self.compared is not None and not self.compared.lines

    @property
    def complete(self) -> list[FilingLine]:
        return [line for line in self.lines if not line.lacks]


def filing_sheet(
    review: ReviewSheet,
    cases: Mapping[UUID, UUID],
    *,
    state: str,
    confirmed: bool,
    deadline: datetime,
    at: datetime,
    compared: Compared | None = None,
) -> FilingSheet:
    """`cases` by child; the readiness is judged from what the snapshot says."""
    snapshot = review.snapshot
    lines = tuple(FilingLine(line, cases.get(line.student_id) if line.student_id else None) for line in review.lines)
    unanswered = sum(not flag.answered for flag in snapshot.flags)
    ready = Readiness(snapshot.is_nil, unanswered, snapshot.declaration.needs_confirmation, confirmed)
    return FilingSheet(review, lines, state, snapshot.version, ready, deadline, at, compared)
