"""Roster sheets in: the whole file judged, by itself and against the record, before anything is written.

Look-ups are made once for the file; nothing here asks the database row by row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any
from uuid import UUID

from accounts.models import Post
from counties.models import Policy, School
from office.fields import blind_index
from office.sheets_in import Row, Table, folded, text
from students.codes import SERVED_STATES
from students.models import Case, CaseTeacher, Guardian, Student
from students.rules.matching import NOTHING, CaseOnRecord, CasePlan, Step, plan_case
from students.rules.roster import HEADERS, Entry, Fault, Judged, Known
from students.rules.roster_row import judge_rows

ID_PURPOSE = "students.id_number"
_CHUNK = 500
_NOBODY = UUID(int=0)

Name = tuple[str, date]  # a name's key and a day of birth


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(slots=True)
class RowPlan:
    """What a row would do: make or amend a child and its case, or nothing but tell its faults."""

    judged: Judged
    id_index: str = ""
    student: Student | None = None  # on record, or made of the row
    is_new: bool = False
    changes: dict[str, Any] = field(default_factory=dict)  # columns of the child on record
    guardians: list[Guardian] = field(default_factory=list)  # made or changed, not saved
    case: CasePlan = NOTHING

    @property
    def entry(self) -> Entry:
        if self.judged.entry is None:
            raise ValueError(f"row {self.judged.row.number} could not be read")
        return self.judged.entry

    @property
    def is_accepted(self) -> bool:
        return self.judged.is_accepted

    @property
    def asks(self) -> bool:
        """Nothing is wrong with the row but that it moves or ends; somebody may agree to that."""
        return (
            bool(self.judged.faults)
            and {fault.code for fault in self.judged.faults} <= {"would_move", "would_end"}
            and self.case != NOTHING
        )

    @property
    def written_name(self) -> str:
        return text(self.judged.row.cells.get("name"))[:40]

    @property
    def outcome(self) -> Outcome:
        if not self.is_accepted:
            return Outcome.REJECTED
        if self.is_new:
            return Outcome.CREATED
        asks = self.changes or self.guardians or Step.NONE not in self.case.steps
        return Outcome.UPDATED if asks else Outcome.UNCHANGED


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose sheet it is: the county, the present day, and for a school's own people what they may touch."""

    county: str
    on: date
    schools: frozenset[UUID] | None = None  # None: every school of the county
    students: frozenset[UUID] | None = None  # children on record that may be changed; None: every one


@dataclass(frozen=True, slots=True)
class Review:
    """A judged sheet: a plan for each row, in order."""

    table: Table
    plans: list[RowPlan]

    def counts(self) -> dict[str, int]:
        """Rows by what becomes of them, and the lines that were none."""
        outcomes = Counter(plan.outcome for plan in self.plans)
        return {outcome.value: outcomes[outcome] for outcome in Outcome} | {"skipped": self.table.skipped}

    def summary(self) -> dict[str, Any]:
        """Counts of rows, and every fault and warning by row: what the command prints."""
        return self.counts() | {
            "rejected": [line for plan in self.plans for line in self._lines(plan.judged.row, plan.judged.faults)],
            "warnings": [line for plan in self.plans for line in self._lines(plan.judged.row, plan.judged.warnings)],
        }

    def _lines(self, row: Row, faults: Iterable[Fault]) -> Iterator[dict[str, Any]]:
        for fault in faults:
            yield {"row": row.number, "column": self.column(fault.field), "code": fault.code, "message": fault.message}

    def column(self, field: str) -> str:
        """The header as the sheet spells it; the usual one where the sheet has no such column."""
        return self.table.spelled.get(field, HEADERS[field][0])


def review(table: Table, scope: Scope, *, confirmed: frozenset[int] = frozenset(), progress: Callable[[int, int], object] = max) -> Review:
    """Judges every row. `confirmed`: numbers of rows whose move or ending somebody has agreed to."""
    judged = judge_rows(table.rows, _known(scope))
    plans = [RowPlan(one, blind_index(one.entry.id_number, purpose=ID_PURPOSE) if one.entry else "") for one in judged]
    record = _Record.load(scope, plans)
    record.meet(plan for plan in plans if plan.is_accepted)
    for number, plan in enumerate(plans, start=1):
        if plan.is_accepted:
            _plan(plan, record, scope, is_confirmed=plan.judged.row.number in confirmed)
        if number % _CHUNK == 0:
            progress(number, len(plans))
    _warn_of_namesakes(plans, record)
    return Review(table, plans)


def _known(scope: Scope) -> Known:
    schools: dict[str, UUID] = {}
    for key, code, name in School.objects.of_county(scope.county).values_list("id", "code", "name"):
        schools |= {code: key, folded(name): key}
    policies = tuple((policy.effective_on, policy.terms) for policy in Policy.objects.of_county(scope.county))
    return Known(on=scope.on, schools=schools, staff=Post.objects.staff_of(scope.county), policies=policies, own_schools=scope.schools)


@dataclass(slots=True)
class _Record:
    """What is on record of the children a sheet may mean."""

    by_id: dict[str, UUID]
    by_name: dict[Name, list[UUID]]  # every child of the county
    without_id: dict[tuple[UUID | None, str, date], list[UUID]]  # by school too; each is taken by one row
    students: dict[UUID, Student]
    cases: dict[UUID, list[CaseOnRecord]]
    guardians: dict[UUID, list[Guardian]]

    @classmethod
    def load(cls, scope: Scope, plans: Sequence[RowPlan]) -> _Record:
        by_id: dict[str, UUID] = {}
        by_name: dict[Name, list[UUID]] = defaultdict(list)
        for key, id_index, name_key, birth_on in Student.objects.filter(county=scope.county).values_list(
            "id", "id_index", "name_key", "birth_on"
        ):
            by_name[name_key, birth_on].append(key)
            if id_index:
                by_id[id_index] = key
        meant = {by_id[plan.id_index] for plan in plans if plan.id_index in by_id}
        for plan in plans:
            if plan.is_accepted and not plan.id_index:
                meant.update(by_name.get((plan.entry.key, plan.entry.birth_on), ()))
        record = cls(by_id, by_name, defaultdict(list), {}, defaultdict(list), defaultdict(list))
        for some in _chunks(meant):
            record._load_some(some)
        return record

    def _load_some(self, some: list[UUID]) -> None:
        self.students |= Student.objects.in_bulk(some)
        for guardian in Guardian.objects.filter(student__in=some):
            self.guardians[guardian.student_id].append(guardian)
        teams: dict[UUID, set[UUID]] = defaultdict(set)
        for case_id, user_id in CaseTeacher.objects.filter(case__student__in=some).values_list("case_id", "user_id"):
            teams[case_id].add(user_id)
        for case in Case.objects.filter(student__in=some).order_by("created_at"):
            self.cases[case.student_id].append(_case_on_record(case, teams[case.pk]))
        for key in some:
            self.cases[key].sort(key=lambda case: case.starts_on or date.max)
            if not self.students[key].id_index:
                school = self.cases[key][-1].school if self.cases[key] else None
                self.without_id[school, self.students[key].name_key, self.students[key].birth_on].append(key)

    def meet(self, plans: Iterable[RowPlan]) -> None:
        """Gives each accepted row the child it means, if there is one: by ID, else by school, name and birth
        among children without. Of namesakes each is taken once, by the row that says most of what is on record."""
        for plan in sorted(plans, key=lambda plan: -len(stated(plan.entry)) if not plan.id_index else 0):
            plan.student = self.students.get(self.by_id.get(plan.id_index, _NOBODY)) if plan.id_index else self._namesake(plan.entry)

    def _namesake(self, entry: Entry) -> Student | None:
        alike = self.without_id.get((entry.school if entry.makes_case else None, entry.key, entry.birth_on), [])
        if not alike:
            return None
        same = next((key for key in alike if not _changes(entry, self.students[key])), alike[0])
        alike.remove(same)
        return self.students[same]


def _case_on_record(case: Case, team: Iterable[UUID]) -> CaseOnRecord:
    return CaseOnRecord(
        case.pk, case.state, case.state in SERVED_STATES, case.school_id, case.starts_on, case.ends_on, frozenset(team), reason=case.reason
    )


def _chunks(keys: Iterable[UUID]) -> Iterator[list[UUID]]:
    rest = iter(keys)
    while some := list(islice(rest, _CHUNK)):
        yield some


def _plan(plan: RowPlan, record: _Record, scope: Scope, *, is_confirmed: bool) -> None:
    """Completes the plan of an accepted row, or rejects it."""
    if plan.student is None:
        plan.is_new = True
        plan.case = plan_case(plan.entry, ())
        plan.guardians = _guardians(plan.entry, [])
        return
    if scope.students is not None and plan.student.pk not in scope.students:
        plan.judged.reject("school", "would_move")
        return
    plan.case = plan_case(plan.entry, record.cases[plan.student.pk])
    if not is_confirmed:
        for step, name, code in ((Step.MOVE, "school", "would_move"), (Step.END, "ends", "would_end")):
            if step in plan.case.steps:
                plan.judged.reject(name, code)
    if plan.is_accepted:
        plan.changes = _changes(plan.entry, plan.student)
        plan.guardians = _guardians(plan.entry, record.guardians[plan.student.pk])
        if plan.case.keeps_team:
            plan.judged.warn("team", "teachers_kept")


def stated(entry: Entry) -> dict[str, Any]:
    """The columns of a child a row says something of; what it leaves blank stays as it is."""
    values = {
        "name": entry.name,
        "name_key": entry.key,
        "sex": entry.sex,
        "birth_on": entry.birth_on,
        "id_number": entry.id_number,
        "ethnicity": entry.ethnicity,
        "cert_number": entry.cert,
        "registration_number": entry.registration,
        "disability": entry.disability,
        "further_disabilities": entry.further,
        "disability_grade": entry.grade,
        "home_address": entry.address,
        "household_address": entry.household,
        "class_grade": entry.class_grade,
        "placement": entry.placement,
        "registered_school_id": entry.registered,
        "remark": entry.remark,
    }
    return {name: value for name, value in values.items() if value}


def _changes(entry: Entry, student: Student) -> dict[str, Any]:
    changes = {name: value for name, value in stated(entry).items() if getattr(student, name) != value}
    if "disability" in changes and not entry.further:
        changes["further_disabilities"] = ""
    return changes


def _guardians(entry: Entry, on_record: list[Guardian]) -> list[Guardian]:
    """The guardian and the caregiver where the row tells something new; relation and phone are the guardian's, if one is named."""
    along = {"relation": entry.relation, "phone": entry.phone}
    is_caregivers = bool(entry.caregiver and not entry.guardian)
    people = (
        (Guardian.Kind.GUARDIAN, {} if is_caregivers else {"name": entry.guardian, **along}),
        (Guardian.Kind.CAREGIVER, {"name": entry.caregiver, **(along if is_caregivers else {})}),
    )
    told = (_guardian(kind, {name: value for name, value in said.items() if value}, on_record) for kind, said in people)
    return [guardian for guardian in told if guardian is not None]


def _guardian(kind: Guardian.Kind, said: dict[str, str], on_record: list[Guardian]) -> Guardian | None:
    if not said:
        return None
    ours = [guardian for guardian in on_record if guardian.kind == kind]
    guardian = next((one for one in ours if one.name == said.get("name", one.name)), ours[0] if ours else Guardian(kind=kind))
    changes = {name: value for name, value in said.items() if getattr(guardian, name) != value}
    for name, value in changes.items():
        setattr(guardian, name, value)
    return guardian if changes else None


def _warn_of_namesakes(plans: list[RowPlan], record: _Record) -> None:
    in_file = Counter((plan.entry.key, plan.entry.birth_on) for plan in plans if plan.is_accepted)
    for plan in plans:
        if not plan.is_accepted:
            continue
        name = (plan.entry.key, plan.entry.birth_on)
        own = plan.student.pk if plan.student else None
        if in_file[name] > 1 or any(key != own for key in record.by_name.get(name, ())):
            plan.judged.warn("name", "possible_duplicate")
