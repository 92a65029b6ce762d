"""A plan from its first word to its last day: who does what, what is refused, what is told to whom."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from accounts.models import Notice, User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from office.refusals import Refused
from plans.actions.assessing import finish, score, start_assessment
from plans.actions.deciding import approve_plan, close_plan, return_plan, settle_plan
from plans.actions.holding import PlanMovedOn
from plans.actions.planning import Incomplete, discard_plan, start_plan, submit_plan, withdraw_plan, write_plan
from plans.actions.reviewing import review_objectives
from plans.models import Plan
from plans.rules.content import PlanContent
from plans.rules.scales import built_in
from plans.tests.make import make_content, make_goal, make_objective
from students.models import Case, Guardian
from students.tests.make import make_case

pytestmark = pytest.mark.django_db
NOW = at("2026-10-20 10:00")
AUTUMN: dict[str, Any] = {"year": 2026, "term": 1, "starts_on": date(2026, 9, 1), "ends_on": date(2027, 1, 20)}
SPRING: dict[str, Any] = {"year": 2026, "term": 2, "starts_on": date(2027, 2, 22), "ends_on": date(2027, 7, 8)}


class Cast:
    def __init__(self) -> None:
        county = make_county()
        self.school = make_school(county)
        self.teacher, self.colleague = make_user(Role.TEACHER, self.school), make_user(Role.TEACHER, self.school)
        self.admin, self.staff = make_user(Role.SCHOOL_ADMIN, self.school), make_user(Role.COUNTY_STAFF, county)
        self.case: Case = make_case(self.school, teachers=(self.teacher, self.colleague))

    def written(self, by: User | None = None, content: dict[str, Any] | None = None, **days: Any) -> Plan:
        by = by or self.teacher
        made = start_plan(case=self.case, by=by, at=NOW, **(AUTUMN | days))
        return write_plan(plan=made, edition=1, content=content or make_content(), by=by, at=NOW)

    def submitted(self, by: User | None = None, **given: Any) -> Plan:
        made = self.written(by, **given)
        return submit_plan(plan=made, edition=made.edition, by=by or self.teacher, at=NOW)

    def approved(self, **given: Any) -> Plan:
        made = self.submitted(**given)
        return approve_plan(plan=made, edition=made.edition, by=self.admin, at=NOW)


@pytest.fixture
def cast() -> Cast:
    return Cast()


def told(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user, kind="plan").order_by("at", "pk").values_list("text", flat=True))


# --- Begun ---------------------------------------------------------------------------------------------------


def test_an_empty_one_takes_its_levels_from_the_latest_finished_assessment(cast: Cast) -> None:
    begun = start_assessment(case=cast.case, kind="baseline", on=NOW.date(), scale=built_in()[0], by=cast.teacher, at=NOW)
    held = score(assessment=begun, version=1, scores={"m1": 3, "m2": 1}, note="", by=cast.teacher, at=NOW)
    finish(assessment=held, version=2, by=cast.teacher, at=NOW)
    made = start_plan(case=cast.case, by=cast.teacher, at=NOW, **AUTUMN)

    assert made.content["levels"] == [{"name": "运动", "score": 4, "most": 6, "text": ""}]
    assert made.content["assessment"] == str(begun.pk)


def test_copied_forward_open_goals_keep_their_keys_and_closed_ones_stay_behind(cast: Cast) -> None:
    whole = make_content(make_goal(*(make_objective(f"第{n}个") for n in range(3))), make_goal(*(make_objective() for _ in range(3))))
    first = cast.approved(content=whole)
    keys = [[UUID(each["key"]) for each in goal["objectives"]] for goal in whole["goals"]]
    marks = {keys[0][0]: ("P", "会了"), keys[0][1]: ("C", ""), **dict.fromkeys(keys[1], ("D", ""))}
    review_objectives(plan=first, marks=marks, on=NOW.date(), by=cast.teacher, at=NOW)
    made = start_plan(case=cast.case, by=cast.teacher, at=NOW, is_copied=True, **SPRING)

    goals = PlanContent.read(made.content).goals
    assert [str(goal.key) for goal in goals] == [whole["goals"][0]["key"]]
    assert [each.key for each in goals[0].objectives] == keys[0][1:]


def test_a_term_with_an_approved_plan_gets_its_next_version_as_it_stands(cast: Cast) -> None:
    first = cast.approved()
    made = start_plan(case=cast.case, by=cast.teacher, at=NOW, **AUTUMN)

    assert (made.version, made.content, made.state) == (2, first.content, "draft")
    with pytest.raises(Refused, match="已有一份计划在制定"):
        start_plan(case=cast.case, by=cast.teacher, at=NOW, **AUTUMN)


def test_a_child_no_longer_served_gets_no_plan(cast: Cast) -> None:
    Case.objects.filter(pk=cast.case.pk).update(ends_on=date(2026, 10, 20))
    with pytest.raises(Refused, match="不在送教"):
        start_plan(case=cast.case, by=cast.teacher, at=NOW, **AUTUMN)


# --- Written -------------------------------------------------------------------------------------------------


def test_the_second_of_two_writers_is_told_what_the_first_wrote(cast: Cast) -> None:
    made = start_plan(case=cast.case, by=cast.teacher, at=NOW, **AUTUMN)
    first = make_content(home_practice="先写的")
    write_plan(plan=made, edition=1, content=first, by=cast.teacher, at=NOW)
    with pytest.raises(PlanMovedOn) as moved:
        write_plan(plan=made, edition=1, content=make_content(home_practice="后写的"), by=cast.colleague, at=NOW)

    assert moved.value.held.content["home_practice"] == "先写的"
    assert write_plan(plan=made, edition=1, content=first, by=cast.teacher, at=NOW).edition == 2  # sent again: nothing changes


def test_nothing_is_written_while_it_is_under_review_until_it_is_taken_back(cast: Cast) -> None:
    made = cast.submitted()
    with pytest.raises(Refused, match="待审批"):
        write_plan(plan=made, edition=made.edition, content=make_content(home_practice="改"), by=cast.teacher, at=NOW)
    back = withdraw_plan(plan=made, edition=made.edition, by=cast.teacher, at=NOW)

    assert write_plan(plan=back, edition=back.edition, content=make_content(home_practice="改"), by=cast.teacher, at=NOW).state == "draft"


def test_what_is_incomplete_is_not_submitted_and_every_gap_is_named(cast: Cast) -> None:
    short = make_content(make_goal(make_objective(start_level=None, steps=[])), home_practice="")
    short["health"]["forbidden"] = ""
    made = cast.written(content=short)
    with pytest.raises(Incomplete) as refused:
        submit_plan(plan=made, edition=made.edition, by=cast.teacher, at=NOW)

    assert [gap.words for gap in refused.value.gaps] == [
        "健康与禁忌：“禁忌动作”还没有写，没有就写“无”。",
        "长期目标 1：要有 3 到 5 个短期目标，现在有 1 个。",
        "短期目标 1.1：还缺现在的提示程度、动作分解。",
        "家庭练习还没有写。",
    ]


# --- Decided -------------------------------------------------------------------------------------------------


def test_approved_by_the_admin_it_is_in_force_at_once_and_everybody_concerned_hears_of_it(cast: Cast) -> None:
    made = cast.approved()

    assert (made.state, made.decided_by, made.digest) == ("in_force", cast.admin, PlanContent.read(made.content).digest)
    assert made.review_on == date(2027, 1, 1)
    assert [len(told(user)) for user in (cast.admin, cast.teacher, cast.colleague, cast.staff)] == [1, 1, 1, 0]
    verbs = [line.verb for line in AuditLine.objects.about(cast.case.student_id)]
    assert verbs == ["plan.started", "plan.written", "plan.submitted", "plan.approved", "plan.in_force"]
    with pytest.raises(Refused):
        write_plan(plan=made, edition=made.edition, content=make_content(), by=cast.teacher, at=NOW)


def test_nobody_approves_what_they_wrote_a_word_of(cast: Cast) -> None:
    principal = make_user(Role.PRINCIPAL, cast.school)
    made = cast.written()
    changed = write_plan(plan=made, edition=made.edition, content=make_content(home_practice="负责人改了一句"), by=cast.admin, at=NOW)
    sent = submit_plan(plan=changed, edition=changed.edition, by=cast.teacher, at=NOW)
    for person in (cast.admin, cast.teacher, cast.staff):
        with pytest.raises(Refused, match="没有写过它"):
            approve_plan(plan=sent, edition=sent.edition, by=person, at=NOW, reason="赶时间")

    assert approve_plan(plan=sent, edition=sent.edition, by=principal, at=NOW).state == "in_force"


def test_without_a_second_approver_at_the_school_it_falls_to_the_county_with_a_reason(cast: Cast) -> None:
    made = cast.submitted(by=cast.admin)
    assert (len(told(cast.staff)), len(told(cast.admin))) == (1, 0)
    with pytest.raises(Refused, match="写明理由"):
        approve_plan(plan=made, edition=made.edition, by=cast.staff, at=NOW)

    held = approve_plan(plan=made, edition=made.edition, by=cast.staff, at=NOW, reason="学校只有一名负责人")
    assert (held.state, held.decision_reason) == ("in_force", "学校只有一名负责人")


def test_returned_with_a_comment_at_the_goal_mended_and_submitted_again(cast: Cast) -> None:
    made = cast.submitted()
    goal = UUID(made.content["goals"][0]["key"])
    with pytest.raises(Refused, match="为什么退回"):
        return_plan(plan=made, edition=made.edition, reason=" ", comments=[(goal, " ")], by=cast.admin, at=NOW)
    with pytest.raises(Refused, match="这份计划的目标"):
        return_plan(plan=made, edition=made.edition, reason="", comments=[(UUID(int=7), "谁的")], by=cast.admin, at=NOW)
    back = return_plan(plan=made, edition=made.edition, reason="", comments=[(goal, "标准再具体些")], by=cast.admin, at=NOW)
    assert (back.state, back.comments.get().goal, len(told(cast.teacher))) == ("returned", goal, 1)

    changed = write_plan(plan=back, edition=back.edition, content=back.content | {"home_practice": "改好了"}, by=cast.teacher, at=NOW)
    again = submit_plan(plan=changed, edition=changed.edition, by=cast.teacher, at=NOW)
    assert (again.state, again.comments.filter(settled_at=None).count(), len(told(cast.admin))) == ("submitted", 0, 2)


def test_an_approver_approves_what_they_saw(cast: Cast) -> None:
    seen = cast.submitted()
    back = withdraw_plan(plan=seen, edition=seen.edition, by=cast.teacher, at=NOW)
    changed = write_plan(plan=back, edition=back.edition, content=make_content(home_practice="悄悄改的"), by=cast.teacher, at=NOW)
    submit_plan(plan=changed, edition=changed.edition, by=cast.teacher, at=NOW)
    with pytest.raises(PlanMovedOn):
        approve_plan(plan=seen, edition=seen.edition, by=cast.admin, at=NOW)


# --- In force and after ----------------------------------------------------------------------------------------


def test_a_new_version_takes_the_place_of_the_one_in_force(cast: Cast) -> None:
    first, second = cast.approved(), cast.approved(content=make_content(home_practice="第二版"))

    first.refresh_from_db()
    assert (first.state, second.state, second.version) == ("superseded", "in_force", 2)
    assert first.digest == PlanContent.read(first.content).digest


def test_the_next_terms_waits_for_its_first_day_and_late_is_as_good(cast: Cast) -> None:
    autumn, spring = cast.approved(), cast.approved(**SPRING)
    assert (autumn.state, spring.state) == ("in_force", "approved")
    late = at("2027-03-05 08:00")  # nothing ran since the autumn
    for plan in Plan.objects.due(late.date()).order_by("starts_on"):
        settle_plan(plan=plan, at=late)
        settle_plan(plan=plan, at=late)

    assert list(Plan.objects.order_by("starts_on").values_list("state", flat=True)) == ["closed", "in_force"]


def test_with_the_case_its_plan_ends(cast: Cast) -> None:
    made = cast.approved()
    Case.objects.filter(pk=cast.case.pk).update(ends_on=date(2026, 11, 1))
    assert not Plan.objects.due(date(2026, 10, 31)).exists()

    assert settle_plan(plan=made, at=at("2026-11-01 00:01")).state == "closed"


def test_only_what_was_never_approved_is_thrown_away(cast: Cast) -> None:
    made = cast.approved()
    with pytest.raises(Refused, match="执行中"):
        discard_plan(plan=made, edition=made.edition, by=cast.teacher, at=NOW)
    draft = start_plan(case=cast.case, by=cast.teacher, at=NOW, **AUTUMN)
    discard_plan(plan=draft, edition=draft.edition, by=cast.teacher, at=NOW)

    assert Plan.objects.get() == made
    assert close_plan(plan=made, edition=made.edition, by=cast.admin, at=NOW).state == "closed"


def test_the_clock_puts_one_job_on_the_list_while_something_is_due(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from office.models import Job
    from plans.clock import plans_due
    from plans.tasks import settle

    plan, morning = cast.approved(**SPRING), at("2027-02-22 00:01")
    plans_due(at("2027-02-21 23:59"))
    assert not Job.objects.filter(kind="plans.settle").exists()
    plans_due(morning)
    plans_due(morning)
    monkeypatch.setattr("django.utils.timezone.now", lambda: morning)
    monkeypatch.setattr(Job, "progress", lambda *_: None)
    settle(Job.objects.get(kind="plans.settle"))

    plan.refresh_from_db()
    assert (plan.state, plan.in_force_at) == ("in_force", morning)


def test_a_plan_begins_with_what_is_known_and_what_was_written_stays(cast: Cast) -> None:
    for kind, name, relation in (("guardian", "覃桂英", "母亲"), ("caregiver", "覃大妈", "祖母"), ("guardian", "", "父亲")):
        Guardian.objects.create(student=cast.case.student, kind=kind, name=name, relation=relation)
    first = start_plan(case=cast.case, by=cast.teacher, at=NOW, **AUTUMN).content
    assert (first["participants"][0], first["family"]["caregiver"]) == ({"name": "覃桂英", "role": "母亲"}, "祖母覃大妈")
    assert {"name": cast.teacher.name, "role": "送教教师"} in first["participants"]
    assert (first["service"]["frequency"], first["service"]["place"]) == ("每月 2 次，每次 3 课时", "家中")
    assert cast.teacher.name in first["service"]["people"]

    Plan.objects.all().delete()
    cast.approved(**AUTUMN)
    made = start_plan(case=cast.case, by=cast.teacher, at=NOW, is_copied=True, **SPRING).content
    assert made["participants"] == [{"name": "覃母", "role": "监护人"}]
    assert made["service"]["people"] == "韦志玲、农子春"
