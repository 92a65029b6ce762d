"""What lists read of children: plain values, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from office.rules import masked_name, masked_number
from students.models import Case, CaseTeacher, Student
from students.rules.identity import age
from students.rules.lines import Line
from students.rules.words import disability_text

CHUNK = 500
COLUMNS = ("pk", "name", "sex", "birth_on", "id_number", "disability", "further_disabilities", "disability_grade", "class_grade", "case_id")


def lines_of(students: Sequence[UUID], user: User, on: date) -> Iterator[Line]:
    """A list's rows of children that `user` sees, in their order; four queries for every five hundred."""
    for chunk in (students[at : at + CHUNK] for at in range(0, len(students), CHUNK)):
        found = Student.objects.filter(pk__in=chunk).order_by().with_current_case(user, on)
        rows = {row["pk"]: row for row in found.values(*COLUMNS)}
        opened = set(Student.objects.open_to(user).filter(pk__in=chunk).order_by().values_list("pk", flat=True))
        cases = _cases([row["case_id"] for row in rows.values() if row["case_id"]], on)
        teams = _teams(list(cases), on)
        for pk in chunk:
            if row := rows.get(pk):
                yield _line(row, cases.get(row["case_id"], {}), teams.get(row["case_id"], []), on, is_open=pk in opened)


def _cases(keys: list[UUID], on: date) -> dict[UUID, dict[str, Any]]:
    found = Case.objects.filter(pk__in=keys).order_by().with_standing(on)
    return {case["pk"]: case for case in found.values("pk", "standing", "school__name", "starts_on", "ends_on")}


def _teams(keys: list[UUID], on: date) -> dict[UUID, list[str]]:
    teams: dict[UUID, list[str]] = defaultdict(list)
    in_force = CaseTeacher.objects.filter(Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gt=on))
    for case, name in in_force.filter(case__in=keys).order_by("pk").values_list("case", "user__name"):
        teams[case].append(name)
    return teams


def _line(row: dict[str, Any], case: dict[str, Any], team: list[str], on: date, *, is_open: bool) -> Line:
    return Line(
        student_id=row["pk"],
        is_open=is_open,
        name=row["name"] if is_open else masked_name(row["name"]),
        sex=row["sex"],
        birth_on=row["birth_on"] if is_open else None,
        age=age(row["birth_on"], on),
        id_mask=masked_number(row["id_number"]) if is_open else "",
        disability=disability_text(row["disability"], row["further_disabilities"], row["disability_grade"]),
        class_grade=row["class_grade"],
        standing=case.get("standing", ""),
        school_name=case.get("school__name") or "",
        starts_on=case.get("starts_on"),
        ends_on=case.get("ends_on"),
        team="、".join(team) if is_open else "",
    )
