"""By the clock: a plan due for review, or unsigned for a fortnight, is spoken of once; one that cannot be settled holds up no other."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from accounts.models import Notice
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_school
from office.models import Job, JobState
from office.work import do
from plans.actions.deciding import settle_plan
from plans.actions.reminding import is_so_still, to_remind
from plans.actions.signing import sign_plan
from plans.clock import plans_due, plans_to_remind_of
from plans.models import Plan
from plans.tests.make import NAME_DRAWN, make_plan
from students.models import Case
from students.tests.make import make_case

pytestmark = pytest.mark.django_db
APPROVED = at("2026-09-10 10:00")


class Place:
    def __init__(self) -> None:
        school = make_school()
        self.teacher, self.colleague = make_user(Role.TEACHER, school), make_user(Role.TEACHER, school)
        self.admin = make_user(Role.SCHOOL_ADMIN, school)
        self.case = make_case(school, teachers=(self.teacher, self.colleague))
        self.plan = self.make(self.case)

    def make(self, case: Case, **fields: Any) -> Plan:
        decided: dict[str, Any] = {"digest": "d" * 64, "submitted_by": self.teacher, "decided_by": self.admin, "decided_at": APPROVED}
        usual: dict[str, Any] = {"state": "in_force", "review_on": date(2026, 12, 20)}
        return make_plan(case, self.teacher, **decided | usual | fields)


@pytest.fixture
def place(db: None) -> Place:
    return Place()


def day_of_the_clock(moment: datetime) -> list[Job]:
    """A day's ticks, and what they put on the list done; the jobs by then."""
    with time_machine.travel(moment, tick=False):
        for minute in range(3):
            plans_to_remind_of(moment + timedelta(minutes=minute))
            plans_due(moment + timedelta(minutes=minute))
        for job in Job.objects.filter(state=JobState.QUEUED):
            do(job.pk)
    return list(Job.objects.order_by("at", "pk"))


def told() -> list[tuple[str, Any]]:
    return sorted((notice.key.partition(":")[0], notice.user_id) for notice in Notice.objects.all())


def test_a_plan_unsigned_for_a_fortnight_is_spoken_of_once(place: Place) -> None:
    day_of_the_clock(at("2026-09-24 09:59"))
    assert told() == []
    for day in ("2026-09-24 10:00", "2026-09-25 00:01", "2026-10-20 00:01"):
        Job.objects.all().delete()
        day_of_the_clock(at(day))
        assert told() == sorted(("plan.unsigned", user.pk) for user in (place.teacher, place.colleague)), day
    assert Notice.objects.values_list("path", flat=True).first() == f"/plans/{place.plan.pk}/sign/"
    assert "学生" not in Notice.objects.values_list("text", flat=True)[0]


def test_one_that_was_signed_or_whose_case_ended_is_not(place: Place) -> None:
    sign_plan(
        plan=place.plan,
        key=uuid4(),
        kind="guardian",
        name="覃母",
        relation="",
        on=APPROVED.date(),
        strokes=NAME_DRAWN,
        paper=None,
        by=place.teacher,
        at=APPROVED,
    )
    ended = make_case(place.case.school, ends_on=date(2026, 9, 20))
    made = place.make(ended)
    assert [plan for _, plan in to_remind(at("2026-09-30 08:00"))] == []
    Case.objects.filter(pk=ended.pk).update(ends_on=None)
    assert [plan for _, plan in to_remind(at("2026-09-30 08:00"))] == [made]


def test_a_plan_due_for_review_is_spoken_of_once_also_when_the_clock_stood_still(place: Place) -> None:
    sign_plan(
        plan=place.plan,
        key=uuid4(),
        kind="guardian",
        name="覃母",
        relation="",
        on=APPROVED.date(),
        strokes=NAME_DRAWN,
        paper=None,
        by=place.teacher,
        at=APPROVED,
    )
    day_of_the_clock(at("2026-12-19 23:50"))
    assert told() == []
    for day in ("2027-01-10 09:00", "2027-01-11 09:00"):  # three weeks late
        day_of_the_clock(at(day))
        assert told() == sorted(("plan.due", user.pk) for user in (place.teacher, place.colleague))


def test_a_day_of_ticks_is_one_job(place: Place) -> None:
    day_of_the_clock(at("2026-09-24 10:00"))
    jobs = day_of_the_clock(at("2026-09-24 18:00"))
    assert [(job.kind, job.state, job.outcome) for job in jobs] == [("plans.remind", "done", "提醒了 1 份计划。")]


def test_a_message_whose_reason_has_gone_does_not_leave(place: Place) -> None:
    day_of_the_clock(at("2026-09-24 10:00"))
    notice, later = Notice.objects.filter(user=place.colleague).get(), at("2026-09-24 12:00")
    assert is_so_still(notice, later)
    place.case.teachers.filter(user=place.colleague).update(ends_on=date(2026, 9, 1))
    assert not is_so_still(notice, later)
    mine = Notice.objects.get(user=place.teacher)
    assert is_so_still(mine, later)
    Plan.objects.update(state="closed")
    assert not is_so_still(mine, later)
    assert is_so_still(Notice(user=place.teacher, kind="plan", key="something.else:1"), later)


def test_one_that_cannot_be_settled_holds_up_no_other_and_is_seen(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past their last day; one fails whatever is tried."""
    others = [place.make(make_case(place.case.school)) for _ in range(2)]

    def settle(**told: Any) -> Plan:
        if told["plan"].pk == place.plan.pk:
            raise ValueError("覃小远")
        return settle_plan(**told)

    monkeypatch.setattr("plans.tasks.settle_plan", settle)
    morning = at("2027-01-21 09:00")
    jobs = [job for job in day_of_the_clock(morning) if job.kind == "plans.settle"]
    assert [(job.state, job.outcome.split("，")[:2]) for job in jobs] == [("failed", ["2 份计划开始执行或结束", "1 份没有做成"])]
    assert {plan.state for plan in Plan.objects.filter(pk__in=[each.pk for each in others])} == {"closed"}
    assert len([job for job in day_of_the_clock(morning + timedelta(minutes=50)) if job.kind == "plans.settle"]) == 1

    monkeypatch.setattr("plans.tasks.settle_plan", settle_plan)
    jobs = [job for job in day_of_the_clock(morning + timedelta(hours=1)) if job.kind == "plans.settle"]
    assert [job.state for job in jobs] == ["failed", "done"]
    assert not Plan.objects.filter(state="in_force").exists()
