"""Takes a roster sheet in: the good rows of a review become children, cases and teams, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from counties.models import Area
from office.audit import record
from office.sheets_in import Table
from students.codes import CaseState
from students.models import Case, CaseTeacher, Guardian, Student
from students.rules.identity import initials
from students.rules.matching import CaseOnRecord, Step, move_day
from students.sheets_in import Outcome, Review, RowPlan, Scope, review, stated

_BATCH = 500


@transaction.atomic
def import_roster(
    *,
    table: Table,
    scope: Scope,
    by: User | None,
    at: datetime,
    confirmed: frozenset[int] = frozenset(),
) -> Review:
    """Judges the sheet as of now and writes its good rows; the county's imports wait for one another.

    `confirmed`: numbers of the rows whose move to another school, or ending, somebody has agreed to.
    """
    Area.objects.select_for_update().get(pk=scope.county)
    judged = review(table, scope, confirmed=confirmed)
    _write([plan for plan in judged.plans if plan.outcome in (Outcome.CREATED, Outcome.UPDATED)], scope=scope, at=at)
    record("roster.imported", subject=None, by=by.pk if by else None, at=at, county=scope.county, detail=judged.counts())
    return judged


def _write(plans: list[RowPlan], *, scope: Scope, at: datetime) -> None:
    _write_students(plans, scope=scope, at=at)
    _write_guardians(plans)
    work = _CaseWork(on=scope.on, at=at)
    for plan in plans:
        work.take(plan)
    Case.objects.bulk_create(work.made, batch_size=_BATCH)
    if work.amended:
        Case.objects.bulk_update(work.amended, ["state", "school", "starts_on", "ends_on", "reason"], batch_size=_BATCH)
    CaseTeacher.objects.bulk_create(work.teams, batch_size=_BATCH, ignore_conflicts=True)


def _write_students(plans: list[RowPlan], *, scope: Scope, at: datetime) -> None:
    made, amended, columns = [], [], set[str]()
    for plan in plans:
        if plan.is_new:
            entry = plan.entry
            plan.student = Student(
                county_id=scope.county, id_index=plan.id_index, initials=initials(entry.name), created_at=at, **stated(entry)
            )
            made.append(plan.student)
        elif plan.student and plan.changes:
            amended.append(_amended(plan.student, plan.changes))
            columns |= plan.changes.keys()
    Student.objects.bulk_create(made, batch_size=_BATCH)
    if amended:
        Student.objects.bulk_update(amended, columns | {"initials"}, batch_size=_BATCH)


def _amended(student: Student, changes: dict[str, Any]) -> Student:
    for column, value in changes.items():
        setattr(student, column, value)
    student.initials = initials(student.name)
    return student


def _write_guardians(plans: list[RowPlan]) -> None:
    for plan in plans:
        for guardian in plan.guardians:
            guardian.student = plan.student  # type: ignore[assignment]  # saved above
    people = [guardian for plan in plans for guardian in plan.guardians]
    amended = [one for one in people if one.pk is not None]
    Guardian.objects.bulk_create([one for one in people if one.pk is None], batch_size=_BATCH)
    if amended:
        Guardian.objects.bulk_update(amended, ["name", "relation", "phone"], batch_size=_BATCH)


@dataclass(slots=True)
class _CaseWork:
    """The cases and teams of the plans, gathered to be written together."""

    on: date
    at: datetime
    made: list[Case] = field(default_factory=list)
    amended: list[Case] = field(default_factory=list)
    teams: list[CaseTeacher] = field(default_factory=list)

    def take(self, plan: RowPlan) -> None:
        steps, case = plan.case.steps, plan.case.case
        if Step.OPEN in steps:
            self._open(plan)
        elif case is None or Step.NONE in steps:
            return
        elif Step.MOVE in steps:
            self._move(plan, case)
        elif Step.END in steps:
            self._amend(case, ends_on=plan.entry.ends_on, state=self._state(plan.entry.ends_on))
        elif Step.START in steps:
            self._start(plan, case)
        else:
            self._amend(case, **dict(plan.case.changes))
            self._join(case.id, plan.case.joins)

    def _open(self, plan: RowPlan, **service: Any) -> None:
        """A case as the row tells it: served with school, teachers and first day, else only identified."""
        entry = plan.entry
        case = Case(student=plan.student, school_id=entry.school, reason=entry.reason, created_at=self.at)
        if entry.is_served or service:
            case.starts_on = service.get("starts_on", entry.starts_on)
            case.ends_on = entry.ends_on
            case.state = self._state(entry.ends_on)
            self._join(case.pk, entry.team)
        self.made.append(case)

    def _start(self, plan: RowPlan, case: CaseOnRecord) -> None:
        entry = plan.entry
        self._amend(
            case,
            state=self._state(entry.ends_on),
            school_id=entry.school,
            starts_on=entry.starts_on,
            ends_on=entry.ends_on,
            reason=entry.reason or case.reason,
        )
        self._join(case.id, entry.team)

    def _move(self, plan: RowPlan, case: CaseOnRecord) -> None:
        """The old case ends on the day the new one begins; a child not yet served only changes its school."""
        if not case.is_served:
            self._start(plan, case) if plan.entry.is_served else self._amend(case, school_id=plan.entry.school)
            return
        day = move_day(plan.entry, case, self.on)
        if case.ends_on is None or case.ends_on > day:
            self._amend(case, ends_on=day, state=self._state(day))
        self._open(plan, starts_on=day)

    def _amend(self, case: CaseOnRecord, **columns: Any) -> None:
        row = Case(pk=case.id, state=case.state, school_id=case.school, starts_on=case.starts_on, ends_on=case.ends_on, reason=case.reason)
        for column, value in columns.items():
            setattr(row, column, value)
        self.amended.append(row)

    def _join(self, case: UUID, team: Iterable[UUID]) -> None:
        self.teams += [CaseTeacher(case_id=case, user_id=user) for user in team]

    def _state(self, ends_on: date | None) -> CaseState:
        return CaseState.EXITED if ends_on and ends_on <= self.on else CaseState.ACTIVE
