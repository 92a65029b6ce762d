"""Questions on pages: who reads which, who is offered what, and what an answer comes to."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at
from students.tests.make import make_case, make_student
from visits.models import FlagAnswer, Visit
from visits.querysets.questions import questions_in, questions_of
from visits.querysets.reading import records_of
from visits.tests.conftest import Cast, signed_in
from visits.tests.make import file_month, make_visit

OCTOBER, NOW = date(2026, 10, 1), at("2026-10-28 09:00")
WORD, WORDS = "送教人员不足两人", "当天记了 1 人，其中教师 1 人；要 2 人以上，至少一位教师。"


@pytest.fixture
def visit(cast: Cast) -> Visit:
    """The teacher went alone to 覃小远."""
    return make_visit(cast.case, people=(cast.teacher,))


@pytest.fixture
def others(cast: Cast) -> Visit:
    """The colleague went alone to a child of the same school."""
    case = make_case(cast.school, student=make_student(cast.school, name="黄嘉春"), teachers=(cast.colleague,))
    return make_visit(case, start="2026-10-15 14:00", people=(cast.colleague,))


def page(user: User, path: str) -> str:
    answer = signed_in(user).get(path)
    assert answer.status_code == 200
    html: str = answer.content.decode()
    return html


def of(visit: Visit) -> str:
    return f"/visits/{visit.pk}/"


def fields(user: User, visit: Visit, **other: str) -> dict[str, str]:
    (line,) = questions_of(visit, records_of(visit.pk, user), user, policy=None, as_of=NOW)
    raised = line.raised
    return {"record": str(raised.record), "code": raised.code.value, "evidence": raised.evidence, "text": "搭档病了。"} | other


def test_the_visit_asks_in_words_with_what_mends_it_and_a_place_to_answer(cast: Cast, visit: Visit) -> None:
    html = page(cast.teacher, of(visit))
    assert WORD in html
    assert WORDS in html
    assert f'href="{of(visit)}edit/">补上同去的人</a>' in html
    assert f'action="{of(visit)}answers/"' in html


@pytest.mark.parametrize(
    ("who", "reads", "answers"), [("teacher", True, True), ("admin", True, True), ("principal", True, True), ("itinerant", True, False)]
)
def test_the_school_reads_and_its_heads_and_the_team_answer(cast: Cast, visit: Visit, who: str, reads: bool, answers: bool) -> None:  # noqa: FBT001
    user = make_user(Role(who), cast.school) if who in ("principal", "itinerant") else getattr(cast, who)
    html = page(user, of(visit))
    assert (WORD in html, "写说明" in html) == (True, answers)


@pytest.mark.parametrize("who", ["clerk", "leader"])
def test_the_county_reads_none_before_it_is_filed_and_never_answers(cast: Cast, visit: Visit, who: str) -> None:
    assert WORD not in page(getattr(cast, who), of(visit))
    assert WORD in page(cast.teacher, of(visit))
    file_month(OCTOBER, as_of=NOW)
    html = page(getattr(cast, who), of(visit))
    assert (WORD in html, "写说明" in html) == (True, False)


def test_leaders_read_that_it_was_answered_and_not_what_was_said(cast: Cast, visit: Visit) -> None:
    signed_in(cast.teacher).post(f"{of(visit)}answers/", fields(cast.teacher, visit, text="覃小远病了。"))
    file_month(OCTOBER, as_of=NOW)
    leaders, clerks = page(cast.leader, of(visit)), page(cast.clerk, of(visit))
    assert ("已说明" in leaders, "覃小远病了" in leaders) == (True, False)
    assert ("已说明" in clerks, "覃小远病了" in clerks) == (True, True)


def test_while_filed_nothing_is_offered(cast: Cast, visit: Visit) -> None:
    file_month(OCTOBER, as_of=NOW)
    html = page(cast.teacher, of(visit))
    assert WORD in html
    assert "写说明" not in html
    assert "补上同去的人" not in html


def test_an_answer_is_kept_and_shown(cast: Cast, visit: Visit) -> None:
    client = signed_in(cast.teacher)
    answer = client.post(f"{of(visit)}answers/", fields(cast.teacher, visit))
    assert (answer.status_code, answer["Location"]) == (302, of(visit))
    html = client.get(of(visit)).content.decode()
    assert "说明：搭档病了。" in html
    assert "改说明" in html


def test_what_is_refused_stays_on_the_page(cast: Cast, visit: Visit) -> None:
    client = signed_in(cast.teacher)
    long = client.post(f"{of(visit)}answers/", fields(cast.teacher, visit, text="长" * 501))
    assert "说明最多 500 字" in long.content.decode()
    assert "长" * 501 in long.content.decode()
    stale = client.post(f"{of(visit)}answers/", fields(cast.teacher, visit, evidence="0" * 32))
    assert "依据已经变了" in stale.content.decode()
    assert "搭档病了。" in stale.content.decode()
    assert not FlagAnswer.objects.exists()


def test_nobody_answers_what_they_do_not_see_or_may_not(cast: Cast, visit: Visit) -> None:
    said = fields(cast.teacher, visit)
    assert signed_in(cast.neighbours_admin).post(f"{of(visit)}answers/", said).status_code == 404
    assert "只有这次送教的老师" in signed_in(cast.clerk).post(f"{of(visit)}answers/", said).content.decode()
    assert signed_in(cast.teacher).post(f"{of(visit)}answers/", said | {"record": "x"}).status_code == 400
    other = make_visit(cast.neighbours_case, people=(cast.neighbours_teacher,))
    foreign = said | {"record": str(other.records.get().pk)}
    assert signed_in(cast.teacher).post(f"{of(visit)}answers/", foreign).status_code == 404
    assert not FlagAnswer.objects.exists()


# --- The list of a month ---------------------------------------------------------------------------------


def names(user: User) -> list[str]:
    return [line.child for line in questions_in(OCTOBER, user, as_of=NOW)]


def test_a_teacher_is_asked_about_visits_they_made_and_a_school_about_all(cast: Cast, visit: Visit, others: Visit) -> None:
    make_visit(cast.neighbours_case, people=(cast.neighbours_teacher,))
    assert names(cast.teacher) == ["覃小远"]
    assert names(cast.colleague) == ["黄嘉春"]
    assert names(cast.admin) == ["覃小远", "黄嘉春"]
    assert names(make_user(Role.PRINCIPAL, cast.school)) == ["覃小远", "黄嘉春"]
    assert names(cast.neighbours_admin) == ["石阿妹"]
    html = page(cast.teacher, "/questions/?month=2026-10")
    assert ("覃小远" in html, "黄嘉春" in html) == (True, False)


def test_a_visit_to_another_schools_child_is_asked_of_who_made_it(cast: Cast) -> None:
    make_visit(cast.neighbours_case, people=(cast.teacher,))
    assert names(cast.teacher) == ["石阿妹"]
    assert names(cast.admin) == []


def test_open_ones_come_first_and_answered_ones_keep_their_answer(cast: Cast, visit: Visit, others: Visit) -> None:
    client = signed_in(cast.admin)
    answer = client.post(f"{of(visit)}answers/", fields(cast.admin, visit, month="2026-10"))
    assert answer["Location"] == "/questions/?month=2026-10"
    assert names(cast.admin) == ["黄嘉春", "覃小远"]
    html = client.get("/questions/").content.decode()
    assert "还有 1 条没有说明" in html
    assert "说明：搭档病了。" in html


@pytest.mark.parametrize("who", ["clerk", "leader"])
def test_the_list_is_for_schools(cast: Cast, visit: Visit, who: str) -> None:
    assert signed_in(getattr(cast, who)).get("/questions/").status_code == 403
    assert signed_in(cast.admin).get("/questions/").status_code == 200


def test_a_month_that_is_none_is_not_found(cast: Cast) -> None:
    for month in ("x", "2026-13", "0001-01", "9999-12"):
        assert signed_in(cast.teacher).get(f"/questions/?month={month}").status_code == 404
    assert "这个月没有要说明的" in page(cast.teacher, "/questions/?month=2026-09")


def test_the_teachers_home_leads_to_the_list(cast: Cast, visit: Visit) -> None:
    html = page(cast.teacher, "/")
    assert 'hx-get="/questions/"' in html
    assert 'href="/questions/"' in html
