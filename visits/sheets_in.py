"""Sheets of past visits in: the whole file judged, by itself and against the record, before anything is written.

Look-ups are made once for the file; nothing here asks the database row by row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Post
from counties.models import Policy, School
from counties.rules import PolicyTerms
from office.fields import blind_index
from office.sheets_in import Row, Table, day, folded
from students.codes import SERVED_STATES
from students.models import Case, Student
from students.rules.identity import has_id_form, normal_id
from students.sheets_in import ID_PURPOSE
from visits.models import VisitPerson, VisitRecord
from visits.rules.sheet import HEADERS, CaseSpan, Entry, Judged, Known, Values
from visits.rules.sheet_row import Reading

HAPPENED = ("done", "missed")
Group = tuple[UUID, datetime, frozenset[UUID]]
"""School, start and team: rows of mode 集中 that share them are one visit."""


def group_of(entry: Entry) -> Group:
    return entry.school, entry.starts_at, frozenset(entry.team)


@dataclass(slots=True)
class Review:
    """A judged sheet. `groups`: the visits on record that rows may join."""

    table: Table
    rows: list[Judged]
    groups: dict[Group, UUID] = field(default_factory=dict)

    @property
    def new(self) -> list[Entry]:
        return [row.entry for row in self.rows if row.entry and row.is_new]

    def summary(self) -> dict[str, Any]:
        """Counts of rows, and every fault by row: what the command prints."""
        created = len(self.new)
        return {
            "created": created,
            "updated": 0,
            "unchanged": sum(row.entry is not None for row in self.rows) - created,
            "skipped": self.table.skipped,
            "rejected": list(self._rejected()),
            "warnings": [],
        }

    def _rejected(self) -> Iterator[dict[str, Any]]:
        for judged in self.rows:
            for fault in judged.faults:
                column = self.table.spelled.get(fault.field, HEADERS[fault.field][0])
                yield {"row": judged.row.number, "column": column, "code": fault.code, "message": fault.message}


def read_rows(table: Table, county: str, *, now: datetime) -> Review:
    """Every row judged by itself; the visits on record are not looked at."""
    known = _known(table, county, now=timezone.localtime(now))
    return Review(table, [Reading(row, known).judge() for row in table.rows])


def compare(review: Review, county: str) -> None:
    """Tells the new rows from those on record, or said before in the file, and rejects those that say otherwise."""
    days = [judged.entry.on for judged in review.rows if judged.entry]
    if not days:
        return
    said, review.groups = _on_record(county, min(days), max(days))
    for judged in review.rows:
        if judged.entry is None:
            continue
        before = said.get(judged.entry.key)
        if before is None:
            judged.is_new = True
            said[judged.entry.key] = judged.entry.values
        elif not before.is_said_again(judged.entry.values):
            judged.reject("date", "duplicate_visit")


# --- What rows are compared with ---------------------------------------------------------------------------


def _known(table: Table, county: str, *, now: datetime) -> Known:
    schools: dict[str, UUID] = {}
    for key, code, name in School.objects.of_county(county).values_list("pk", "code", "name"):
        schools |= {code: key, folded(name): key}
    cases = _cases(county)
    children = list(Student.objects.filter(county=county).values_list("pk", "name_key", "id_index"))
    names = {key: name for key, name, _ in children}
    return Known(
        now=now,
        schools=schools,
        staff=Post.objects.staff_of(county),
        by_id=_by_id(table.rows, {index: key for key, _, index in children if index}),
        by_name=_by_name(names, cases),
        names=names,
        cases=cases,
        policies=_policies(table.rows, county),
    )


def _by_id(rows: Iterable[Row], children: dict[str, UUID]) -> dict[str, UUID]:
    """The children whose numbers the rows name."""
    numbers = {normal_id(folded(row.cells["id"])) for row in rows if "id" in row.cells}
    indexes = ((number, blind_index(number, purpose=ID_PURPOSE)) for number in numbers if has_id_form(number))
    return {number: children[index] for number, index in indexes if index in children}


def _by_name(names: dict[UUID, str], cases: dict[UUID, tuple[CaseSpan, ...]]) -> dict[tuple[UUID | None, str], frozenset[UUID]]:
    found: dict[tuple[UUID | None, str], set[UUID]] = defaultdict(set)
    for child, name in names.items():
        schools: set[UUID | None] = {case.school for case in cases.get(child, ()) if case.school}
        for school in schools or {None}:
            found[school, name].add(child)
    return {key: frozenset(children) for key, children in found.items()}


def _cases(county: str) -> dict[UUID, tuple[CaseSpan, ...]]:
    found: dict[UUID, list[CaseSpan]] = defaultdict(list)
    rows = Case.objects.filter(student__county=county).order_by("starts_on", "pk")
    for child, key, school, starts_on, ends_on, state in rows.values_list("student", "pk", "school", "starts_on", "ends_on", "state"):
        found[child].append(CaseSpan(key, school, starts_on, ends_on, is_served=state in SERVED_STATES))
    return {child: tuple(cases) for child, cases in found.items()}


def _policies(rows: Iterable[Row], county: str) -> dict[date, PolicyTerms]:
    days = (day(row.cells.get("date")) for row in rows)
    judging = Policy.objects.judging_each(county, {on.replace(day=1) for on in days if on})
    return {month: policy.terms for month, policy in judging.items() if policy}


# --- What is on record ---------------------------------------------------------------------------------------


def _on_record(county: str, first: date, last: date) -> tuple[dict[tuple[UUID, datetime], Values], dict[Group, UUID]]:
    """The county's visits between two days: what each record says, by child and start; and the groups that may still grow."""
    teams, companions = _people(county, first, last)
    said: dict[tuple[UUID, datetime], Values] = {}
    groups: list[tuple[Group, UUID]] = []
    closed: set[UUID] = set()  # filed or accepted: what joins such a group becomes a visit of its own
    records = VisitRecord.objects.between(first, last).filter(school__county=county, visit__state__in=HAPPENED).order_by()
    for row in records.values_list(*RECORD):
        visit, child, school, starts_at, ends_at, own_end, mode, lock, *rest = row
        team = frozenset(teams[visit])
        said[child, starts_at] = Values(school, own_end or ends_at, mode, team, frozenset(companions[visit]), *rest)
        if lock:
            closed.add(visit)
        if mode == "centre":
            groups.append(((school, starts_at, team), visit))
    return said, {group: visit for group, visit in groups if visit not in closed}


RECORD = (
    *("visit_id", "student_id", "visit__school_id", "visit__starts_at", "visit__ends_at", "ends_at", "visit__mode", "lock"),
    *("lessons", "present", "absent_reason", "reason_text", "teaching", "rehabilitation", "family"),
)


def _people(county: str, first: date, last: date) -> tuple[dict[UUID, set[UUID]], dict[UUID, set[str]]]:
    """By visit: the users on it, and the names of the companions."""
    teams: dict[UUID, set[UUID]] = defaultdict(set)
    companions: dict[UUID, set[str]] = defaultdict(set)
    people = VisitPerson.objects.filter(visit__school__county=county, visit__on__gte=first, visit__on__lte=last).order_by()
    for visit, user, name in people.values_list("visit_id", "user_id", "name"):
        if user is None:
            companions[visit].add(name)
        else:
            teams[visit].add(user)
    return teams, companions


def months_of(entries: Sequence[Entry]) -> set[tuple[UUID, date]]:
    """The school months that writing the entries changes: of the visit's school and of the child's."""
    return {(school, entry.on.replace(day=1)) for entry in entries for school in (entry.school, entry.case_school)}
