"""A submission as the bureau reviews it: a line for each child with the evidence beside it. From what was frozen alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from reports import rules
from reports.sheets.particulars import FlagTexts, Particulars, Texts
from reports.sheets.snapshot import CorrectionLine, FlagLine, LateQuestion, Line, Snapshot, VisitLine
from visits.models import Confirmation
from visits.rules.judging import FLAG_WORDS, VERDICT_WORDS, Flag, Verdict
from visits.rules.lines import MODES, OUTCOMES

MARKS = {"new": "新增", "changed": "改动"}
CONFIRMATIONS = dict(Confirmation.Kind.choices)


@dataclass(frozen=True, slots=True)
class ReviewFlag:
    """A question that travelled, with its answer; empty: 未说明."""

    code: str
    words: str
    answer: str
    evidence: str
    travels: bool

    @property
    def label(self) -> str:
        return FLAG_WORDS[Flag(self.code)]


@dataclass(frozen=True, slots=True)
class ReviewPhoto:
    id: str
    caption: str


@dataclass(frozen=True, slots=True)
class ReviewVisit:
    """One child's record of one visit, as filed."""

    filed: VisitLine
    texts: Texts
    flags: tuple[ReviewFlag, ...]
    photos: tuple[ReviewPhoto, ...]

    @property
    def mode_word(self) -> str:
        return MODES[self.filed.mode]

    @property
    def word(self) -> str:
        return OUTCOMES[self.filed.outcome][0]

    @property
    def tone(self) -> str:
        return OUTCOMES[self.filed.outcome][1]

    @property
    def is_done(self) -> bool:
        return self.filed.outcome == "done"

    @property
    def mark(self) -> str:
        """新增 or 改动 against the version before."""
        return MARKS.get(self.filed.mark, "")

    @property
    def confirmation(self) -> str:
        return CONFIRMATIONS.get(self.filed.confirmation, "")

    @property
    def people(self) -> str:
        """Names while they are kept, else how many went."""
        return "、".join(self.texts.people) or f"{self.filed.people} 人"


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A child. `returned` is why the bureau sent this line back, where it did; `student_id` is None once it is erased."""

    filed: Line
    name: str
    student_id: UUID | None
    visits: tuple[ReviewVisit, ...]
    returned: str = ""

    @property
    def verdict(self) -> str:
        if self.filed.figures is None:
            return "补报"
        return "暂停" if self.filed.is_paused else VERDICT_WORDS[Verdict(self.filed.figures.verdict)]

    @property
    def tone(self) -> str:
        plain = self.filed.is_paused or self.filed.figures is None
        return "" if plain else rules.TONES[Verdict(self.filed.figures.verdict)]  # type: ignore[union-attr]

    @property
    def needs(self) -> str:
        return rules.needs_text(self.filed.figures) if self.filed.figures else ""

    @property
    def flags(self) -> list[ReviewFlag]:
        return [flag for visit in self.visits for flag in visit.flags]

    @property
    def unanswered(self) -> int:
        return sum(not flag.answer for flag in self.flags)


@dataclass(frozen=True, slots=True)
class ReviewAfterwards:
    """A question about what an earlier submission holds, asked since then."""

    filed: LateQuestion
    name: str
    flag: ReviewFlag


@dataclass(frozen=True)
class ReviewSheet:
    snapshot: Snapshot
    particulars: Particulars
    lines: tuple[ReviewLine, ...]  # those that ask come first, without an answer before the rest

    @cached_property
    def asking(self) -> list[ReviewLine]:
        return [line for line in self.lines if line.flags]

    @property
    def flags(self) -> int:
        return sum(len(line.flags) for line in self.lines) + len(self.born_since)

    @property
    def unanswered(self) -> int:
        return sum(line.unanswered for line in self.lines) + sum(not asked.flag.answer for asked in self.born_since)

    @cached_property
    def born_since(self) -> list[ReviewAfterwards]:
        """Without an answer first."""
        said = self.particulars
        asked = (ReviewAfterwards(each, said.name_of(each.child), _flag(each.flag, said)) for each in self.snapshot.questions)
        return sorted(asked, key=lambda each: bool(each.flag.answer))

    @property
    def afterwards(self) -> list[tuple[ReviewLine, ReviewVisit]]:
        """补报: what belongs to an earlier month."""
        return [(line, visit) for line in self.lines for visit in line.visits if visit.filed.month is not None]

    @property
    def corrections(self) -> list[tuple[CorrectionLine, str]]:
        """Corrections of what was accepted earlier, each with its reason."""
        return [(line, self.particulars.corrections.get(line.key, "")) for line in self.snapshot.corrections]

    @property
    def rate_text(self) -> str:
        return rules.share_text(self.snapshot.totals.rate)

    @property
    def reachable_rate_text(self) -> str:
        return rules.share_text(self.snapshot.totals.reachable_rate)


def review_sheet(snapshot: Snapshot, particulars: Particulars, *, returned: Mapping[UUID, str], at_school: bool = False) -> ReviewSheet:
    """`at_school`: with the questions that do not travel, too."""
    lines = [_line(line, particulars, returned, at_school=at_school) for line in snapshot.lines]
    return ReviewSheet(snapshot, particulars, tuple(sorted(lines, key=lambda line: (not line.unanswered, not line.flags))))


def _line(line: Line, said: Particulars, returned: Mapping[UUID, str], *, at_school: bool) -> ReviewLine:
    child = said.children.get(line.key)
    student_id = UUID(child.student) if child else None
    visits = tuple(_visit(visit, said, at_school=at_school) for visit in line.visits)
    return ReviewLine(line, said.name_of(line.key), student_id, visits, returned.get(student_id, "") if student_id else "")


def _visit(visit: VisitLine, said: Particulars, *, at_school: bool) -> ReviewVisit:
    flags = tuple(_flag(flag, said) for flag in visit.flags if flag.travels or at_school)
    photos = tuple(ReviewPhoto(photo.id, said.captions.get(photo.id, "")) for photo in visit.photos)
    return ReviewVisit(visit, said.text_of(visit.record), flags, photos)


def _flag(flag: FlagLine, said: Particulars) -> ReviewFlag:
    text = said.flags.get(flag.key, FlagTexts(""))
    return ReviewFlag(flag.code, text.words, text.answer, flag.evidence, flag.travels)
