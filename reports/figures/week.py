"""The planned visits of some days, as the chat group is told of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.utils.timezone import localtime

from accounts.models import User
from counties.models import School
from reports.rules.chat import Named, Outing
from visits.models import Visit


def planned_outings(*, schools: Collection[School], first: date, last: date, user: User) -> dict[UUID, list[Outing]]:
    """What a person sees of each school's plan. Four queries."""
    planned = Visit.objects.visible_to(user).between(first, last).filter(school__in=schools, state=Visit.State.PLANNED)
    outings: dict[UUID, list[Outing]] = defaultdict(list)
    for visit in planned.prefetch_related("people", "records__student"):
        outings[visit.school_id].append(_outing(visit))
    return outings


def _outing(visit: Visit) -> Outing:
    return Outing(
        on=visit.on,
        at=localtime(visit.starts_at).time(),
        mode=visit.get_mode_display(),
        team=tuple(person.name for person in visit.people.all()),
        children=tuple(Named(record.student_id, record.student.name) for record in visit.records.all()),
    )
