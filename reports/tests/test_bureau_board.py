"""The bureau's board: every school with its standing in words, and those without a question accepted together."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import at, make_county, make_school
from reports.actions.filing import accept, refresh_draft, return_submission, submit, submit_automatically
from reports.models import Submission
from reports.tests.make import NOW, Cast, make_cast, make_many, signed_in
from students.tests.make import make_case

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
BOARD = "/reports/review/2026-10/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def clerk(cast: Cast) -> User:
    return make_user(Role.COUNTY_STAFF, cast.school.county, name="苏雨美")


def file(school: School, when: str = "2026-10-27 09:00", **more: object) -> Submission:
    draft = refresh_draft(school=school, month=OCTOBER, at=at(when))
    by = make_user(Role.SCHOOL_ADMIN, school)
    return submit(school=school, month=OCTOBER, version=draft.version, by=by, at=at(when), **more)  # type: ignore[arg-type]


def board(user: User, query: str = "", now: str = NOW) -> str:
    with time_machine.travel(now, tick=False):
        answer = signed_in(user).get(BOARD + query)
    assert answer.status_code == 200
    return answer.content.decode()


def row(html: str, school: str) -> str:
    return next(part for part in html.partition("<tbody>")[2].split("<tr>") if school in part)


def post(user: User, *tickets: str) -> tuple[Any, list[str]]:
    with time_machine.travel(NOW, tick=False):
        answer = signed_in(user).post(f"{BOARD}accept/", {"ticket": tickets})
    return answer, [str(message) for message in get_messages(answer.wsgi_request)]


def ticket(submission: Submission) -> str:
    return f"{submission.pk}:{submission.version}"


def test_a_school_stands_open_then_late_then_waiting_then_returned_or_accepted(cast: Cast, clerk: User) -> None:
    assert "未上报" in row(board(clerk), "石门小学")
    assert "逾期" in row(board(clerk, now="2026-10-29 00:00+08:00"), "石门小学")
    assert "未上报" in row(board(clerk, now="2026-10-28 23:59:59+08:00"), "石门小学")

    filed = file(cast.school)
    assert "待审核" in row(board(clerk), "石门小学")
    accept(submission=filed, version=1, by=clerk, at=at("2026-10-28 08:00"))
    assert "已通过" in row(board(clerk), "石门小学")


def test_marks_stand_beside_the_state(cast: Cast, clerk: User) -> None:
    first = file(cast.school)
    return_submission(submission=first, version=1, lines={}, reason="请补。", by=clerk, at=at("2026-10-28 08:00"))
    assert "已退回" in row(board(clerk), "石门小学")
    file(cast.school, "2026-11-02 09:00")
    file(cast.neighbour, "2026-10-30 09:00", nil=True)

    html = board(clerk, now="2026-11-03 09:00+08:00")

    assert "第 2 版" in row(html, "石门小学")
    assert "逾期上报" not in row(html, "石门小学")  # the first time counts
    assert {"零报告", "逾期上报"} <= {mark for mark in ("零报告", "逾期上报", "第 2 版") if mark in row(html, "塘红小学")}


def test_what_the_system_filed_says_so_and_is_opened_before_it_is_accepted(cast: Cast, clerk: User) -> None:
    filed = submit_automatically(school=cast.school, month=OCTOBER, at=at("2026-10-29 00:05"))

    html = board(clerk, now="2026-10-29 09:00+08:00")
    assert "到期自动报送（学校未确认）" in row(html, "石门小学")
    assert ticket(filed) not in html
    _, said = post(clerk, ticket(filed))
    assert said == ["石门小学：有需说明事项或未经学校确认，请打开审核。"]


def test_the_board_is_narrowed_and_counts_all(cast: Cast, clerk: User) -> None:
    file(cast.school)

    html = board(clerk, "?stand=submitted")
    assert "石门小学" in html.partition("<tbody>")[2]
    assert "塘红小学" not in html.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "未上报 1 所，逐所查看" in html
    assert "没有符合条件的学校" in board(clerk, "?stand=nonsense")


def test_many_are_accepted_together_and_each_is_told(cast: Cast, clerk: User) -> None:
    mine, theirs = file(cast.school), file(cast.neighbour, nil=True)
    assert {ticket(mine) in board(clerk), ticket(theirs) in board(clerk)} == {True}

    answer, said = post(clerk, ticket(mine), ticket(theirs))

    assert answer.status_code == 302
    assert said == ["石门小学：已通过。", "塘红小学：已通过。"]
    assert set(Submission.objects.values_list("state", flat=True)) == {"accepted"}


def test_one_that_moved_on_stops_no_other(cast: Cast, clerk: User) -> None:
    mine, theirs = file(cast.school), file(cast.neighbour, nil=True)
    accept(submission=mine, version=1, by=clerk, at=at("2026-10-28 08:30"))

    _, said = post(clerk, ticket(mine), ticket(theirs), "nonsense", "00000000-0000-4000-8000-000000000000:1")

    assert said == ["石门小学：这个月的月报已经通过。", "塘红小学：已通过。"]
    _, again = post(clerk, ticket(theirs))
    assert again == ["塘红小学：这个月的月报已经通过。"]
    assert post(clerk)[1] == ["没有勾选学校，什么也没有改变。"]


def test_another_version_than_the_one_seen_is_not_accepted(cast: Cast, clerk: User) -> None:
    filed = file(cast.school)

    _, said = post(clerk, f"{filed.pk}:2")

    assert "新的版本" in said[0]
    filed.refresh_from_db()
    assert filed.state == "submitted"


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_ADMIN, Role.PRINCIPAL, Role.INSPECTOR, Role.OPERATOR, Role.OBSERVER])
def test_the_board_is_the_bureaus(role: Role, cast: Cast) -> None:
    where = {Role.OPERATOR: None, Role.OBSERVER: cast.school.county}.get(role, cast.school)
    user = make_user(role, where)

    with time_machine.travel(NOW, tick=False):
        assert signed_in(user).get(BOARD).status_code == 403
        assert signed_in(user).post(f"{BOARD}accept/").status_code == 403


def test_a_leader_reads_the_numbers_and_changes_nothing(cast: Cast) -> None:
    filed, leader = file(cast.school), make_user(Role.COUNTY_LEADER, cast.school.county)

    html = board(leader)
    assert "待审核" in row(html, "石门小学")
    assert "覃小远" not in html
    assert '<form method="post" action="/reports' not in html.replace("\n", " ")
    assert f"{BOARD}{cast.school.pk}/" not in html
    assert post(leader, ticket(filed))[0].status_code == 403
    filed.refresh_from_db()
    assert filed.state == "submitted"


def test_another_countys_submission_is_passed_over(cast: Cast) -> None:
    filed, elsewhere = file(cast.school), make_user(Role.COUNTY_STAFF, make_county("360922"))
    make_case(make_school(make_county("360922")))

    _, said = post(elsewhere, ticket(filed))

    assert said == []
    filed.refresh_from_db()
    assert filed.state == "submitted"


def test_a_school_that_reports_elsewhere_is_not_missed(cast: Cast, clerk: User) -> None:
    School.objects.filter(pk=cast.neighbour.pk).update(reports_from=date(2026, 11, 1))

    assert "不在本系统上报" in row(board(clerk), "塘红小学")
    assert "没有上报：石门小学。" in board(clerk)


def test_the_board_asks_as_often_for_many_schools_as_for_few(cast: Cast, clerk: User) -> None:
    client = signed_in(clerk)

    def asked() -> int:
        with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as queries:
            assert client.get(BOARD).status_code == 200
        return len(queries)

    file(cast.school)
    asked()
    few = asked()
    for _ in range(28):
        make_case(school := make_school(cast.school.county))
        file(school, nil=True)
    make_many(cast.neighbour, cast.teacher, 30)

    assert asked() == few <= 12
