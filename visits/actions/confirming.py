"""The guardian's word that a visit took place: kept once, with what the record said then.

Source: docs/rules.md, "Photos and confirmations".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Min, Q

from accounts.models import User
from counties.models import Policy
from counties.rules import PolicyTerms
from office.audit import record
from office.refusals import Refused
from visits.models import Confirmation, Photo, Visit, VisitRecord
from visits.rules.evidence import digest_of_record, why_not_confirmed

NOTHING: Mapping[UUID, Any] = {}
TOLD = ["present", "lessons", "teaching", "rehabilitation", "family", "mood", "participation", "health"]
TOLD += ["homework", "last_homework", "next_time", "guardian_words"]


@transaction.atomic
def confirm(
    *, visit: Visit, given: Iterable[Mapping[str, Any]], practised: Mapping[UUID, Any] = NOTHING, by: User, at: datetime
) -> list[Confirmation]:
    """Adds what is new of `given` (the `confirmations` of a visit's content), each known by the id its page made.
    `practised`: by record the objectives it practised, as they are on record.

    Called while the visit is written, after its pictures are announced. What stands is never taken back by leaving it out.
    """
    lines = {UUID(str(line["id"])): line for line in given}
    known = dict(Confirmation.objects.filter(pk__in=lines).values_list("pk", "record__visit"))
    if any(its_visit != visit.pk for its_visit in known.values()):
        raise Refused("家长确认的编号不对，请重新确认一次。")
    new = [_confirmation(visit, key, line, practised, by=by, at=at) for key, line in lines.items() if key not in known]
    if new:
        _refuse_unless_accepted(visit, [lines[one.pk] for one in new])
        Confirmation.objects.bulk_create(new)
        keep_confirmed_at(visit.pk)
        kinds = sorted({str(one.kind) for one in new})
        record("visit.confirmed", subject=visit.pk, by=by.pk, at=at, county=visit.school.county_id, detail={"kinds": kinds})
    return new


def keep_confirmed_at(visit: UUID) -> None:
    """Of each record of the visit: when the first confirmation that stands was given. One on paper stands with its picture."""
    stands = Q(confirmations__photo=None) | Q(confirmations__photo__file__isnull=False)
    first = VisitRecord.objects.filter(visit=visit).annotate(first=Min("confirmations__at", filter=stands))
    for pk, before, now in first.values_list("pk", "confirmed_at", "first"):
        if before != now:
            VisitRecord.objects.filter(pk=pk).update(confirmed_at=now)


def record_digest(one: VisitRecord, visit: Visit, practised: Any = None) -> str:
    """What the record says, as a SHA-256."""
    times = {name: getattr(visit, name).astimezone(UTC).isoformat() for name in ("starts_at", "ends_at")}
    said = {name: str(getattr(one, name)) for name in TOLD}
    more = {"practised": practised} if practised else {}
    return digest_of_record({"on": visit.on.isoformat(), "mode": str(visit.mode)} | times | said | more)


def _confirmation(
    visit: Visit, key: UUID, line: Mapping[str, Any], practised: Mapping[UUID, Any], *, by: User, at: datetime
) -> Confirmation:
    one = VisitRecord.objects.filter(visit=visit, case=line["case"]).first()
    if one is None:
        raise Refused("家长确认的学生不在这次送教里。")
    return Confirmation(
        pk=key,
        record=one,
        kind=line["kind"],
        signer=line["signer"],
        relation=line["relation"],
        witness=line["witness"],
        strokes=line["strokes"] or None,
        photo_id=line["photo"] or None,
        record_digest=record_digest(one, visit, practised.get(one.pk)),
        by=by,
        at=at,
    )


def _refuse_unless_accepted(visit: Visit, lines: Iterable[Mapping[str, Any]]) -> None:
    policy = Policy.objects.judging(visit.school.county_id, visit.on.replace(day=1))
    accepted = (policy.terms if policy else PolicyTerms()).parent_confirm
    photos = {str(pk) for pk in Photo.objects.filter(visit=visit).values_list("pk", flat=True)}
    for line in lines:
        if why := why_not_confirmed(line, accepted=accepted, photos=photos):
            raise Refused(why)
