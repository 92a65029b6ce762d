"""A child's year for tests of its archive: two visits with everything, a missed one, an assessment, a plan."""

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
from plans.models import Assessment
from plans.rules.scales import built_in
from plans.tests.make import make_plan
from students.models import Case, Consent
from students.tests.make import make_case, make_id, make_student
from visits.actions import receive
from visits.models import Confirmation, Photo, Visit, VisitRecord
from visits.tests.make import make_visit
from visits.tests.pictures import camera_picture
from visits.tests.test_photos import agree

TODAY, NOW = date(2026, 10, 28), at("2026-10-28 09:00")
STROKES = [[[100, 100, 0], [300, 140, 80], [500, 90, 160]], [[200, 60, 300], [220, 220, 400]]]
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
    plan_for(case, teacher, head)
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


def plan_for(case: Case, author: User, head: User) -> None:
    frozen: dict[str, Any] = {"state": PlanState.IN_FORCE, "digest": "cd" * 32, "decided_by": head, "decided_at": NOW}
    make_plan(case, author, **frozen)


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
