"""What guardians agree to is written down, one child or many at once, and taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from office.audit import record
from office.refusals import Refused
from students.models import Consent, Student
from students.rules.consents import TEXT_VERSION, why_not_recorded, why_not_withdrawn


class Agreed(NamedTuple):
    """What one paper says: whose guardian signed, and to what it says yes."""

    student: Student
    kinds: Sequence[str]
    given_by: str
    relation: str = ""


@transaction.atomic
def record_consent(
    *, student: Student, kinds: Iterable[str], is_given: bool, given_by: str, relation: str, starts_on: date, by: User, at: datetime
) -> list[Consent]:
    """A guardian's yes or no to each of `kinds`, from a day on. Raises Refused for a day ahead, or before the last withdrawal."""
    Student.objects.select_for_update().get(pk=student.pk)
    said = {"is_given": is_given, "given_by": given_by.strip(), "relation": relation.strip(), "starts_on": starts_on}
    kept = []
    for kind in sorted(set(kinds)):
        withdrawn = Consent.objects.filter(student=student, kind=kind).exclude(ends_on=None).order_by("-ends_on").first()
        today, withdrawn_on = timezone.localdate(at), withdrawn.ends_on if withdrawn else None
        _refuse(why_not_recorded(starts_on, given_by=given_by, today=today, withdrawn_on=withdrawn_on))
        kept.append(Consent.objects.create(student=student, kind=kind, text_version=TEXT_VERSION, by=by, at=at, **said))
    if kept:
        _record("consent.recorded", student, by=by, at=at, kinds=[one.kind for one in kept], given=is_given, on=starts_on)
    return kept


@transaction.atomic
def record_papers(*, papers: Iterable[Agreed], starts_on: date, by: User, at: datetime) -> int:
    """Many signed papers of one day at once, all or none; returns of how many children. Raises Refused, naming the child."""
    children = 0
    for paper in sorted(papers, key=lambda paper: paper.student.pk):
        try:
            kept = record_consent(
                student=paper.student,
                kinds=paper.kinds,
                is_given=True,
                given_by=paper.given_by,
                relation=paper.relation,
                starts_on=starts_on,
                by=by,
                at=at,
            )
        except Refused as refusal:
            raise Refused(f"{paper.student.name}：{refusal}") from None
        children += bool(kept)
    return children


@transaction.atomic
def withdraw_consent(*, student: Student, kind: str, on: date, by: User, at: datetime) -> None:
    """From that day on the guardian no longer agrees; every earlier yes ends with it. Raises Refused where none is in force."""
    Student.objects.select_for_update().get(pk=student.pk)
    today = timezone.localdate(at)
    in_force = Consent.objects.in_force(today).filter(student=student, kind=kind, is_given=True).first()
    _refuse(why_not_withdrawn(on, given_on=in_force.starts_on if in_force else None, today=today))
    Consent.objects.filter(student=student, kind=kind, is_given=True, ends_on=None).update(ends_on=on)
    _record("consent.withdrawn", student, by=by, at=at, kinds=[kind], on=on)


def _refuse(why: str) -> None:
    if why:
        raise Refused(why)


def _record(verb: str, student: Student, *, by: User, at: datetime, **detail: object) -> None:
    record(verb, subject=student.pk, by=by.pk, at=at, county=student.county_id, detail=detail)
