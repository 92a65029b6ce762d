"""Past visits from a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from counties.models import Area
from office.audit import record
from office.sheets_in import Table
from visits.actions.months import lock_months
from visits.models import Visit, VisitPerson, VisitRecord
from visits.rules.recording import text_key
from visits.rules.sheet import Entry
from visits.sheets_in import Review, compare, group_of, months_of, read_rows

BATCH = 2000


@transaction.atomic
def import_visits(*, table: Table, county: str, by: User | None, at: datetime) -> Review:
    """Judges a sheet of past visits as of `at` and writes its good rows, all or nothing; the county's imports wait for one another."""
    Area.objects.select_for_update().get(pk=county)
    review = read_rows(table, county, now=at)
    lock_months(months_of([row.entry for row in review.rows if row.entry]))
    compare(review, county)
    _write(review, at=at)
    counts = {name: value for name, value in review.summary().items() if isinstance(value, int)}
    counts["rejected"] = sum(row.entry is None for row in review.rows)
    record("visits.imported", subject=None, by=by.pk if by else None, at=at, county=county, detail=counts)
    return review


def _write(review: Review, *, at: datetime) -> None:
    """New visits, one for each group and each other row; and the groups on record that rows join."""
    made: dict[object, list[Entry]] = {}
    joining: dict[UUID, list[Entry]] = {}
    for entry in review.new:
        if entry.is_group and group_of(entry) in review.groups:
            joining.setdefault(review.groups[group_of(entry)], []).append(entry)
        else:
            made.setdefault(group_of(entry) if entry.is_group else entry.key, []).append(entry)
    visits = [(_visit(entries, at=at), entries) for entries in made.values()]
    Visit.objects.bulk_create([visit for visit, _ in visits], batch_size=BATCH)
    VisitPerson.objects.bulk_create(_people(visits), batch_size=BATCH)
    grown = _grow(joining)
    records = (_record(entry, visit) for visit, entries in (*visits, *grown) for entry in entries)
    VisitRecord.objects.bulk_create(list(records), batch_size=BATCH)


def _visit(entries: Sequence[Entry], *, at: datetime) -> Visit:
    first = entries[0]
    is_done = any(entry.present for entry in entries)
    return Visit(
        school_id=first.school,
        on=first.on,
        starts_at=first.starts_at,
        ends_at=max(entry.ends_at for entry in entries),
        mode=first.mode,
        state=Visit.State.DONE if is_done else Visit.State.MISSED,
        missed_reason="" if is_done else next((entry.reason for entry in entries if entry.reason), ""),
        source=Visit.Source.SHEET,
        written_at=at,
    )


def _record(entry: Entry, visit: Visit) -> VisitRecord:
    return VisitRecord(
        visit=visit,
        case_id=entry.case,
        student_id=entry.child,
        school_id=entry.case_school,
        on=entry.on,
        present=entry.present,
        absent_reason=entry.reason,
        reason_text=entry.reason_text,
        ends_at=entry.ends_at if entry.is_group else None,
        lessons=entry.lessons,
        teaching=entry.teaching,
        teaching_key=text_key(entry.teaching),
        rehabilitation=entry.rehabilitation,
        family=entry.family,
    )


def _people(visits: Sequence[tuple[Visit, list[Entry]]]) -> list[VisitPerson]:
    """The teams, their names as they are now, and the companions that any row of a visit names."""
    users = {user for _, entries in visits for user in entries[0].team}
    names = dict(User.objects.filter(pk__in=users).values_list("pk", "name"))
    people: list[VisitPerson] = []
    for visit, entries in visits:
        people += [VisitPerson(visit=visit, user_id=user, name=names[user]) for user in entries[0].team]
        people += [VisitPerson(visit=visit, name=name) for name in _companions(entries)]
    return people


def _companions(entries: Iterable[Entry]) -> list[str]:
    return list(dict.fromkeys(name for entry in entries for name in entry.companions))


def _grow(joining: dict[UUID, list[Entry]]) -> list[tuple[Visit, list[Entry]]]:
    """Groups on record with the rows that join them: they end with the last, and found somebody if any row did."""
    visits = Visit.objects.prefetch_related("people").in_bulk(list(joining))
    people: list[VisitPerson] = []
    for key, visit in visits.items():
        entries = joining[key]
        visit.ends_at = max(visit.ends_at, *(entry.ends_at for entry in entries))
        if any(entry.present for entry in entries):
            visit.state, visit.missed_reason = Visit.State.DONE, ""
        visit.version += 1
        there = {person.name for person in visit.people.all() if person.user_id is None}
        people += [VisitPerson(visit=visit, name=name) for name in _companions(entries) if name not in there]
    Visit.objects.bulk_update(visits.values(), ["ends_at", "state", "missed_reason", "version"], batch_size=BATCH)
    VisitPerson.objects.bulk_create(people, batch_size=BATCH)
    return [(visit, joining[key]) for key, visit in visits.items()]
