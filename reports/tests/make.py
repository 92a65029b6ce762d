"""A county in October 2026 with its people, as seen on the 28th at nine in the morning."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.test import Client

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import at, make_county, make_school
from reports.figures.filing import take
from students.codes import CaseState
from students.models import Case, CaseTeacher, Student
from students.tests.make import make_case, make_student
from visits.models import FlagAnswer, Visit, VisitPerson, VisitRecord
from visits.tests.make import make_visit

NOW = "2026-10-28 09:00:00+08:00"


class Cast(NamedTuple):
    school: School
    neighbour: School
    teacher: User
    mine: Case  # 覃小远: one visit of two
    other: Case  # 黄嘉春, a colleague's: both visits
    theirs: Case  # 蓝志冬, the neighbour school's: none


def make_cast() -> Cast:
    county = make_county()
    school, neighbour = make_school(county, name="石门小学"), make_school(county, name="塘红小学")
    teacher, colleague = make_user(Role.TEACHER, school, name="韦志玲"), make_user(Role.TEACHER, school, name="农子春")
    mine = make_case(school, student=make_student(school, name="覃小远"), teachers=(teacher,))
    other = make_case(school, student=make_student(school, name="黄嘉春"), teachers=(colleague,))
    theirs = make_case(neighbour, student=make_student(neighbour, name="蓝志冬"))
    make_visit(mine, people=(teacher, colleague))
    make_visit(other, start="2026-10-15 14:00", people=(colleague, teacher))
    make_visit(other, start="2026-10-22 14:00", people=(colleague, teacher))
    return Cast(school, neighbour, teacher, mine, other, theirs)


def make_many(school: School, teacher: User, children: int) -> None:
    """So many children of a teacher, each with one visit in October, in six statements."""
    students = [_unsaved_student(school, number) for number in range(children)]
    Student.objects.bulk_create(students)
    since, moment = date(2026, 9, 1), at("2026-10-14 14:00")
    cases = [Case(student=student, state=CaseState.ACTIVE, school=school, starts_on=since, created_at=moment) for student in students]
    Case.objects.bulk_create(cases)
    CaseTeacher.objects.bulk_create(CaseTeacher(case=case, user=teacher) for case in cases)
    done = {"on": moment.date(), "starts_at": moment, "ends_at": moment + timedelta(hours=2), "mode": Visit.Mode.HOME}
    visits = [Visit(school=school, state=Visit.State.DONE, written_at=moment, **done) for _ in cases]
    Visit.objects.bulk_create(visits)
    VisitPerson.objects.bulk_create(VisitPerson(visit=visit, user=teacher, name=teacher.name) for visit in visits)
    VisitRecord.objects.bulk_create(
        VisitRecord(visit=visit, case=case, student_id=case.student_id, school=school, on=visit.on, lessons=3)
        for visit, case in zip(visits, cases, strict=True)
    )


def _unsaved_student(school: School, number: int) -> Student:
    name = f"学生{number}"
    return Student(
        county_id=school.county_id, name=name, name_key=name, initials="xs", sex="1", birth_on=date(2015, 3, 8), created_at=at("2026-08-01")
    )


def answer_all(school: School, month: date, by: User, when: datetime) -> int:
    """Answers whatever stands in the way of filing a month."""
    asked = [each.raised for each in take(school, month, when).open_flags]
    said = {"text": "家长约在傍晚，村干部同去。", "by": by, "at": when}
    FlagAnswer.objects.bulk_create(
        FlagAnswer(record_id=each.record, code=each.code.value, evidence=each.evidence, **said) for each in asked
    )
    return len(asked)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
