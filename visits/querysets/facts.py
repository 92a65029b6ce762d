"""The records of visits as what is asked of them, in one query."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value, When
from django.utils.timezone import get_default_timezone

from counties.rules import PolicyTerms
from students.codes import SERVED_STATES
from students.models import Case
from visits.models import Visit, VisitRecord
from visits.querysets.showing import SHOWN, key, read_shown, showing
from visits.rules.flags import Shown
from visits.rules.judging import Fact


class Row(NamedTuple):
    """A fact, its record, and what its text is compared by."""

    record: UUID
    fact: Fact
    text_key: str
    shown: Shown | None  # of a visit from a sheet nothing
    remote_until: date | None  # of a remote visit: until when the child is approved as mainly remote

    def is_approved_in(self, month: date) -> bool:
        return self.remote_until is not None and self.remote_until >= month


def delivered(as_of: datetime) -> QuerySet[VisitRecord]:
    done = VisitRecord.objects.filter(present=True, lessons__gt=0, visit__state=Visit.State.DONE, visit__starts_at__lte=as_of)
    return done.order_by()


def rows_of(records: QuerySet[VisitRecord], terms: PolicyTerms, as_of: datetime) -> list[Row]:
    """One query, in order of their start."""
    twin = delivered(as_of).filter(student=OuterRef("student"), teaching_key=OuterRef("teaching_key")).exclude(pk=OuterRef("pk"))
    has_twin: Any = Choose(When(teaching_key="", then=Value(value=False)), default=Exists(twin))
    approved = Case.objects.filter(student=OuterRef("student"), state__in=SERVED_STATES, mainly_remote_until__isnull=False)
    until = Subquery(approved.order_by("-mainly_remote_until").values("mainly_remote_until")[:1])
    remote: Any = Choose(When(visit__mode=Visit.Mode.REMOTE, then=until))
    zone = get_default_timezone()
    rows = (
        records.annotate(repeated=has_twin, remote_until=remote, **showing(terms, as_of=as_of))
        .order_by("visit__starts_at", "pk")
        .values_list(
            *("pk", "teaching_key", key("visit_id"), key("student_id"), key("school_id"), "on", "present", "absent_reason", "lessons"),
            *(f"visit__{name}" for name in ("starts_at", "ends_at", "mode", "state", "purpose", "missed_reason")),
            *("repeated", "remote_until", *SHOWN),
        )
    )
    return [
        Row(
            pk,
            Fact(
                *(visit, child, school, on, start.astimezone(zone), end.astimezone(zone), mode, state),
                counts=purpose in terms.counting_purposes,
                present=present and state == Visit.State.DONE,
                reason=absent or why,
                lessons=lessons,
                repeated=bool(twice),
            ),
            text,
            read_shown(page),
            until,
        )
        for pk, text, visit, child, school, on, present, absent, lessons, start, end, mode, state, purpose, why, twice, until, *page in rows
    ]
