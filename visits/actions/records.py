"""Each child's record of a visit that is written: kept while the child stays on it, and gone with the child."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from counties.models import Policy
from counties.rules import PolicyTerms
from students.models import Case
from visits.models import Visit, VisitRecord
from visits.rules.recording import default_lessons, text_key
from visits.rules.writing import RecordContent, VisitContent


def keep_records(content: VisitContent, visit: Visit, cases: dict[UUID, Case], hidden: list[VisitRecord]) -> list[VisitRecord]:
    """A record keeps its id while its child stays on the visit; children taken off lose theirs, revisions remember it."""
    there = _kept_so_far(content, visit, hidden) if visit.version > 1 else {}
    usual = _usual_lessons(content, visit)
    kept = []
    for said in content.records:
        case = cases[said.case]
        one = there.get(said.case) or VisitRecord(visit=visit, case=case, student_id=case.student_id, school=case.school)
        _tell(one, said, visit, usual=usual, reason_text=content.reason_text)
        kept.append(one)
    new = [one for one in kept if one.case_id not in there]
    VisitRecord.objects.bulk_create(new)
    for one in kept:
        if one.case_id in there:
            one.save()
    return kept


def _kept_so_far(content: VisitContent, visit: Visit, hidden: list[VisitRecord]) -> dict[UUID, VisitRecord]:
    untouched = [each.pk for each in hidden]
    there = {each.case_id: each for each in VisitRecord.objects.filter(visit=visit).exclude(pk__in=untouched)}
    VisitRecord.objects.filter(pk__in=[each.pk for case, each in there.items() if case not in content.cases]).delete()
    VisitRecord.objects.filter(pk__in=untouched).update(on=visit.on)
    return there


def _usual_lessons(content: VisitContent, visit: Visit) -> Decimal:
    """What somebody had of whom no lessons were written down."""
    if all(said.lessons is not None for said in content.records):
        return Decimal(0)
    policy = Policy.objects.judging(visit.school.county_id, visit.on.replace(day=1))
    return default_lessons(content.minutes, (policy.terms if policy else PolicyTerms()).lesson_minutes)


def _tell(one: VisitRecord, said: RecordContent, visit: Visit, *, usual: Decimal, reason_text: str) -> None:
    one.on, one.present, one.absent_reason = visit.on, said.present, said.absent_reason
    one.lessons = usual if said.lessons is None else said.lessons
    if one.ends_at is not None and one.ends_at != visit.ends_at:
        one.ends_at = None if one.ends_at > visit.ends_at or one.ends_at <= visit.starts_at else one.ends_at
    one.mood, one.participation, one.last_homework = said.mood, said.participation, said.last_homework
    for name, text in said.texts.items():
        setattr(one, name, text)
    one.reason_text = reason_text or one.reason_text
    one.teaching_key = text_key(one.teaching)
