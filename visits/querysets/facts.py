"""The records of visits as what is asked of them, in one query."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import Exists, OuterRef, QuerySet, Value, When
from django.utils.timezone import get_default_timezone

from counties.rules import PolicyTerms
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


def delivered(as_of: datetime) -> QuerySet[VisitRecord]:
    done = VisitRecord.objects.filter(present=True, lessons__gt=0, visit__state=Visit.State.DONE, visit__starts_at__lte=as_of)
    return done.order_by()


def rows_of(records: QuerySet[VisitRecord], terms: PolicyTerms, as_of: datetime) -> list[Row]:
    """One query, in order of their start."""
    twin = delivered(as_of).filter(student=OuterRef("student"), teaching_key=OuterRef("teaching_key")).exclude(pk=OuterRef("pk"))
    has_twin: Any = Choose(When(teaching_key="", then=Value(value=False)), default=Exists(twin))
    zone = get_default_timezone()
    rows = (
        records.annotate(repeated=has_twin, **showing(terms, as_of=as_of))
        .order_by("visit__starts_at", "pk")
        .values_list(
            *("pk", "teaching_key", key("visit_id"), key("student_id"), key("school_id"), "on", "present", "absent_reason", "lessons"),
            *(f"visit__{name}" for name in ("starts_at", "ends_at", "mode", "state", "purpose", "missed_reason")),
            *("repeated", *SHOWN),
        )
    )
    return [
        Row(
            pk,
            Fact(
                *(visit, student, school, on, start.astimezone(zone), end.astimezone(zone), mode, state),
                counts=purpose in terms.counting_purposes,
                present=present and state == Visit.State.DONE,
                reason=absent or missed,
                lessons=lessons,
                repeated=bool(twice),
            ),
            text,
            read_shown(page),
        )
        for pk, text, visit, student, school, on, present, absent, lessons, start, end, mode, state, purpose, missed, twice, *page in rows
    ]
