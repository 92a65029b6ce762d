"""A child with a plan in force and visits at which its objectives were practised; name only what the test is about."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.test import Client

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from plans.models import Plan
from plans.tests.make import make_content, make_goal, make_objective, make_plan
from students.models import Case
from students.tests.make import make_case, make_student
from visits.models import Practice, Visit
from visits.tests.make import make_visit

NOW = at("2026-12-20 10:00")
TEXTS = ("用勺子自己吃饭", "指出想要的东西", "跟着节奏拍手")


class Cast:
    """覃小远 of 石门小学, taught by 韦志玲; a neighbour's school, and the county."""

    def __init__(self) -> None:
        self.county = make_county()
        self.school, self.elsewhere = make_school(self.county, name="石门小学"), make_school(self.county, name="大丰小学")
        self.teacher, self.colleague = make_user(Role.TEACHER, self.school, name="韦志玲"), make_user(Role.TEACHER, self.school)
        self.admin, self.principal = make_user(Role.SCHOOL_ADMIN, self.school, name="梁雨燕"), make_user(Role.PRINCIPAL, self.school)
        self.itinerant, self.inspector = make_user(Role.ITINERANT, self.school), make_user(Role.INSPECTOR, self.school)
        self.staff, self.leader = make_user(Role.COUNTY_STAFF, self.county), make_user(Role.COUNTY_LEADER, self.county)
        self.neighbour = make_user(Role.SCHOOL_ADMIN, self.elsewhere)
        self.case: Case = make_case(self.school, student=make_student(self.school, name="覃小远"), teachers=(self.teacher,))
        self.objectives = [make_objective(text, start_level=1, target_level=5) for text in TEXTS]
        self.plan = self.make_plan(make_goal(*self.objectives, text="会自己吃饭，会表达"))

    def make_plan(self, *goals: dict[str, Any], **fields: Any) -> Plan:
        frozen: dict[str, Any] = {"digest": "d" * 64, "submitted_by": self.teacher, "decided_by": self.admin}
        usual: dict[str, Any] = frozen | {"state": "in_force", "review_on": date(2026, 12, 1), "decided_at": at("2026-09-06 10:00")}
        return make_plan(self.case, self.teacher, make_content(*goals), **usual | fields)

    def practise(self, on: str, *noted: Any, case: Case | None = None, **fields: Any) -> Visit:
        """A visit on that day. `noted` are by objective, in order: a level, (right, tries), None for nothing, ... for not practised."""
        visit = make_visit(case or self.case, start=on if " " in on else f"{on} 14:00", people=(self.teacher, "随行人员"), **fields)
        record = visit.records.get()
        for objective, told in zip(self.objectives, noted, strict=False):
            if told is not ...:
                self.note(record, objective["key"], told)
        return visit

    def note(self, record: Any, key: str, told: Any, **fields: Any) -> Practice:
        level = told if isinstance(told, int) else None
        right, tries = told if isinstance(told, tuple) else (None, None)
        return Practice.objects.create(record=record, plan=self.plan, objective=key, level=level, right=right, tries=tries, **fields)

    def practise_weekly(self, count: int, *, since: str = "2026-09-08", levels: tuple[int, ...] = (1, 2, 3, 4, 5)) -> None:
        """Visits a week apart, the first objective rising through the levels."""
        first: datetime = at(f"{since} 14:00")
        for number in range(count):
            day = first + timedelta(weeks=number)
            self.practise(f"{day:%Y-%m-%d}", levels[min(number * len(levels) // count, len(levels) - 1)])


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())
