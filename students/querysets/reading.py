"""What lists read of children: plain values, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from office.rules import masked_name, masked_number
from students.models import Case, CaseTeacher, Student
from students.rules.identity import age
from students.rules.lines import Line
from students.rules.words import disability_text

CHUNK = 500


class Row(NamedTuple):
    """What a list reads of a child."""

    pk: UUID
    name: str
    sex: str
    birth_on: date
    id_number: str
    disability: str
    further_disabilities: str
    disability_grade: str
    class_grade: str


class Standing(NamedTuple):
    """What a list reads of a child's current case."""

    student: UUID | None = None
    pk: UUID | None = None
    standing: str = ""
    school_name: str | None = ""
    starts_on: date | None = None
    ends_on: date | None = None


NO_CASE = Standing()


def lines_of(students: Sequence[UUID], user: User, on: date) -> Iterator[Line]:
    """A list's rows of children that `user` sees, in their order; four queries for every five hundred."""
    for chunk in (students[at : at + CHUNK] for at in range(0, len(students), CHUNK)):
        found = Student.objects.filter(pk__in=chunk).order_by()
        rows = {row[0]: Row(*row) for row in found.values_list(*Row._fields)}
        opened = set(found.open_to(user).values_list("pk", flat=True))
        cases = _cases(chunk, user, on)
        teams = _teams([case.pk for case in cases.values() if case.pk], on)
        for pk in chunk:
            if row := rows.get(pk):
                case = cases.get(pk, NO_CASE)
                yield _line(row, case, teams.get(case.pk, []), on, is_open=pk in opened)


def _cases(students: Sequence[UUID], user: User, on: date) -> dict[UUID, Standing]:
    """Of each child the latest case that `user` sees."""
    seen = Case.objects.visible_to(user).filter(student__in=students).with_standing(on).latest_first()
    latest: dict[UUID, Standing] = {}
    for case in seen.values_list("student", "pk", "standing", "school__name", "starts_on", "ends_on"):
        latest.setdefault(case[0], Standing(*case))
    return latest


def _teams(keys: list[UUID], on: date) -> dict[UUID | None, list[str]]:
    teams: dict[UUID | None, list[str]] = defaultdict(list)
    in_force = CaseTeacher.objects.filter(Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gt=on))
    for case, name in in_force.filter(case__in=keys).order_by("pk").values_list("case", "user__name"):
        teams[case].append(name)
    return teams


def _line(row: Row, case: Standing, team: list[str], on: date, *, is_open: bool) -> Line:
    return Line(
        student_id=row.pk,
        is_open=is_open,
        name=row.name if is_open else masked_name(row.name),
        sex=row.sex,
        birth_on=row.birth_on if is_open else None,
        age=age(row.birth_on, on),
        id_mask=masked_number(row.id_number) if is_open else "",
        disability=disability_text(row.disability, row.further_disabilities, row.disability_grade),
        class_grade=row.class_grade,
        standing=case.standing,
        school_name=case.school_name or "",
        starts_on=case.starts_on,
        ends_on=case.ends_on,
        team="、".join(team) if is_open else "",
    )
