"""A submission as it is printed: a snapshot and its particulars in the words of the page, nothing looked up.

The same two values give the same page, whenever and wherever it is printed; what was erased prints as erased.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils import timezone

from office.rules import day_text, full_day_text, month_text, number_text
from reports.sheets.paper import (
    CHANGES,
    MARKS,
    clean,
    confirmation_word,
    figures_words,
    flag_word,
    mode_word,
    moment,
    paragraphs,
    reason_word,
    short,
    short_words,
    sync_words,
    verdict_word,
)
from reports.sheets.particulars import Particulars
from reports.sheets.snapshot import CorrectionLine, Figures, FlagLine, Line, Snapshot, VisitLine
from reports.sheets.totals import opening, totals_rows

Rows = list[tuple[str, str]]
PHOTOS_OF_A_VISIT = 2
MOST_PHOTOS = 120
NAME, CAPTION, SAID = 40, 100, 500
"""The longest name, caption and answer that paper takes."""


@dataclass(frozen=True, slots=True)
class ShortRow:
    """A child that is short, or may become so."""

    name: str
    verdict: str
    done: str
    needs: str


@dataclass(frozen=True, slots=True)
class FlagRow:
    name: str
    on: date
    label: str
    words: str
    answer: str  # empty: 未说明
    month: str = ""  # of what an earlier submission holds: the month it belongs to


@dataclass(frozen=True, slots=True)
class VisitRow:
    name: str
    when: str
    on: date
    span: str
    mode: str
    people: str
    outcome: str
    is_missed: bool
    lessons: str
    hours: Decimal
    content: str  # in short; the workbook has all of it
    teaching: str
    rehabilitation: str
    family: str
    guardian_words: str
    confirmation: str
    photos: int
    month: str  # of what is told afterwards
    mark: str
    synced: str  # 后同步, with both moments


@dataclass(frozen=True, slots=True)
class ChildBlock:
    number: int
    name: str
    verdict: str
    said: str
    figures: Figures | None
    is_paused: bool
    visits: tuple[VisitRow, ...]


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    names: str
    on: date
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class PhotoBlock:
    id: str
    digest: str
    said: str
    caption: str


@dataclass(frozen=True, slots=True)
class Printed:
    """Everything the page and the workbook say, in their order."""

    snapshot: Snapshot
    heading: str
    marks: tuple[str, ...]
    opening: str
    totals: Rows
    short: tuple[ShortRow, ...]
    flags: tuple[FlagRow, ...]
    children: tuple[ChildBlock, ...]
    late: tuple[VisitRow, ...]
    corrections: tuple[CorrectionRow, ...]
    changes: Rows
    requests: tuple[str, ...]
    declaration: Rows
    proof: Rows
    photos: tuple[PhotoBlock, ...]
    left_out: int  # photos that are not on the sheet

    @property
    def title(self) -> str:
        return f"{self.snapshot.school_name} {self.heading}"

    @property
    def unanswered(self) -> int:
        return sum(not flag.answer for flag in self.flags)


def printed(snapshot: Snapshot, particulars: Particulars) -> Printed:
    texts = _Words(snapshot, particulars)
    photos = tuple(texts.photos())
    shown = {photo.id for visit in snapshot.visits for photo in visit.photos}
    return Printed(
        snapshot=snapshot,
        heading=f"{month_text(snapshot.month)}送教上门月报",
        marks=tuple(_marks(snapshot)),
        opening=opening(snapshot),
        totals=totals_rows(snapshot),
        short=tuple(texts.short()),
        flags=tuple(texts.flags()),
        children=tuple(texts.block(number, line) for number, line in enumerate(_of_the_month(snapshot), start=1)),
        late=tuple(texts.visit(line, visit) for line in snapshot.lines for visit in line.visits if visit.month),
        corrections=tuple(map(texts.correction, snapshot.corrections)),
        changes=[texts.change(number) for number in range(len(snapshot.changes))],
        requests=paragraphs(particulars.requests),
        declaration=texts.declaration(),
        proof=texts.proof(),
        photos=photos,
        left_out=len(shown) - len(photos),
    )


def _of_the_month(snapshot: Snapshot) -> Iterator[Line]:
    """Children who are told of afterwards only stand under 补报 alone."""
    return (line for line in snapshot.lines if line.figures or any(not visit.month for visit in line.visits))


def _marks(snapshot: Snapshot) -> Iterator[str]:
    said = snapshot.declaration
    yield f"第 {snapshot.version} 次上报" if said.submitted_at else "草稿，尚未上报"
    if snapshot.is_nil:
        yield "零报告"
    if said.is_auto:
        yield "到期自动报送（学校未确认）"
    if said.is_late:
        yield "逾期"


class _Words:
    """Looks a snapshot's keys up in its particulars."""

    def __init__(self, snapshot: Snapshot, particulars: Particulars) -> None:
        self.snapshot, self.particulars = snapshot, particulars

    def name(self, key: str) -> str:
        return short(self.particulars.name_of(key), NAME)

    def short(self) -> Iterator[ShortRow]:
        for line in self.snapshot.lines:
            figures = line.figures
            if figures and not line.is_paused and figures.verdict in ("short", "at_risk"):
                done = f"{figures.delivered} / {figures.owed}"
                yield ShortRow(self.name(line.key), verdict_word(figures.verdict), done, short_words(figures))

    def flags(self) -> Iterator[FlagRow]:
        """What stays with the school is not printed for the bureau."""
        for line in self.snapshot.lines:
            for visit in line.visits:
                yield from (self.flag(line.key, visit.on, flag) for flag in visit.flags if flag.travels)
        for late in self.snapshot.questions:
            yield replace(self.flag(late.child, late.on, late.flag), month=month_text(late.month))

    def flag(self, child: str, on: date, flag: FlagLine) -> FlagRow:
        said = self.particulars.flags.get(flag.key)
        answer = short(said.answer, SAID) if said else ""
        words = short(said.words) if said else ""
        return FlagRow(self.name(child), on, flag_word(flag.code), words, answer or ("（说明已删除）" if flag.answered else ""))

    def block(self, number: int, line: Line) -> ChildBlock:
        visits = tuple(self.visit(line, visit) for visit in line.visits if not visit.month)
        verdict = "暂停" if line.is_paused else verdict_word(line.figures.verdict) if line.figures else ""
        said = figures_words(line.figures) if line.figures else ""
        return ChildBlock(number, self.name(line.key), verdict, said, line.figures, line.is_paused, visits)

    def visit(self, line: Line, visit: VisitLine) -> VisitRow:
        texts = self.particulars.text_of(visit.record)
        missed = visit.outcome == "missed"
        reason = "，".join(filter(None, (reason_word(visit.reason), clean(texts.reason))))
        span = f"{timezone.localtime(visit.starts_at):%H:%M}–{timezone.localtime(visit.ends_at):%H:%M}"
        parts = (("", texts.teaching), ("康复：", texts.rehabilitation), ("家庭指导：", texts.family), ("家长的话：", texts.guardian_words))
        content = "；".join(f"{label}{clean(text).rstrip('。；')}" for label, text in parts if text.strip())
        return VisitRow(
            name=self.name(line.key),
            when=day_text(visit.on),
            on=visit.on,
            span=span,
            mode=mode_word(visit.mode),
            people=short("、".join(texts.people)) or f"{visit.people} 人",
            outcome=f"未送成{f'（{reason}）' if reason else ''}" if missed else "完成",
            is_missed=missed,
            lessons="—" if missed else number_text(visit.lessons),
            hours=visit.lessons,
            content=short(f"未送成：{reason or '未记原因'}" if missed else content),
            teaching=clean(texts.teaching),
            rehabilitation=clean(texts.rehabilitation),
            family=clean(texts.family),
            guardian_words=clean(texts.guardian_words),
            confirmation=self.confirmation(visit),
            photos=len(visit.photos),
            month=month_text(visit.month) if visit.month else "",
            mark=MARKS.get(visit.mark, visit.mark),
            synced=sync_words(visit.written_at, visit.received_at),
        )

    def confirmation(self, visit: VisitLine) -> str:
        if not visit.confirmation:
            return "—" if visit.outcome == "missed" else "未确认"
        return " ".join(filter(None, (confirmation_word(visit.confirmation), short(self.particulars.text_of(visit.record).signer, NAME))))

    def correction(self, line: CorrectionLine) -> CorrectionRow:
        reason = short(self.particulars.corrections.get(line.key, ""), SAID) or "（理由已删除）"
        return CorrectionRow("、".join(map(self.name, line.children)), line.on, moment(line.at), reason)

    def change(self, number: int) -> tuple[str, str]:
        change = self.snapshot.changes[number]
        until = f"，到 {full_day_text(change.until)} 止" if change.until else ""
        return self.name(change.key), f"{full_day_text(change.on)} {CHANGES.get(change.kind, change.kind)}{until}"

    def declaration(self) -> Rows:
        said, staff = self.snapshot.declaration, self.particulars.staff
        confirmed = f"{short(staff.confirmed_by, NAME)}，{moment(said.confirmed_at)}" if said.confirmed_at else ""
        rows = [
            ("上报人", "系统（到期自动报送，学校未确认）" if said.is_auto else short(staff.submitted_by, NAME)),
            ("校长确认", confirmed or ("未确认" if said.needs_confirmation else "本校不要求")),
            ("上报时间", moment(said.submitted_at)),
            ("首次上报", moment(said.first_submitted_at)),
            ("上报截止", f"{moment(said.deadline)}{'（逾期）' if said.is_late else ''}"),
            ("数据截至", moment(self.snapshot.as_of)),
        ]
        return [(label, value or "—") for label, value in rows]

    def proof(self) -> Rows:
        said, policy = self.snapshot.declaration, self.snapshot.policy
        since = f"，自 {full_day_text(policy.effective_on)} 起" if policy.effective_on else ""
        return [
            ("政策", f"{clean(policy.preset)}{since}"),
            ("快照 SHA-256", self.snapshot.digest),
            ("审计链", f"第 {said.audit_count} 行，校验码 {said.audit_head}" if said.audit_head else "—"),
        ]

    def photos(self) -> Iterator[PhotoBlock]:
        """The first pictures of each visit; one that shows several children once."""
        seen: set[str] = set()
        taken: dict[str, int] = {}
        for line in self.snapshot.lines:
            for visit in line.visits:
                for photo in visit.photos:
                    if photo.id in seen or taken.get(visit.visit, 0) >= PHOTOS_OF_A_VISIT or len(seen) >= MOST_PHOTOS:
                        continue
                    seen.add(photo.id)
                    taken[visit.visit] = taken.get(visit.visit, 0) + 1
                    caption = short(self.particulars.captions.get(photo.id, ""), CAPTION)
                    yield PhotoBlock(photo.id, photo.digest, f"{self.name(line.key)}，{day_text(visit.on)}", caption)
