"""What a visit's page shows beside the words: its pictures, and what guardians confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef

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


def timing_of(visit: Visit, user: User, policy: Policy | None) -> Timing | None:
    """When it was written and received, for those who work with the school: a bureau reads it in what was filed."""
    if visit.source != Visit.Source.PAGE or not user.reach.holds(*SCHOOL_ROLES):
        return None
    terms = policy.terms if policy else PolicyTerms()
    return timing(ends_at=visit.ends_at, written_at=visit.written_at, received_at=visit.received_at, drift=visit.drift, terms=terms)


class Evidence(NamedTuple):
    photos: list[Photo]
    awaited: int
    hidden: int  # of children whose guardian has withdrawn the consent
    confirmed: list[Confirmed]


def evidence_of(visit: Visit, user: User) -> Evidence:
    """In two queries: what `user` may see of it. A bureau reads who confirmed; signatures stay with the schools."""
    seen = Photo.objects.visible_to(user).attached().filter(visit=visit)
    is_hidden = Exists(Photo.objects.filter(pk=OuterRef("pk")).hidden(user.reach.on))
    photos: list[Any] = list(seen.annotate(is_hidden=is_hidden).order_by("position", "pk"))
    hidden = {photo.pk for photo in photos if photo.is_hidden}
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
