"""A child's year for tests of its archive: two visits with everything, a missed one, an assessment, a plan, a lesson plan, a summary."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from uuid import uuid4

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import at, make_county, make_school
from plans.codes import AssessmentKind, PlanState
from plans.models import Assessment, Plan, PlanSignature
from plans.rules.scales import built_in
from plans.tests.make import make_lesson_plan, make_plan
from students.models import Case, Consent
from students.tests.make import make_case, make_id, make_student
from visits.actions import receive
from visits.actions.summing import finish_summary, start_summary
from visits.models import Confirmation, Photo, Practice, Visit, VisitRecord
from visits.tests.make import make_visit
from visits.tests.pictures import camera_picture
from visits.tests.test_photos import agree

TODAY, NOW = date(2026, 10, 28), at("2026-10-28 09:00")
STROKES = [[[100, 100, 0], [300, 140, 80], [500, 90, 160]], [[200, 60, 300], [220, 220, 400]]]
PLAN_STROKES = [[[111, 40, 0], [333, 222, 80], [555, 90, 160]]]
NUMBER = make_id(7)


class Year(NamedTuple):
    school: School
    neighbour: School
    case: Case
    teacher: User
    head: User


def make_year(*, name: str = "覃小远", **texts: str) -> Year:
    county = make_county()
    school, neighbour = make_school(county, name="石门小学"), make_school(county, name="塘红小学")
    teacher, head = make_user(Role.TEACHER, school, name="韦志玲"), make_user(Role.PRINCIPAL, school, name="梁雨燕")
    student = make_student(school, name=name, id_number=NUMBER, home_address="石门村六组十二号")
    case = make_case(school, student=student, teachers=(teacher,))
    agree(student, teacher)
    said = {"teaching": "认识苹果和香蕉", "rehabilitation": "扶站五分钟", "family": "教祖母握勺的办法"} | texts
    told: dict[str, Any] = {"people": (teacher, "村医覃伯")} | said
    visit = make_visit(case, **told)
    make_visit(case, start="2026-10-21 14:00", people=(teacher,), state=Visit.State.MISSED, missed_reason="hospital", lessons=0)
    VisitRecord.objects.filter(visit=visit).update(homework="每天指一指碗", guardian_words="孩子很高兴")
    confirm(visit, teacher)
    assess(case, teacher)
    plan = plan_for(case, teacher, head)
    practise(visit, plan)
    prepare(plan, teacher, head)
    sum_up(case, teacher)
    return Year(school, neighbour, case, teacher, head)


def confirm(visit: Visit, by: User) -> None:
    said: dict[str, Any] = {"signer": "覃母", "relation": "母亲", "strokes": STROKES, "record_digest": "ab" * 32}
    Confirmation.objects.create(record=visit.records.get(), kind="signature", by=by, at=at("2026-10-14 16:00"), **said)


def assess(case: Case, by: User) -> Assessment:
    assert case.school is not None
    scale = built_in()[0]
    totals = {domain.code: [4 + number, domain.most] for number, domain in enumerate(scale.domains)}
    moment: dict[str, Any] = {"at": at("2026-09-10 10:00"), "done_at": at("2026-09-10 11:00"), "on": date(2026, 9, 10)}
    told: dict[str, Any] = {"kind": AssessmentKind.BASELINE, "scale": scale.plain(), "totals": totals, "note": "喜欢听歌"} | moment
    return Assessment.objects.create(case=case, student_id=case.student_id, school=case.school, author=by, state="done", **told)


def plan_for(case: Case, author: User, head: User) -> Plan:
    """In force and signed with a finger."""
    frozen: dict[str, Any] = {"state": PlanState.IN_FORCE, "digest": "cd" * 32, "decided_by": head, "decided_at": NOW, "in_force_at": NOW}
    plan = make_plan(case, author, **frozen)
    signed: dict[str, Any] = {"kind": "guardian", "name": "覃母", "relation": "母亲", "digest": plan.digest, "strokes": PLAN_STROKES}
    PlanSignature.objects.create(plan=plan, on=TODAY, by=author, at=NOW, **signed)
    return plan


def practise(visit: Visit, plan: Plan, *, note: str = "指得很快", level: int = 3) -> None:
    for place, objective in enumerate(plan.content["goals"][0]["objectives"]):
        said: dict[str, Any] = {"level": level, "tries": 5, "right": 3, "note": note, "position": place}
        Practice.objects.create(record=visit.records.get(), plan=plan, objective=objective["key"], **said)


def prepare(plan: Plan, author: User, head: User, **fields: Any) -> None:
    """A lesson plan that the school checked, with its three lines of reflection."""
    checked: dict[str, Any] = {"state": "checked", "submitted_by": author, "submitted_at": NOW, "checked_by": head, "checked_at": NOW}
    said = {"worked": "图卡认得快", "failed": "坐不久", "next": "换成实物"}
    make_lesson_plan(plan, author, reflection=said, reflected_by=author, reflected_at=NOW, **checked | fields)


def sum_up(case: Case, by: User) -> None:
    """A finished summary of the autumn term."""
    days: dict[str, Any] = {"year": 2026, "term": 1, "starts_on": date(2026, 9, 1), "ends_on": date(2027, 1, 20)}
    begun = start_summary(case=case, by=by, at=NOW, **days)
    finish_summary(summary=begun, version=begun.version, by=by, at=NOW)


def picture_of(year: Year, number: int = 1, **fields: Any) -> Photo:
    """A picture as a phone sends it, with its position and serial number."""
    from office.pictures import digest_of

    content, visit = camera_picture(number), Visit.objects.filter(state="done").order_by("starts_at").first()
    assert visit is not None
    visit.source = Visit.Source.PAGE
    visit.save()
    announced: dict[str, Any] = {"digest": digest_of(content), "size": len(content), "caption": "认水果", "by": year.teacher} | fields
    photo = Photo.objects.create(pk=uuid4(), visit=visit, **announced)
    photo.records.set(visit.records.all())
    return receive(photo=photo, content=content, by=year.teacher, at=NOW)


def take_back(year: Year) -> None:
    Consent.objects.filter(student=year.case.student_id).update(ends_on=TODAY)
