"""The planned visits of some days, as the chat group is told of them."""

from __future__ import annotations

from datetime import date

from django.utils.timezone import localtime

from accounts.models import User
from counties.models import School
from reports.rules.chat import Named, Outing
from visits.models import Visit


def planned_outings(*, school: School, first: date, last: date, user: User) -> list[Outing]:
    """What a person sees of a school's plan. Three queries."""
    planned = Visit.objects.visible_to(user).between(first, last).filter(school=school, state=Visit.State.PLANNED)
    return [
        Outing(
            on=visit.on,
            at=localtime(visit.starts_at).time(),
            mode=visit.get_mode_display(),
            team=tuple(person.name for person in visit.people.all()),
            children=tuple(Named(record.student_id, record.student.name) for record in visit.records.all()),
        )
        for visit in planned.prefetch_related("people", "records__student")
    ]
