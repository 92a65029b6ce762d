"""Two counties, three schools, everyone in every role: what one of them may see is written down here, place by place.

It does not ask the code who may see what: it is what the code is held against.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from stdnum.cn import ric

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import Area, School
from counties.tests.make import at, make_county, make_school
from plans.actions.sampling import Drawing, draw_sample, open_sampled, record_finding
from plans.actions.signing import sign_plan
from plans.models import LessonPlan, Plan
from plans.tests.make import make_content, make_goal, make_lesson_plan, make_objective, make_paper
from students.models import Case, Consent, Guardian
from students.tests.make import make_case, make_student
from visits.actions import announce, receive
from visits.models import Photo, Practice, Visit
from visits.tests.make import make_visit
from visits.tests.pictures import line_of, make_picture
from visits.tests.practice import keys_of, make_plan_in_force

NOW = at("2026-10-28 09:00")
# The first school has everyone; what they are refused are the records of the others, in their county and beyond.
ROLES = {"甲": (Role.SCHOOL_ADMIN, Role.PRINCIPAL, Role.ITINERANT, Role.INSPECTOR), "乙": (Role.SCHOOL_ADMIN,), "丙": (Role.SCHOOL_ADMIN,)}
TEACHERS = {"甲": (1, 2), "乙": (1,), "丙": (1,)}


@dataclass
class Child:
    case: Case
    school: School
    visits: list[Visit]
    numbers: dict[str, str]  # what is sealed, by what it is
    practised: tuple[str, str]  # an objective of the plan, and what a visit's record notes of it
    forbidden: str  # of the plan's health facts
    lesson: LessonPlan  # for the day of the second visit
    plan: Plan
    signer: str  # who signed the plan for the family
    knows_name: set[str] = field(default_factory=set)  # people by their label
    reaches: set[str] = field(default_factory=set)  # also those who see the name masked

    @property
    def name(self) -> str:
        return self.case.student.name

    @property
    def ids(self) -> set[str]:
        own = (self.case.pk, self.case.student_id, self.plan.pk, self.lesson.pk, *(visit.pk for visit in self.visits))
        return {str(key) for key in own}


@dataclass
class World:
    people: dict[str, User]  # label: role, then place
    children: list[Child]
    reaches_school: dict[str, set[str]]  # school id -> labels

    def hidden_from(self, label: str) -> dict[str, str]:
        """The ids that do not exist for a person, with whose they are."""
        hidden = {one: child.name for child in self.children if label not in child.reaches for one in child.ids}
        return hidden | {school: "a school" for school, labels in self.reaches_school.items() if label not in labels}


def id_number(county: Area, serial: int) -> str:
    """A valid number that belongs to nobody: a child born on 8 March 2015."""
    stem = f"{county.code}20150308{serial:03}"
    return stem + ric.calc_check_digit(stem)


def make_world() -> World:
    world = World({}, [], {})
    for code, letters in {"450125": "甲乙", "360922": "丙"}.items():
        county = make_county(code)
        county_wide = {f"{role} {code}": make_user(role, county) for role in (Role.COUNTY_STAFF, Role.COUNTY_LEADER, Role.OBSERVER)}
        world.people |= county_wide
        for letter in letters:
            _add_school(world, county, letter, set(county_wide))
        _add_sample(county, make_user(Role.COUNTY_STAFF, county))  # opened by a colleague: closed to those who are here
    for role in (Role.OPERATOR, Role.SECURITY_OFFICER, Role.AUDITOR):
        world.people[str(role)] = make_user(role)
    for labels in world.reaches_school.values():
        labels |= {str(Role.OPERATOR), str(Role.SECURITY_OFFICER)}  # they look after the accounts of every school
    return world


def _add_school(world: World, county: Area, letter: str, county_wide: set[str]) -> None:
    school = make_school(county, name=f"{letter}字小学")
    whole_school = {f"{role} {letter}": make_user(role, school) for role in ROLES[letter]}
    teachers = {f"teacher {letter}{number}": make_user(Role.TEACHER, school) for number in TEACHERS[letter]}
    world.people |= whole_school | teachers
    world.reaches_school[str(school.pk)] = {*whole_school, *teachers, *county_wide}
    for label, teacher in teachers.items():
        admin, name = whole_school[f"school_admin {letter}"], f"覃{label[-2:]}".translate(str.maketrans("12", "一二"))
        child = _make_child(county, school, teacher, admin, name, serial=len(world.children) * 2)
        child.knows_name = {label, *whole_school, f"county_staff {county.code}"}
        child.reaches = child.knows_name | {f"county_leader {county.code}"}
        world.children.append(child)


def _make_child(county: Area, school: School, teacher: User, admin: User, name: str, *, serial: int) -> Child:
    number = id_number(county, serial)
    numbers = {
        "id": number,
        "cert": f"{number}41",
        "registration": f"G{number}",
        "phone": f"1377000{serial:04}",
        "address": f"{name}家门前路{serial}号",
        "household": f"{name}户籍村{serial}组",
        "diagnosis": f"{name}的诊断{serial}",
    }
    student = make_student(
        school,
        name=name,
        birth_on=date(2015, 3, 8),
        id_number=number,
        cert_number=numbers["cert"],
        registration_number=numbers["registration"],
        home_address=numbers["address"],
        household_address=numbers["household"],
        diagnosis=numbers["diagnosis"],
        disability="4",
        disability_grade="1",
    )
    Guardian.objects.create(student=student, kind=Guardian.Kind.GUARDIAN, name=f"{name}之母", relation="母亲", phone=numbers["phone"])
    case = make_case(school, student=student, teachers=(teacher,))
    visits = [make_visit(case, start=f"2026-10-{day} 14:00", people=(teacher, "随行人员")) for day in ("13", "21")]
    _add_photo(visits[0], teacher, serial)
    practised, forbidden = (f"第{serial}号目标：用手指出杯子", f"第{serial}号练习的说明"), f"第{serial}号禁忌动作"
    plan = _add_practice(visits[0], teacher, admin, *practised, forbidden)
    lesson = make_lesson_plan(plan, teacher, title=f"第{serial}号教案", state="ready", submitted_by=teacher, submitted_at=NOW)
    signer = f"第{serial}号签字人"
    how: dict[str, Any] = {"kind": "guardian", "relation": "母亲", "on": date(2026, 10, 12), "strokes": None, "by": teacher, "at": NOW}
    sign_plan(plan=plan, key=uuid4(), name=signer, paper=make_paper(size=(120, 180)), **how)
    return Child(case, school, visits, numbers, practised, forbidden, lesson, plan, signer)


def _add_practice(visit: Visit, teacher: User, admin: User, objective: str, note: str, forbidden: str) -> Plan:
    """A plan in force, an objective of which the visit practised."""
    record, content = visit.records.get(), make_content(make_goal(make_objective(objective)))
    content["health"] |= {"forbidden": forbidden}
    plan = make_plan_in_force(record.case, teacher, admin, content=content)
    Practice.objects.create(record=record, plan=plan, objective=keys_of(plan)[0], level=3, tries=5, right=2, note=note)
    return plan


def _add_sample(county: Area, clerk: User) -> None:
    """One plan of the county drawn, opened, and found to lack something."""
    asked = Drawing(school=None, count=1, percent=None, by_school=False, seed="世界", note="秋季抽查")
    drawn = draw_sample(county=county, asked=asked, by=clerk, at=NOW).drawn.get()
    open_sampled(drawn=drawn, reason="抽查", by=clerk, at=NOW)
    record_finding(drawn=drawn, seen=None, finding="improve", words=f"{county.code}抽查的意见", by=clerk, at=NOW)


def _add_photo(visit: Visit, teacher: User, number: int) -> None:
    """A picture of the child, to which the mother has agreed."""
    child, content, key = visit.records.get().student, make_picture(number), uuid4()
    Consent.objects.create(
        student=child, kind="photos", is_given=True, text_version="1", given_by="母亲", starts_on=date(2026, 9, 1), by=teacher, at=NOW
    )
    announce(visit=visit, manifest=[line_of(content, key)], by=teacher, at=NOW)
    receive(photo=Photo.objects.get(pk=key), content=content, by=teacher, at=NOW)
