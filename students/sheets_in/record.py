"""The children a sheet may mean, looked up once for the whole file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from uuid import UUID

from students.codes import SERVED_STATES
from students.models import Case, CaseTeacher, Guardian, Student
from students.rules.matching import CaseOnRecord
from students.rules.roster import Entry
from students.sheets_in.details import changes_of, stated
from students.sheets_in.plans import RowPlan, Scope

_CHUNK = 500
_NOBODY = UUID(int=0)

Name = tuple[str, date]  # a name's key and a day of birth


@dataclass(slots=True)
class Record:
    """What is on record of the children a sheet may mean."""

    by_id: dict[str, UUID]
    by_name: dict[Name, list[UUID]]  # every child of the county
    without_id: dict[tuple[UUID | None, str, date], list[UUID]]  # by school too; each is taken by one row
    students: dict[UUID, Student]
    cases: dict[UUID, list[CaseOnRecord]]
    guardians: dict[UUID, list[Guardian]]

    @classmethod
    def load(cls, scope: Scope, plans: Sequence[RowPlan]) -> Record:
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
        same = next((key for key in alike if not changes_of(entry, self.students[key])), alike[0])
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
