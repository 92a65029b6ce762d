"""Progress of a child: what is read from the visits, who sees it, what it costs."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from counties.models import Policy
from counties.tests.make import at
from office.models import AuditLine
from plans.models import ObjectiveReview
from plans.tests.make import make_goal, paper_of
from students.tests.make import make_case, make_student
from visits.models import Practice, VisitRecord
from visits.querysets.progress import progress_of
from visits.tests.make import make_visit
from visits.tests.practising import NOW, TEXTS, Cast, client_of, text_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 20)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return Cast()


def page_of(cast: Cast, user: User) -> str:
    answer = client_of(user).get(f"/students/{cast.case.student_id}/progress/")
    assert answer.status_code == 200
    return text_of(answer)


# --- What is read -------------------------------------------------------------------------------------------------


def test_each_objective_of_the_plan_has_its_line_and_its_table(cast: Cast) -> None:
    for on, *noted in (("2026-09-10", 1, (2, 5)), ("2026-10-10", 5, (4, 5)), ("2026-11-10", 5, (5, 5)), ("2026-12-10", 5, (4, 5))):
        cast.practise(on, *noted)
    first, second, third = progress_of(cast.case.student, on=TODAY).objectives

    assert [each.objective.text for each in (first, second, third)] == list(TEXTS)
    assert [each.standing.word for each in (first, second, third)] == ["已掌握", "已掌握", "还没有练过"]
    assert [each.standing.mastered and each.standing.mastered.on for each in (first, second)] == [date(2026, 12, 10)] * 2
    assert [bool(each.chart) for each in (first, second, third)] == [True, False, False]
    assert (first.standing.start, first.standing.now, first.standing.target) == (1, 5, 5)

    page = page_of(cast, cast.teacher)
    assert page.count('<svg class="line-chart"') == 1
    assert "3 个短期目标，掌握 2 个" in page
    assert "连续 3 次送教独立完成，或做对 80% 以上" in page
    assert page.count("每次的记录（4 次）") == 2
    assert "4 / 5" in page


def test_only_delivered_visits_count(cast: Cast) -> None:
    for on, fields in (
        ("2026-09-10", {}),
        ("2026-09-17", {"state": "missed"}),
        ("2026-09-24", {"state": "planned"}),
        ("2026-10-08", {"present": False}),
        ("2026-10-15", {"lessons": 0}),
        ("2026-10-22", {"purpose": "condolence"}),
    ):
        cast.practise(on, 3, **fields)

    assert [each.on for each in progress_of(cast.case.student, on=TODAY).objectives[0].trials] == [date(2026, 9, 10)]
    assert Practice.objects.count() == 6


def test_what_comes_after_the_day_is_not_known_yet(cast: Cast) -> None:
    cast.practise("2026-12-19", 3)
    cast.practise("2026-12-20", 4)
    cast.practise("2026-12-21", 5)

    assert progress_of(cast.case.student, on=TODAY).objectives[0].standing.levels == [3, 4]


def test_two_visits_of_a_day_stand_in_the_order_of_their_hours(cast: Cast) -> None:
    cast.practise("2026-10-10 15:00", 4)
    cast.practise("2026-10-10 07:30", 2)  # the day before, in UTC

    assert progress_of(cast.case.student, on=TODAY).objectives[0].standing.levels == [2, 4]


def test_of_a_group_every_child_has_its_own(cast: Cast) -> None:
    other = make_case(cast.school, student=make_student(cast.school))
    visit = make_visit(cast.case, other, start="2026-10-10 14:00")
    for record in VisitRecord.objects.filter(visit=visit):
        cast.note(record, cast.objectives[0]["key"], 4 if record.case_id == cast.case.pk else 1)

    assert progress_of(cast.case.student, on=TODAY).objectives[0].standing.levels == [4]
    assert progress_of(other.student, on=TODAY).goals == ()  # it has no plan


def test_an_objective_carried_into_the_next_term_goes_on_under_its_key(cast: Cast) -> None:
    cast.practise("2026-09-10", 2)
    cast.practise("2026-12-10", 5)
    cast.plan.state = "closed"
    cast.plan.save()
    carried = cast.objectives[0] | {"start_level": 4, "text": "用勺子自己吃完一碗饭"}
    spring = {"year": 2026, "term": 2, "starts_on": date(2027, 2, 22), "ends_on": date(2027, 7, 8)}
    cast.plan = cast.make_plan(make_goal(carried, text="自己吃饭"), **spring)
    cast.practise("2027-03-01", 5)
    cast.practise("2027-03-15", 5)
    found = progress_of(cast.case.student, on=date(2027, 4, 1))
    one = found.objectives[0]

    assert (one.objective.text, one.standing.start, one.standing.levels) == ("用勺子自己吃完一碗饭", 1, [2, 5, 5, 5])
    assert one.standing.mastered is not None
    assert one.standing.mastered.on == date(2027, 3, 15)
    assert [term.word for term in one.chart.terms] == ["2027年春"] if one.chart else False
    assert [goal.is_current for goal in found.goals] == [True]  # the others of autumn were never practised

    of_term = progress_of(cast.case.student, on=date(2027, 4, 1), first=date(2027, 2, 22)).objectives[0]
    assert ([each.level for each in of_term.trials], of_term.standing.start) == ([5, 5], 4)
    assert of_term.standing.mastered is not None  # the row began before


def test_the_policy_says_what_is_mastered_or_that_nothing_is_judged(cast: Cast) -> None:
    cast.practise("2026-10-10", 4)
    cast.practise("2026-11-10", 4)
    policy = Policy.objects.get()
    for value, words in (({"level": 4, "share": None, "visits": 2}, "已掌握"), (None, "练习中"), ({}, "练习中")):
        policy.values["mastery"] = value
        policy.save()
        found = progress_of(cast.case.student, on=TODAY)
        assert found.objectives[0].standing.word == words
    policy.values["mastery"] = None
    policy.save()
    assert "政策没有规定，不判断是否掌握" in page_of(cast, cast.teacher)


def test_what_was_not_practised_for_long_is_named(cast: Cast) -> None:
    cast.practise("2026-09-10", 1, 1)
    for number in range(4):
        assert [each.is_long_ago for each in progress_of(cast.case.student, on=TODAY).objectives] == [False] * 3
        cast.practise(f"2026-10-1{number}", 1, ..., 1 if number == 0 else ...)

    first, second, third = progress_of(cast.case.student, on=TODAY).objectives
    assert (first.is_long_ago, second.left_out, second.is_long_ago, third.left_out, third.is_long_ago) == (False, 4, True, 3, False)
    assert "最近 4 次送教没有练" in page_of(cast, cast.teacher)


def test_the_latest_mark_of_a_review_stands(cast: Cast) -> None:
    key = cast.objectives[0]["key"]
    for mark, on in (("C", date(2026, 11, 1)), ("P", date(2026, 12, 1))):
        ObjectiveReview.objects.create(plan=cast.plan, objective=key, mark=mark, on=on, by=cast.teacher, at=at(f"{on} 10:00"))

    assert "评价：通过（2026年12月1日）" in page_of(cast, cast.teacher)


# --- Who sees it --------------------------------------------------------------------------------------------------


def test_the_team_and_the_reviewers_see_it_and_a_county_says_why(cast: Cast) -> None:
    cast.note(cast.practise("2026-10-10").records.get(), cast.objectives[0]["key"], 4, note="要人扶着碗")
    address = f"/students/{cast.case.student_id}/progress/"
    for reader in (cast.teacher, cast.admin, cast.principal, cast.itinerant):
        assert "要人扶着碗" in page_of(cast, reader)
    for other in (cast.inspector, cast.staff):
        page = page_of(cast, other)
        assert ("要人扶着碗" in page, TEXTS[0] in page, "只给这名学生的送教小组和学校审核的人看" in page) == (False, False, True)
    assert [client_of(user).get(address).status_code for user in (cast.leader, cast.neighbour, cast.colleague)] == [403, 404, 404]

    asked = client_of(cast.staff).post(address, {"reason": "核对进步"})
    assert "要人扶着碗" in text_of(asked)
    assert "要人扶着碗" not in text_of(client_of(cast.staff).post(address, {"reason": " "}))
    assert "要人扶着碗" not in text_of(client_of(cast.inspector).post(address, {"reason": "核对进步"}))
    line = AuditLine.objects.get(verb="progress.revealed")
    assert (line.subject, "核对进步" in str(line.detail)) == (cast.case.student_id, True)
    assert client_of(cast.teacher).get(f"/students/{uuid4()}/progress/").status_code == 404


def test_the_visits_lead_there(cast: Cast) -> None:
    link = f'href="/students/{cast.case.student_id}/progress/"'
    assert link in text_of(client_of(cast.teacher).get(f"/students/{cast.case.student_id}/visits/"))


# --- What it costs ------------------------------------------------------------------------------------------------


def test_as_many_queries_for_five_hundred_practices_as_for_ten(cast: Cast) -> None:
    client, address = client_of(cast.teacher), f"/students/{cast.case.student_id}/progress/"
    client.get(address)

    def cost(visits: int) -> int:
        for number in range(visits):
            day = date(2026, 9, 1) + timedelta(days=number // 2)
            cast.practise(f"{day} {'09' if number % 2 else '14'}:00", 3, 4, (1, 2))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = text_of(client.get(address))
        assert len(re.findall(r"<tr>", page)) > Practice.objects.count()
        return len(queries)

    few = cost(4)
    assert cost(163) == few <= 12
    assert Practice.objects.count() == 501


# --- On paper -----------------------------------------------------------------------------------------------------


def test_on_paper_stand_the_same_lines_with_their_tables(cast: Cast) -> None:
    for on, level in (("2026-09-10", 1), ("2026-10-10", 5), ("2026-11-10", 5), ("2026-12-10", 5)):
        cast.note(cast.practise(on, level).records.get(), cast.objectives[1]["key"], (4, 5), note="要家长提醒")
    client, address = client_of(cast.teacher), f"/students/{cast.case.student_id}/progress/pdf/"
    first, second = (client.get(address) for _ in range(2))
    whole = "".join("".join(paper_of(first.content)).split())

    assert first.content == second.content
    told = (
        "覃小远",
        "连续3次送教独立完成，或做对80%以上",
        "起点",
        "掌握",
        "4口头提示",
        "2026年10月10日",
        "4/5",
        "要家长提醒",
        "还没有练过",
    )
    for said in (*told, *TEXTS):
        assert said in whole, said
    assert "覃" not in first["Content-Disposition"]
    assert AuditLine.objects.filter(verb="progress.exported").count() == 2
    objective = progress_of(cast.case.student, on=TODAY).objectives[0]
    line = render_to_string("visits/_line.html", {"chart": objective.chart, "label": objective.chart_label})
    assert line in page_of(cast, cast.teacher)
    assert line in render_to_string("visits/_progress.html", {"goals": progress_of(cast.case.student, on=TODAY).goals, "paper": True})


def test_paper_is_for_those_who_read_the_plans(cast: Cast) -> None:
    address = f"/students/{cast.case.student_id}/progress/pdf/"
    users = (cast.teacher, cast.principal, cast.itinerant, cast.inspector, cast.staff, cast.leader, cast.neighbour, cast.colleague)
    assert [client_of(user).get(address).status_code for user in users] == [200, 200, 200, 403, 403, 403, 404, 404]
