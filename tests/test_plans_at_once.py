"""Two approvers, two writers, two who begin, at the same moment: one of them wins, and the other is told in words."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine, PrivateFile
from plans.actions.deciding import approve_plan, return_plan, settle_plan
from plans.actions.planning import start_plan, submit_plan, withdraw_plan, write_plan
from plans.actions.sampling import Drawing, draw_sample, open_sampled, record_finding
from plans.actions.signing import remove_signature, sign_plan
from plans.models import Plan, PlanSample, PlanSignature, SampledPlan
from plans.tests.make import make_content, make_paper, make_plan
from students.tests.make import make_case
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at("2026-10-20 10:00")
ROUNDS = 4


class Place:
    def __init__(self) -> None:
        school = make_school(make_county())
        self.teacher, self.admin = make_user(Role.TEACHER, school), make_user(Role.SCHOOL_ADMIN, school)
        self.principal = make_user(Role.PRINCIPAL, school)
        self.case = make_case(school, teachers=(self.teacher,))

    def submitted(self) -> Plan:
        made = make_plan(self.case, self.teacher, writers=[str(self.teacher.pk)])
        return submit_plan(plan=made, edition=1, by=self.teacher, at=NOW)


@pytest.fixture
def place(transactional_db: None) -> Place:
    return Place()


def test_two_approvers_at_once_one_decision(place: Place) -> None:
    for _ in range(ROUNDS):
        made = place.submitted()
        told: dict[str, Any] = {"plan": made, "edition": made.edition, "at": NOW}
        ended = at_once(partial(approve_plan, **told, by=place.admin), partial(approve_plan, **told, by=place.principal))

        assert sorted(map(bool, ended)) == [False, True]
        assert AuditLine.objects.filter(verb="plan.approved").count() == 1
        made.refresh_from_db()
        assert made.decided_by in ((place.admin, place.principal)[ended.index("")],)
        AuditLine.objects.all()._raw_delete(AuditLine.objects.db)
        Plan.objects.all().delete()


def test_approved_returned_taken_back_at_once_one_of_them(place: Place) -> None:
    made = place.submitted()
    told: dict[str, Any] = {"plan": made, "edition": made.edition, "at": NOW}
    ended = at_once(
        lambda: approve_plan(**told, by=place.admin),
        lambda: return_plan(**told, by=place.principal, reason="再改", comments=[]),
        lambda: withdraw_plan(**told, by=place.teacher),
    )

    assert ended.count("") == 1
    made.refresh_from_db()
    assert made.state == ("in_force", "returned", "draft")[ended.index("")]


def test_two_begin_the_same_terms_plan_one_draft(place: Place) -> None:
    days: dict[str, Any] = {"year": 2026, "term": 1, "starts_on": date(2026, 9, 1), "ends_on": date(2027, 1, 20)}
    ended = at_once(*(lambda: start_plan(case=place.case, by=place.teacher, at=NOW, **days) for _ in range(5)))

    assert (ended.count(""), Plan.objects.count()) == (1, 1)


def test_many_write_at_once_each_edition_is_one_persons(place: Place) -> None:
    made = make_plan(place.case, place.teacher)

    def write(number: int) -> object:
        return write_plan(plan=made, edition=1, content=make_content(home_practice=f"第{number}人"), by=place.teacher, at=NOW)

    ended = at_once(*(lambda number=number: write(number) for number in range(6)))
    made.refresh_from_db()
    assert (ended.count(""), made.edition, made.content["home_practice"]) == (1, 2, f"第{ended.index('')}人")


def test_two_terms_plans_put_in_force_at_once_leave_one_in_force(place: Place) -> None:
    make_plan(place.case, place.teacher, state="approved", digest="a" * 64, decided_by=place.admin, submitted_by=place.teacher)
    spring: dict[str, Any] = {"term": 2, "starts_on": date(2027, 1, 10), "ends_on": date(2027, 7, 8)}
    make_plan(place.case, place.teacher, state="approved", digest="b" * 64, decided_by=place.admin, submitted_by=place.teacher, **spring)
    morning = at("2027-01-12 00:01")
    assert at_once(*(lambda plan=plan: settle_plan(plan=plan, at=morning) for plan in Plan.objects.all() for _ in "12")) == [""] * 4

    assert list(Plan.objects.order_by("starts_on").values_list("state", flat=True)) == ["closed", "in_force"]


def test_one_signature_sent_by_many_at_once_is_kept_once(place: Place) -> None:
    made = place.submitted()
    plan, key = approve_plan(plan=made, edition=made.edition, by=place.admin, at=NOW), uuid4()
    told: dict[str, Any] = {"plan": plan, "key": key, "kind": "guardian", "name": "覃母", "relation": "", "on": NOW.date(), "at": NOW}
    sign = partial(sign_plan, **told, by=place.teacher, strokes=None, paper=make_paper(size=(64, 64)))
    assert at_once(*(sign for _ in range(5))) == [""] * 5
    assert (PlanSignature.objects.count(), PrivateFile.objects.count()) == (1, 1)

    remove = partial(remove_signature, signature=PlanSignature.objects.get(), reason="签错了", by=place.teacher, at=NOW)
    assert at_once(*(remove for _ in range(4))) == [""] * 4
    assert AuditLine.objects.filter(verb="plan.signature_removed").count() == 1
    assert (PlanSignature.objects.count(), PrivateFile.objects.count()) == (0, 0)


def test_samples_drawn_at_once_have_numbers_of_their_own_and_a_finding_is_one_persons(place: Place) -> None:
    made = place.submitted()
    plan = approve_plan(plan=made, edition=made.edition, by=place.admin, at=NOW)
    clerks = [make_user(Role.COUNTY_STAFF, plan.school.county) for _ in range(2)]
    seeds = ("甲", "甲", "乙", "丙")  # one button was pressed twice
    drawings = [Drawing(school=None, count=1, percent=None, by_school=False, seed=seed) for seed in seeds]
    draws = [partial(draw_sample, county=plan.school.county, asked=asked, by=clerks[0], at=NOW) for asked in drawings]
    assert at_once(*draws) == [""] * 4
    assert sorted(PlanSample.objects.values_list("number", flat=True)) == [1, 2, 3]

    drawn = SampledPlan.objects.order_by("pk")[0]
    for clerk in clerks:
        open_sampled(drawn=drawn, reason="抽查", by=clerk, at=NOW)
    told: dict[str, Any] = {"drawn": drawn, "seen": None, "finding": "good", "at": NOW}
    ended = at_once(*(partial(record_finding, **told, words=str(number), by=clerk) for number, clerk in enumerate(clerks)))
    assert sorted(map(bool, ended)) == [False, True]
    drawn.refresh_from_db()
    assert drawn.words == str(ended.index(""))
