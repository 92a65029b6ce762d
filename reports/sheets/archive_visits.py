"""The visits of an archive: each in full, and all of them month by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from office.rules import day_text, full_day_text, number_text
from office.rules.strokes import height_of_strokes, lines_of_strokes
from reports.figures.archive import Scope
from reports.rules import month_after
from reports.sheets.paper import clean, moment
from visits.models import Confirmation, Photo, VisitRecord
from visits.querysets.practising import Told
from visits.rules.evidence import SHOWING_CHILDREN
from visits.rules.lines import outcome

TEXTS = (
    ("教学内容", "teaching"),
    ("康复训练", "rehabilitation"),
    ("家庭指导", "family"),
    ("布置的作业", "homework"),
    ("下次安排", "next_time"),
    ("家长的话", "guardian_words"),
)


@dataclass(frozen=True)
class Evidence:
    """A picture; `is_there`: its file could be opened."""

    id: str
    said: str
    caption: str
    is_there: bool


@dataclass(frozen=True)
class Confirmed:
    said: str
    strokes: tuple[str, ...]
    height: int
    paper: Evidence | None
    withheld: bool  # there is a signature, and it stays with the school


@dataclass(frozen=True)
class Training:
    """A visit as the child had it."""

    on: date
    heading: str
    facts: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]
    practised: tuple[Told, ...]
    confirmed: tuple[Confirmed, ...]
    pictures: tuple[Evidence, ...]
    is_missed: bool
    lessons: Decimal


@dataclass(frozen=True)
class MonthRow:
    month: date
    done: int
    missed: int
    lessons: Decimal
    photos: int

    @property
    def dots(self) -> tuple[tuple[int, bool], ...]:
        """Where each dot lies, and whether it is of a visit that took place."""
        marks = [True] * self.done + [False] * self.missed
        return tuple((7 + 14 * place, is_done) for place, is_done in enumerate(marks[:20]))

    @property
    def lessons_text(self) -> str:
        return number_text(self.lessons)


def training(record: VisitRecord, scope: Scope, readable: frozenset[str], practised: Sequence[Told]) -> Training:
    visit = record.visit
    is_missed = outcome(visit.state, present=record.present) == "missed"
    pictures = [photo for photo in record.photos.all() if photo.kind in SHOWING_CHILDREN]
    return Training(
        on=record.on,
        heading=f"{full_day_text(record.on)} {_span(record)} {visit.get_mode_display()}{'（未送成）' if is_missed else ''}",
        facts=tuple(_facts(record, is_missed=is_missed)),
        texts=tuple((label, text) for label, name in TEXTS if (text := clean(getattr(record, name)))),
        practised=tuple(practised),
        confirmed=tuple(_confirmed(one, scope, readable) for one in record.confirmations.all()),
        pictures=tuple(_picture(photo, record.on, readable) for photo in pictures),
        is_missed=is_missed,
        lessons=Decimal(0) if is_missed else record.lessons,
    )


def _span(record: VisitRecord) -> str:
    start, end = record.visit.starts_at, record.ends_at or record.visit.ends_at
    return f"{timezone.localtime(start):%H:%M}–{timezone.localtime(end):%H:%M}"


def _facts(record: VisitRecord, *, is_missed: bool) -> Iterator[tuple[str, str]]:
    visit = record.visit
    yield "送教人员", "、".join(clean(person.name) for person in visit.people.all()) or "—"
    if is_missed:
        coded = record.get_absent_reason_display() or visit.get_missed_reason_display()
        yield "未送成原因", "，".join(filter(None, (str(coded), clean(record.reason_text)))) or "未记原因"
        return
    yield "目的和课时", f"{visit.get_purpose_display()}，{number_text(record.lessons)} 课时"
    state = (("情绪", record.get_mood_display()), ("参与", record.get_participation_display()))
    if said := "，".join(f"{label}{word}" for label, word in state if word):
        yield "当天表现", said
    if record.last_homework:
        yield "上次作业", str(record.get_last_homework_display())


def _confirmed(one: Confirmation, scope: Scope, readable: frozenset[str]) -> Confirmed:
    who = "，".join(filter(None, (clean(one.signer), clean(one.relation), f"见证人 {clean(one.witness)}" if one.witness else "")))
    strokes = one.strokes if scope.signatures else None
    paper = _picture(one.photo, one.record.on, readable) if scope.signatures and one.photo and one.photo.file else None
    return Confirmed(
        said=f"{one.get_kind_display()}：{who}，{moment(one.at)}",
        strokes=tuple(lines_of_strokes(strokes)),
        height=height_of_strokes(strokes),
        paper=paper,
        withheld=not scope.signatures and bool(one.strokes or one.photo_id),
    )


def _picture(photo: Photo, on: date, readable: frozenset[str]) -> Evidence:
    return Evidence(str(photo.pk), f"{on.year}年{day_text(on)}", clean(photo.caption), str(photo.pk) in readable)


def month_rows(year: int, trainings: Sequence[Training]) -> Iterator[MonthRow]:
    """The twelve months of a school year."""
    done, missed, photos, lessons = Counter[date](), Counter[date](), Counter[date](), dict[date, Decimal]()
    for each in trainings:
        month = each.on.replace(day=1)
        (missed if each.is_missed else done)[month] += 1
        photos[month] += len(each.pictures)
        lessons[month] = lessons.get(month, Decimal(0)) + each.lessons
    for number in range(12):
        month = month_after(date(year, 9, 1), number)
        yield MonthRow(month, done[month], missed[month], lessons.get(month, Decimal(0)), photos[month])
