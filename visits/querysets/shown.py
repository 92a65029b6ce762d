"""What a visit's page shows beside the words: its pictures, and what guardians confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from accounts.models import User
from accounts.rules import SCHOOL_ROLES
from visits.models import Confirmation, Photo, Visit, VisitRecord
from visits.rules.evidence import SHOWING_CHILDREN, height_of_strokes, lines_of_strokes


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


class Evidence(NamedTuple):
    photos: list[Photo]
    awaited: int
    confirmed: list[Confirmed]


def evidence_of(visit: Visit, user: User) -> Evidence:
    """In two queries: what `user` may see of it. A bureau reads who confirmed; signatures stay with the schools."""
    photos = list(Photo.objects.visible_to(user).attached().filter(visit=visit).order_by("position", "pk"))
    received = {photo.pk: photo for photo in photos if photo.file_id}
    open_records = VisitRecord.objects.open_to(user).filter(visit=visit)
    given = Confirmation.objects.filter(record__in=open_records.order_by().values("pk")).select_related("record__student")
    return Evidence(
        photos=[photo for photo in received.values() if photo.kind in SHOWING_CHILDREN],
        awaited=len(photos) - len(received),
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
