"""Makes the snapshot and the particulars of a month from what it takes."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from reports.figures import ChildMonth
from reports.figures.filing import Taken
from reports.rules.filing import DECLARATION, deadline
from reports.sheets.particulars import Child, FlagTexts, Particulars, Texts, commitment, flag_key, record_digest
from reports.sheets.snapshot import (
    Change,
    CorrectionLine,
    Declaration,
    Figures,
    FlagLine,
    LateQuestion,
    Line,
    PhotoLine,
    PolicyLine,
    Snapshot,
    Totals,
    VisitLine,
)
from students.models import Student
from visits.models import VisitRecord
from visits.querysets.practising import told_of
from visits.querysets.raised import Asked
from visits.rules.judging import Verdict
from visits.rules.lines import outcome

SHORT = 80
"""Characters of a text that a submission keeps."""

WRITTEN = (
    *("present", "absent_reason", "reason_text", "ends_at", "lessons", "teaching", "rehabilitation", "family", "mood", "participation"),
    *("health", "homework", "last_homework", "next_time", "guardian_words"),
)
OUTING = ("on", "starts_at", "ends_at", "mode", "purpose", "state", "missed_reason", "place", "channel")

PRACTISED = ("plan_id", "objective", "level", "tries", "right", "note")


def freeze(
    taken: Taken, *, version: int, known: Iterable[Particulars] = (), former: Snapshot | None = None
) -> tuple[Snapshot, Particulars]:
    """The month as version `version` would say it.

    `known` are particulars of the same month whose keys go on; against `former`, the version before, visits are marked.
    """
    return _Freezing(taken, version, known, former).result()


class _Freezing:
    def __init__(self, taken: Taken, version: int, known: Iterable[Particulars], former: Snapshot | None) -> None:
        self.taken, self.version, self.former = taken, version, former
        self.filed = {visit.record: visit.digest for visit in former.visits} if former else {}
        self.given = {child.student: (key, child.salt) for each in known for key, child in each.children.items()}
        self.children: dict[str, Child] = {}
        self.keys: dict[UUID, str] = {}
        self.said = Particulars()
        self.by_child: dict[UUID, list[VisitRecord]] = {}
        for record in taken.records:
            self.by_child.setdefault(record.student_id, []).append(record)

    def result(self) -> tuple[Snapshot, Particulars]:
        taken, (month,) = self.taken, self.taken.figures.schools
        lines = (*(self._line(each) for each in month.lines), *self._afterwards({each.student_id for each in month.lines}))
        policy, terms = taken.figures.policy, taken.figures.terms
        snapshot = Snapshot(
            county=taken.school.county_id,
            county_name=month.school.county.name,
            school=taken.school.code,
            school_name=taken.school.name,
            month=taken.month,
            version=self.version,
            as_of=taken.as_of,
            is_over=taken.figures.is_over,
            is_nil=taken.is_nil,
            policy=PolicyLine(policy.preset if policy else "", policy.effective_on if policy else None, terms.plain()),
            totals=self._totals(lines),
            lines=lines,
            changes=tuple(sorted(self._changes(), key=lambda change: (change.on, change.kind, change.key))),
            corrections=tuple(self._corrections()),
            declaration=Declaration(DECLARATION, taken.school.principal_confirms, deadline(taken.month, terms.submit_due_day)),
            questions=tuple(map(self._late, taken.born_since)),
        )
        return snapshot, replace(self.said, children=self.children)

    # --- children -------------------------------------------------------------------------------

    def _key(self, student: UUID, name: str, birth_on: date) -> str:
        if student not in self.keys:
            key, salt = self.given.get(str(student)) or (secrets.token_hex(6), secrets.token_hex(16))
            self.keys[student], self.children[key] = key, Child(str(student), name, birth_on, salt)
        return self.keys[student]

    def _line(self, child: ChildMonth) -> Line:
        key = self._key(child.student_id, child.name, child.birth_on)
        return Line(key, commitment(self.children[key]), child.is_paused, _figures(child), self._visits(child.student_id, key))

    def _afterwards(self, listed: set[UUID]) -> Iterable[Line]:
        """Children of whom only something earlier is told."""
        for student in (records[0].student for pk, records in self.by_child.items() if pk not in listed):
            key = self._key_of(student)
            yield Line(key, commitment(self.children[key]), is_paused=False, figures=None, visits=self._visits(student.pk, key))

    def _key_of(self, student: Student) -> str:
        return self._key(student.pk, student.name, student.birth_on)

    def _visits(self, student: UUID, key: str) -> tuple[VisitLine, ...]:
        return tuple(self._visit(record, self.children[key].salt) for record in self.by_child.get(student, ()))

    def _visit(self, record: VisitRecord, salt: str) -> VisitLine:
        visit, people, given = record.visit, list(record.visit.people.all()), next(iter(record.confirmations.all()), None)
        digest = record_digest(salt, _written(record))
        is_late_sync = record.pk in self.taken.late_syncs
        self._note(record, signer=given.signer if given else "")
        return VisitLine(
            record=str(record.pk),
            visit=str(visit.pk),
            on=record.on,
            starts_at=visit.starts_at,
            ends_at=record.ends_at or visit.ends_at,
            mode=visit.mode,
            purpose=visit.purpose,
            outcome=outcome(visit.state, present=record.present),
            reason=record.absent_reason or visit.missed_reason,
            lessons=record.lessons,
            people=len(people),
            teachers=sum(person.is_teacher for person in people),
            digest=digest,
            version=visit.version,
            month=record.on.replace(day=1) if record.on < self.taken.month else None,
            mark=self._mark(str(record.pk), digest),
            confirmation=given.kind if given else "",
            confirmed_at=given.at if given else None,
            photos=tuple(PhotoLine(str(photo.pk), photo.digest) for photo in record.photos.all()),
            flags=tuple(self._flag(each) for each in self.taken.asked.get(record.pk, ()) if each.raised.travels),
            written_at=visit.written_at if is_late_sync else None,
            received_at=visit.received_at if is_late_sync else None,
        )

    def _mark(self, record: str, digest: str) -> str:
        if self.former is None:
            return ""
        return "new" if record not in self.filed else "changed" if self.filed[record] != digest else ""

    def _note(self, record: VisitRecord, *, signer: str) -> None:
        people = sorted(record.visit.people.all(), key=lambda person: not person.is_teacher)
        self.said.records[str(record.pk)] = Texts(
            people=tuple(person.name for person in people),
            teaching=_short(record.teaching),
            rehabilitation=_short(record.rehabilitation),
            family=_short(record.family),
            reason=_short(record.reason_text),
            signer=signer,
            guardian_words=_short(record.guardian_words),
            practised=tuple(_short(line.words) for line in told_of([record])[record.pk]),
        )
        self.said.captions.update({str(photo.pk): photo.caption for photo in record.photos.all() if photo.caption})

    def _flag(self, asked: Asked) -> FlagLine:
        raised, code = asked.raised, str(asked.raised.code)
        key = flag_key(str(raised.record), code, raised.evidence)
        self.said.flags[key] = FlagTexts(raised.words, asked.answer.text if asked.answer else "")
        return FlagLine(code, raised.evidence, answered=asked.answer is not None, travels=raised.travels, key=key)

    def _late(self, asked: Asked) -> LateQuestion:
        record = self.taken.afterwards[asked.raised.record]
        on = record.on
        return LateQuestion(
            self._key_of(record.student), str(record.pk), str(record.visit_id), on, on.replace(day=1), flag=self._flag(asked)
        )

    # --- the school -----------------------------------------------------------------------------

    def _totals(self, lines: tuple[Line, ...]) -> Totals:
        (month,) = self.taken.figures.schools
        owed = [line.year.owed for line in month.lines]
        return Totals(
            on_roll=month.on_roll,
            paused=len(month.lines) - month.on_roll,
            children_owed=month.children_owed,
            children_served=month.children_served,
            owed=month.owed,
            delivered=month.delivered,
            lessons=month.lessons,
            by_mode=dict(month.by_mode),
            missed=month.missed,
            missed_by_reason=self.taken.missed_by_reason,
            rate=month.rate,
            reachable_rate=month.reachable_rate,
            **{each.value: month.count(each) for each in (Verdict.MET, Verdict.SHORT, Verdict.ON_TRACK, Verdict.AT_RISK)},
            year_delivered=sum((line.year.delivered for line in month.lines), Decimal(0)),
            year_owed=None if None in owed else Decimal(sum(each for each in owed if each is not None)),
            late_visits=sum(visit.month is not None for line in lines for visit in line.visits),
        )

    def _changes(self) -> Iterable[Change]:
        month = self.taken.month
        for case in self.taken.cases:
            key = self._key_of(case.student)
            if case.starts_on and case.starts_on.replace(day=1) == month:
                yield Change("entry", key, case.starts_on)
            if case.ends_on and case.ends_on.replace(day=1) == month:
                yield Change("exit", key, case.ends_on)
        for pause in self.taken.pauses:
            yield Change("pause", self._key_of(pause.case.student), pause.starts_on, pause.ends_on)

    def _corrections(self) -> Iterable[CorrectionLine]:
        for revision in self.taken.corrections:
            own = [record.student for record in revision.visit.records.all() if record.school_id == self.taken.school.pk]
            key = f"{revision.visit_id}:{revision.version}"
            self.said.corrections[key] = revision.reason
            children = tuple(self._key_of(student) for student in own)
            yield CorrectionLine(
                key, str(revision.visit_id), revision.version, revision.visit.on, revision.at, revision.digest, children=children
            )


def _figures(child: ChildMonth) -> Figures:
    month, year = child.month, child.year
    return Figures(
        verdict=month.verdict.value,
        owed=month.owed,
        delivered=month.delivered,
        planned=month.planned,
        reachable=month.reachable,
        lessons=month.lessons,
        missed=month.missed,
        short_visits=month.short_visits,
        short_lessons=month.short_lessons,
        year_delivered=year.delivered,
        year_owed=None if year.owed is None else Decimal(year.owed),
    )


def _written(record: VisitRecord) -> dict[str, Any]:
    """All that a record says, as its digest takes it."""
    practised = [[str(getattr(line, name)) for name in PRACTISED] for line in record.practices.all()]
    return {
        "visit": {name: getattr(record.visit, name) for name in OUTING},
        "people": [person.name for person in record.visit.people.all()],
        "record": {name: getattr(record, name) for name in WRITTEN},
        "confirmations": sorted(str(given.pk) for given in record.confirmations.all()),
        "photos": sorted((str(photo.pk), photo.digest, photo.caption) for photo in record.photos.all()),
        **({"practised": practised} if practised else {}),  # a record that practised nothing keeps the digest it had
    }


def _short(text: str) -> str:
    """What is cut says so."""
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"
