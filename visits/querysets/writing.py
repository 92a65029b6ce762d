"""What writing a visit asks of the records: whose hand it is, of which children it may tell, what stands there now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q
from django.utils import timezone

from accounts.models import Post, User
from accounts.rules import Role
from office.rules import number_text
from students.codes import SERVED_STATES
from students.models import Case
from students.querysets import CaseQuerySet
from visits.models import Visit, VisitDraft, VisitPerson, VisitRecord, VisitRevision
from visits.querysets.practising import PRACTISES, Lines, practised_of
from visits.querysets.reach import GOERS, HEADS
from visits.querysets.records import VisitQuerySet
from visits.rules.changing import Hand
from visits.rules.sheet import CaseSpan
from visits.rules.writing import TEXTS

WRITERS = (Role.TEACHER, *HEADS)
"""Who logs visits: the teachers of the children, and their school's heads."""


def cases_to_log(user: User) -> CaseQuerySet:
    """The served cases of which a person may write a visit: those they teach today, and those of the schools they head."""
    cases: CaseQuerySet = Case.objects.taught_by(user)
    if headed := user.reach.schools(*HEADS):
        cases |= Case.objects.filter(school__in=headed)
    return cases.filter(state__in=SERVED_STATES)


def cases_of(keys: Iterable[UUID], user: User, visit: Visit | None) -> dict[UUID, Case]:
    """Of these cases those the person may write of; and of a visit on record, those whose record they read."""
    allowed = cases_to_log(user)
    if visit is not None:
        there = VisitRecord.objects.open_to(user).filter(visit=visit).order_by().values("case")
        allowed = Case.objects.filter(Q(pk__in=allowed.order_by().values("pk")) | Q(pk__in=there))
    found: dict[UUID, Case] = allowed.select_related("school").in_bulk(list(keys))
    return found


def span_of(case: Case) -> CaseSpan:
    return CaseSpan(case.pk, case.school_id, case.starts_on, case.ends_on, is_served=case.state in SERVED_STATES)


def with_team(visits: VisitQuerySet) -> VisitQuerySet:
    """With everybody who went read beforehand, for whatever asks `visit.people` then."""
    return visits.prefetch_related(Prefetch("people", VisitPerson.objects.order_by("pk")))


def hand_of(visit: Visit, user: User) -> Hand:
    """By what right somebody writes over a visit."""
    reach = user.reach
    return Hand(
        is_author=visit.author_id == user.pk and reach.holds(*WRITERS),
        is_team=bool(reach.schools(*GOERS)) and any(person.user_id == user.pk for person in visit.people.all()),
        is_admin=visit.school_id in reach.schools(Role.SCHOOL_ADMIN),
        is_principal=visit.school_id in reach.schools(Role.PRINCIPAL),
    )


def records_to_write(visit: Visit, user: User) -> list[Any]:
    """All records of a visit, each with `is_open` to the person or not and `practises` anything or not. One query."""
    records = VisitRecord.objects.filter(visit=visit).with_openness(user).annotate(practises=PRACTISES)
    return list(records.select_related("student").order_by("student__name_key", "pk"))


def unfinished(user: User) -> list[VisitDraft]:
    """What somebody began to write and has not sent, the latest first."""
    return list(VisitDraft.objects.filter(user=user).defer("content").order_by("-saved_at")[:20])


def names_of(people: Sequence[UUID], county: str, visit: Visit | None) -> dict[UUID, str]:
    """Of these people, those who work or worked at a school of the county, or stand on the visit already: their names."""
    known = dict(Post.objects.filter(user__in=people, school__county=county).order_by().values_list("user", "user__name"))
    if visit is not None:
        there = VisitPerson.objects.filter(visit=visit, user__in=people).order_by().values_list("user", "user__name")
        known |= dict(there)
    return known


# --- What stands there now ------------------------------------------------------------------------------


def content_of(visit: Visit, user: User) -> dict[str, Any]:
    """A visit as its page would send it, of the children whose records `user` reads; photos and confirmations as last sent."""
    seen = VisitRecord.objects.open_to(user).filter(visit=visit).annotate(practises=PRACTISES)
    records = list(seen.order_by("student__name_key", "pk"))
    return plain_of(visit, records, practised_of([record.pk for record in records if record.practises]))


def plain_of(visit: Visit, records: Sequence[VisitRecord], practised: Lines) -> dict[str, Any]:
    """A visit with these of its records, and what they practised, in the form of VisitContent.plain()."""
    people = sorted(visit.people.all(), key=attrgetter("pk"))
    starts_at, ends_at = timezone.localtime(visit.starts_at), timezone.localtime(visit.ends_at)
    is_missed = visit.state == Visit.State.MISSED
    return {
        "on": visit.on.isoformat(),
        "start": f"{starts_at:%H:%M}",
        "end": f"{ends_at:%H:%M}",
        "mode": visit.mode,
        "purpose": visit.purpose,
        "place": visit.place,
        "channel": visit.channel,
        "state": "missed" if is_missed else "done",
        "missed_reason": visit.missed_reason,
        "reason_text": next((record.reason_text for record in records if record.reason_text), "") if is_missed else "",
        "people": [str(person.user_id) for person in people if person.user_id],
        "companions": [person.name for person in people if not person.user_id],
        "records": plain_records(records, practised),
        **sent_with(visit, {str(record.case_id) for record in records}),
    }


def plain_records(records: Sequence[VisitRecord], practised: Lines) -> list[dict[str, Any]]:
    """As RecordContent.plain() says them; `practised` by record."""
    return [_record(record) | ({"practised": lines} if (lines := practised.get(record.pk)) else {}) for record in records]


def _record(record: VisitRecord) -> dict[str, Any]:
    return {
        "case": str(record.case_id),
        "present": record.present,
        "absent_reason": record.absent_reason,
        "lessons": number_text(record.lessons),
        "mood": record.mood,
        "participation": record.participation,
        "last_homework": record.last_homework,
        **{name: getattr(record, name) for name in TEXTS},
    }


def sent_with(visit: Visit, cases: set[str]) -> dict[str, list[dict[str, Any]]]:
    """The photos and confirmations that the last revision names, of these cases; photos of nobody belong to everybody."""
    last = VisitRevision.objects.filter(visit=visit).order_by("-version").first() if cases else None
    content: Mapping[str, Any] = last.content if last else {}
    return {
        "photos": [photo for photo in content.get("photos", []) if not photo["cases"] or cases & set(photo["cases"])],
        "confirmations": [given for given in content.get("confirmations", []) if given["case"] in cases],
    }


def last_saved(visit_id: UUID, user: User) -> tuple[int, datetime] | None:
    """How far the server's draft of it reaches: its sequence, and when it came."""
    return VisitDraft.objects.filter(visit=visit_id, user=user).values_list("sequence", "saved_at").first()
