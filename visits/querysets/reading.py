"""What lists and pages read of records: plain values, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Subquery

from accounts.models import User
from accounts.rules import Role
from office.rules import masked_name
from students.models import Student
from visits.models import Visit, VisitPerson, VisitRecord
from visits.querysets.practising import PRACTISES, Told
from visits.querysets.reach import asking, told_where
from visits.rules.lines import Line, Measure, Share, outcome

CHUNK = 1000


class Row(NamedTuple):
    """What a list reads of a record."""

    pk: UUID
    visit_id: UUID
    child: str
    school_name: str
    county: str
    on: date
    starts_at: datetime
    ends_at: datetime
    own_end: datetime | None
    mode: str
    state: str
    present: bool
    reason: str
    missed_reason: str
    lessons: Decimal
    is_open: int


ROW = (
    *("pk", "visit_id", "student__name", "school__name", "school__county_id", "on"),
    *("visit__starts_at", "visit__ends_at", "ends_at", "visit__mode", "visit__state"),
    *("present", "absent_reason", "visit__missed_reason", "lessons", "is_open"),
)


def lines_of(records: Sequence[UUID], user: User, measure: Measure) -> Iterator[Line]:
    """A list's rows of records that `user` sees, in their order; two queries for every thousand."""
    for chunk in (records[at : at + CHUNK] for at in range(0, len(records), CHUNK)):
        found = VisitRecord.objects.filter(pk__in=chunk).order_by().with_openness(user)
        rows = {row[0]: Row(*row) for row in found.values_list(*ROW)}
        yield from _lines([rows[pk] for pk in chunk if pk in rows], user, measure)


def _lines(rows: list[Row], user: User, measure: Measure) -> Iterator[Line]:
    teams = _teams({row.visit_id for row in rows})
    for row in rows:
        is_open = bool(row.is_open)
        yield Line(
            visit_id=row.visit_id,
            school_name=row.school_name,
            on=row.on,
            starts_at=row.starts_at,
            ends_at=row.own_end or row.ends_at,
            mode=row.mode,
            outcome=outcome(row.state, present=row.present),
            reason=_reason(row.reason or row.missed_reason) if is_open else "",
            child=row.child if is_open else masked_name(row.child),
            people="、".join(person.name for person in shown_to(user, teams.get(row.visit_id, ()), is_open=is_open)),
            lessons=row.lessons,
            credited=measure.credit(row.lessons, row.county, row.on),
            is_open=is_open,
        )


def records_of(visit: UUID, user: User) -> list[Any]:
    """The records of a visit that `user` sees, with the visit itself: two queries, with its team, for all its page asks of them.

    Adds `is_open`, `is_own` (its questions are known to the person at once), `has_page`, `practises`, and of all records of the
    visit `of_visit`, how many there are, and `any_locked`.
    """
    seen = VisitRecord.objects.visible_to(user).filter(visit=visit).select_related("visit__school", "school", "student")
    team = Prefetch("visit__people", VisitPerson.objects.order_by("pk"))
    pages = Student.objects.visible_to(user).filter(pk=OuterRef("student"))
    everybody = VisitRecord.objects.filter(visit=OuterRef("visit")).order_by().values("visit").annotate(count=Count("pk"))
    locked = VisitRecord.objects.filter(visit=OuterRef("visit")).exclude(lock=VisitRecord.Lock.OPEN)
    records = (
        seen.prefetch_related(team)
        .with_openness(user)
        .annotate(is_own=told_where(asking(user)), has_page=Exists(pages), practises=PRACTISES)
        .annotate(of_visit=Subquery(everybody.values("count")), any_locked=Exists(locked))
    )
    return list(records.order_by("student__name_key", "pk"))


def share_of(record: Any, practised: Sequence[Told] = ()) -> Share:
    """What a child had of a visit; `record` as `records_of` reads it, `practised` as `told_in` does."""
    visit, is_open = record.visit, bool(record.is_open)
    said = {
        "reason": _reason(record.absent_reason or visit.missed_reason),
        "reason_text": record.reason_text,
        "teaching": record.teaching,
        "rehabilitation": record.rehabilitation,
        "family": record.family,
        "practised": practised,
    }
    return Share(
        student_id=record.student_id,
        school_name=record.school.name,
        child=record.student.name if is_open else masked_name(record.student.name),
        outcome=outcome(visit.state, present=record.present),
        lessons=record.lessons,
        ends_at=record.ends_at if record.ends_at != visit.ends_at else None,
        is_open=is_open,
        has_page=record.has_page,
        **(said if is_open else {}),
    )


def _reason(code: str) -> str:
    return str(Visit.Missed(code).label) if code else ""


# --- Who went ------------------------------------------------------------------------------------------


class Person(NamedTuple):
    """Somebody on a visit; a companion has no account."""

    name: str
    user: UUID | None

    @property
    def is_companion(self) -> bool:
        return self.user is None


def team_of(visit: Visit) -> list[Person]:
    """Everybody who went, as they were written down."""
    return [Person(person.name, person.user_id) for person in visit.people.all()]


def shown_to(user: User, team: Iterable[Person], *, is_open: bool) -> Iterator[Person]:
    """Beside a child one does not know no companions; to leaders every name masked."""
    is_masked = not is_open and bool(user.reach.areas(Role.COUNTY_LEADER))
    for person in team:
        if is_open or not person.is_companion:
            yield person._replace(name=masked_name(person.name)) if is_masked else person


def _teams(visits: Iterable[UUID]) -> dict[UUID, list[Person]]:
    teams: dict[UUID, list[Person]] = {}
    for visit_id, name, user in VisitPerson.objects.filter(visit__in=visits).order_by("pk").values_list("visit_id", "name", "user"):
        teams.setdefault(visit_id, []).append(Person(name, user))
    return teams
