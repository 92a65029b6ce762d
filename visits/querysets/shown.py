"""What a visit's page shows beside the words: its pictures, and what guardians confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from accounts.models import User
from accounts.rules import SCHOOL_ROLES
from counties.models import Policy
from counties.rules import PolicyTerms
from office.rules.strokes import height_of_strokes, lines_of_strokes
from visits.models import Confirmation, Photo, Visit, VisitRecord
from visits.rules.evidence import SHOWING_CHILDREN
from visits.rules.timing import Timing, timing


class Confirmed(NamedTuple):
    """One confirmation, as the page says it."""

    kind: str
    child: str
    signer: str
    relation: str
    witness: str
    at: datetime
    strokes: list[str]
    height: int
    photo: Photo | None


def timing_of(visit: Visit, user: User) -> Timing | None:
    """When it was written and received, for those who work with the school: a bureau reads it in what was filed. One query."""
    if visit.source != Visit.Source.PAGE or not user.reach.holds(*SCHOOL_ROLES):
        return None
    policy = Policy.objects.judging(visit.school.county_id, visit.on.replace(day=1))
    terms = policy.terms if policy else PolicyTerms()
    return timing(ends_at=visit.ends_at, written_at=visit.written_at, received_at=visit.received_at, drift=visit.drift, terms=terms)


class Evidence(NamedTuple):
    photos: list[Photo]
    awaited: int
    hidden: int  # of children whose guardian has withdrawn the consent
    confirmed: list[Confirmed]


def evidence_of(visit: Visit, user: User) -> Evidence:
    """In three queries: what `user` may see of it. A bureau reads who confirmed; signatures stay with the schools."""
    photos = list(Photo.objects.visible_to(user).attached().filter(visit=visit).order_by("position", "pk"))
    hidden = set(Photo.objects.filter(visit=visit).hidden(user.reach.on).values_list("pk", flat=True))
    received = {photo.pk: photo for photo in photos if photo.file_id and photo.pk not in hidden}
    open_records = VisitRecord.objects.open_to(user).filter(visit=visit)
    given = Confirmation.objects.filter(record__in=open_records.order_by().values("pk")).select_related("record__student")
    return Evidence(
        photos=[photo for photo in received.values() if photo.kind in SHOWING_CHILDREN],
        awaited=sum(not photo.file_id for photo in photos),
        hidden=sum(photo.pk in hidden for photo in photos if photo.file_id),
        confirmed=[_confirmed(one, received, signed=user.reach.holds(*SCHOOL_ROLES)) for one in given],
    )


def _confirmed(one: Confirmation, received: dict[UUID, Photo], *, signed: bool) -> Confirmed:
    strokes = one.strokes if signed else None
    return Confirmed(
        kind=one.get_kind_display(),
        child=one.record.student.name,
        signer=one.signer,
        relation=one.relation,
        witness=one.witness,
        at=one.at,
        strokes=lines_of_strokes(strokes),
        height=height_of_strokes(strokes),
        photo=received.get(one.photo_id) if one.photo_id else None,
    )
