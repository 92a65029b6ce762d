"""The figures of a term, read from what is on record: every number held against visits one can count."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from counties.models import Policy
from counties.tests.make import at
from plans.models import Assessment, ObjectiveReview
from plans.rules.scales import built_in, totals
from plans.tests.make import make_goal
from students.models import Case, Pause
from students.tests.make import make_case
from visits.models import VisitRecord
from visits.querysets.summing import term_figures
from visits.rules.summing import Figures, draft
from visits.tests.practising import Cast

pytestmark = pytest.mark.django_db
FIRST, LAST, TODAY = date(2026, 9, 1), date(2027, 1, 20), date(2026, 12, 20)


@pytest.fixture
def cast() -> Cast:
    return Cast()


def figures(cast: Cast, *, case: Case | None = None, on: date = TODAY) -> Figures:
    return term_figures(case or cast.case, first=FIRST, last=LAST, on=on)[0]


def assess(cast: Cast, on: date, points: int, *, scale: int = 0, **fields: Any) -> Assessment:
    form = built_in()[scale]
    scores = {item.code: points for domain in form.domains for item in domain.items}
    usual: dict[str, Any] = {"kind": "final", "state": "done", "done_at": at(f"{on} 12:00"), "totals": totals(form, scores)}
    usual |= {"scale": form.plain(), "scores": scores, "author": cast.teacher, "at": at(f"{on} 12:00"), "on": on}
    return Assessment.objects.create(case=cast.case, student=cast.case.student, school=cast.school, **usual | fields)


def test_visits_and_lessons_are_those_of_the_term_that_count(cast: Cast) -> None:
    cast.practise("2026-08-30")  # before the term
    cast.practise("2026-09-10")
    cast.practise("2026-10-10", lessons=10)  # credited with six
    cast.practise("2026-10-12", mode="remote", lessons=2.5)
    cast.practise("2026-10-20", purpose="condolence")
    cast.practise("2026-10-21", state="missed", missed_reason="hospital", lessons=0)
    cast.practise("2026-10-22", present=False, absent_reason="away", lessons=0)
    cast.practise("2026-10-23", state="missed", missed_reason="hospital", lessons=0)
    cast.practise("2026-12-21")  # not yet
    found = figures(cast)

    assert (found["owed"], found["delivered"], found["lessons"]) == (9, 3, "11.5")
    assert (found["modes"], found["missed"]) == ([["入户", 2], ["远程", 1]], [["住院", 2], ["外出", 1]])
    assert (found["first"], found["last"], found["as_of"]) == ("2026年9月1日", "2027年1月20日", "2026年12月20日")
    assert (
        "应送 9 次，实送 3 次，共 11.5 课时，还差 6 次。形式：入户 2 次、远程 1 次。未送成 3 次：住院 2 次、外出 1 次。"
        in draft(found)["service"]
    )


def test_what_is_owed_knows_the_first_day_pauses_and_the_policy(cast: Cast) -> None:
    Case.objects.filter(pk=cast.case.pk).update(starts_on=date(2026, 10, 17))
    cast.case.refresh_from_db()
    assert figures(cast)["owed"] == 1 + 2 + 2 + 1  # October in part, January to the 20th
    Pause.objects.create(case=cast.case, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1), reason="hospital")
    assert figures(cast)["owed"] == 4
    policy = Policy.objects.get()
    policy.values |= {"period": "week", "visits_per_period": 1}
    policy.save()
    weeks = figures(cast)["owed"]
    assert 8 <= weeks <= 11


def test_of_a_child_who_changed_school_each_case_owes_its_own_share(cast: Cast) -> None:
    Case.objects.filter(pk=cast.case.pk).update(ends_on=date(2026, 11, 1), state="exited")
    later = make_case(cast.elsewhere, student=cast.case.student, starts_on=date(2026, 11, 1))
    cast.case.refresh_from_db()
    cast.practise("2026-10-10")
    cast.practise("2026-11-10", case=later)
    shares = [figures(cast, case=case) for case in (cast.case, later)]

    assert [share["owed"] for share in shares] == [4, 5]
    assert [share["delivered"] for share in shares] == [1, 1]


def test_objectives_from_start_to_now_with_what_was_noted(cast: Cast) -> None:
    for on, *noted in (("2026-09-10", 1, (2, 5)), ("2026-10-10", 5, (4, 5)), ("2026-11-10", 5), ("2026-12-10", 5)):
        cast.practise(on, *noted)
    record = cast.practise("2026-12-12").records.get()
    cast.note(record, cast.objectives[1]["key"], 4)
    key = cast.objectives[0]["key"]
    ObjectiveReview.objects.create(plan=cast.plan, objective=key, mark="P", on=TODAY, by=cast.teacher, at=at("2026-12-20 09:00"))
    found = figures(cast)
    first, second, third = found["objectives"]

    assert found["goals"] == 1
    assert (first["start"], first["now"], first["target"], first["count"]) == ("1 部分身体", "5 独立", "5 独立", 4)
    assert (first["series"], first["is_mastered"], first["mastered_on"]) == ("1、5、5、5", True, "2026年12月10日")
    assert (first["word"], first["mark"]) == ("已掌握", "通过")
    assert (second["now"], second["count"], second["series"], second["word"]) == ("4 口头提示", 3, "2/5、4/5、4", "练习中")
    assert (third["now"], third["count"], third["series"], third["word"]) == ("", 0, "", "没有练")


def test_what_a_new_version_dropped_is_said_to_be_dropped(cast: Cast) -> None:
    cast.practise("2026-09-10", 1, 2, 3)
    cast.plan.state = "superseded"
    cast.plan.save()
    cast.plan = cast.make_plan(make_goal(cast.objectives[0] | {"start_level": 3}), version=2)
    words = {each["text"]: (each["word"], each["start"]) for each in figures(cast)["objectives"]}

    assert words[cast.objectives[0]["text"]] == ("练习中", "1 部分身体")  # where the term began
    assert words[cast.objectives[1]["text"]] == ("中途去掉", "1 部分身体")


def test_first_and_last_assessment_of_the_term_by_domain(cast: Cast) -> None:
    for on, points, fields in (
        (date(2026, 6, 1), 0, {}),
        (date(2026, 9, 5), 1, {"kind": "baseline"}),
        (date(2026, 11, 1), 3, {"kind": "midterm"}),
        (date(2026, 12, 18), 2, {}),
        (date(2026, 12, 19), 3, {"state": "draft", "done_at": None}),
        (date(2026, 12, 25), 3, {}),
    ):
        assess(cast, on, points, **fields)
    (found,) = figures(cast)["scales"]

    assert (found["first"], found["last"]) == ("2026年9月5日初评", "2026年12月18日期末")
    domain = built_in()[0].domains[0]
    items = len(domain.items)
    assert found["domains"][0] == {"name": domain.name, "before": f"{items}/{3 * items}", "after": f"{2 * items}/{3 * items}", "by": 34}


def test_a_single_assessment_is_compared_with_the_last_before_the_term(cast: Cast) -> None:
    assess(cast, date(2026, 6, 1), 1)
    assess(cast, date(2026, 12, 18), 2)
    assess(cast, date(2026, 12, 18), 2, scale=1)
    assess(cast, date(2026, 5, 1), 2, scale=1, state="draft", done_at=None)
    by_name = {scale["name"]: scale for scale in figures(cast)["scales"]}

    assert [by_name[form.name]["first"] for form in built_in()] == ["2026年6月1日期末", ""]
    assert "评了一次" in draft(figures(cast))["assessment"]


def test_moods_and_homework_of_delivered_visits_only(cast: Cast) -> None:
    for number, (mood, taken, homework, family) in enumerate(
        (("good", "full", "done", "教妈妈"), ("good", "", "partly", ""), ("upset", "little", "not_done", "教"), ("", "", "", ""))
    ):
        visit = cast.practise(f"2026-10-1{number}")
        VisitRecord.objects.filter(visit=visit).update(mood=mood, participation=taken, last_homework=homework, family=family)
    VisitRecord.objects.filter(visit=cast.practise("2026-10-20", state="missed")).update(mood="good", last_homework="done", family="x")
    found = figures(cast)

    assert (found["mood"], found["participation"], found["guided"]) == ([["愉快", 2], ["不安", 1]], [["主动", 1], ["很少", 1]], 2)
    assert found["homework"] == [["做了", 1], ["做了一部分", 1], ["没有做", 1]]
    assert "全部做了的占 33%" in draft(found)["family"]
