"""A school's own page of a month: what is missing child by child, confirmed, filed in one click, and what came back."""

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
from accounts.tests.make import give_post, make_user
from counties.models import School
from counties.tests.make import at, make_county, make_school
from reports.actions.filing import accept, refresh_draft, return_submission, submit
from reports.models import Submission
from reports.tests.make import NOW, Cast, make_cast, make_many, signed_in
from visits.models import VisitRecord
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
MORNING = at("2026-10-28 08:00")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def clerk(cast: Cast) -> User:
    return make_user(Role.COUNTY_STAFF, cast.school.county, name="苏雨美")


@pytest.fixture
def admin(cast: Cast) -> User:
    return make_user(Role.SCHOOL_ADMIN, cast.school, name="梁雨燕")


def address(school: School, tail: str = "", month: str = "2026-10") -> str:
    return f"/reports/{month}/filing/{school.pk}/{tail}"


def get(user: User, path: str, now: str = NOW) -> Any:
    with time_machine.travel(now, tick=False):
        return signed_in(user).get(path)


def page(user: User, path: str, now: str = NOW) -> str:
    answer = get(user, path, now)
    assert answer.status_code == 200
    return str(answer.content.decode())


def post(user: User, path: str, **fields: str) -> tuple[int, list[str]]:
    client = signed_in(user)
    with time_machine.travel(NOW, tick=False):
        answer = client.post(path, fields, headers={"referer": "http://testserver/"})
    return answer.status_code, [str(message) for message in get_messages(answer.wsgi_request)]


def file(cast: Cast, admin: User, when: str = "2026-10-27 09:00", **more: Any) -> Submission:
    draft = refresh_draft(school=cast.school, month=OCTOBER, at=at(when))
    return submit(school=cast.school, month=OCTOBER, version=draft.version, by=admin, at=at(when), **more)


def test_what_is_missing_stands_with_the_button_that_fixes_it(cast: Cast, admin: User) -> None:
    html = page(admin, address(cast.school))

    missing, complete = html.split("已齐的学生")
    assert "覃小远" in missing
    assert "还差 1 次、3 课时" in missing
    assert f"/visits/add/?child={cast.mine.pk}" in missing
    assert "黄嘉春" in complete
    assert "蓝志冬" not in html
    assert "截止 10月28日 周三 24:00，还有 15 小时" in html
    assert "可以上报了" in html
    assert "已过 1 天" in page(admin, address(cast.school), "2026-10-30 09:00+08:00")


def test_it_is_filed_in_one_click_and_once(cast: Cast, admin: User, clerk: User) -> None:
    assert post(admin, address(cast.school, "submit/"), version="1", requests="缺教具。") == (302, ["已上报，等县局审核。"])
    assert post(admin, address(cast.school, "submit/"), version="1")[1] == ["这个月的月报已经上报，正等县局审核。"]

    filed = Submission.objects.get()
    assert (filed.state, filed.submitted_by, filed.requests) == ("submitted", admin, "缺教具。")
    html = page(admin, address(cast.school))
    assert "已上报，等县局审核" in html
    assert "缺教具。" in html
    assert "submit/" not in html
    accept(submission=filed, version=1, by=clerk, at=MORNING)
    assert "已通过" in page(admin, address(cast.school))


def test_a_question_is_answered_where_it_is_listed_and_then_it_can_be_filed(cast: Cast, admin: User) -> None:
    alone = make_visit(cast.mine, start="2026-10-26 09:00", people=(cast.teacher,))
    record = VisitRecord.objects.get(visit=alone)

    html = page(admin, address(cast.school))
    assert "送教人员不足两人" in html
    assert "还有 1 处需说明事项没有说明。" in html
    assert f"/visits/{alone.pk}/edit/" in html
    assert "submit/" not in html
    assert "没有说明" in post(admin, address(cast.school, "submit/"), version="1")[1][0]
    fields = {"record": str(record.pk), "code": "too_few_staff", "text": "村干部同去，忘了写。"}
    fields["evidence"] = html.partition('name="evidence" value="')[2].partition('"')[0]

    neighbour = make_user(Role.SCHOOL_ADMIN, cast.neighbour)
    assert post(neighbour, address(cast.neighbour, "answer/"), **fields)[0] == 404
    assert "依据已经变了" in post(admin, address(cast.school, "answer/"), **fields | {"evidence": "other"})[1][0]
    assert post(admin, address(cast.school, "answer/"), text="x")[0] == 400
    assert post(admin, address(cast.school, "answer/"), **fields) == (302, ["说明已保存。"])

    assert "已说明：村干部同去，忘了写。" in page(admin, address(cast.school))
    assert post(admin, address(cast.school, "submit/"), version="1")[1] == ["已上报，等县局审核。"]


def test_who_saw_an_older_version_is_told(cast: Cast, admin: User) -> None:
    assert "新的版本" in post(admin, address(cast.school, "submit/"), version="7")[1][0]
    assert not Submission.objects.filter(state="submitted").exists()


def test_a_return_says_why_line_by_line_and_what_is_different_since(cast: Cast, admin: User, clerk: User) -> None:
    filed = file(cast, admin)
    lines = {cast.mine.student_id: "少一次，请补。"}
    return_submission(submission=filed, version=1, lines=lines, reason="周五前改好。", by=clerk, at=MORNING)

    html = page(admin, address(cast.school))
    assert "县局退回这一行：少一次，请补。" in html
    assert "县局的理由：周五前改好。" in html
    assert "没有变化。" in html

    make_visit(cast.mine, start="2026-10-26 09:00", people=(cast.teacher, "村干部"))
    html = page(admin, address(cast.school))
    assert "与第 1 版相比" in html
    assert "10月26日 周一 入户" in html
    assert post(admin, address(cast.school, "submit/"), version="2")[1] == ["已上报，等县局审核。"]


def test_a_nil_report_is_offered_only_where_there_is_nothing_to_file(cast: Cast, admin: User) -> None:
    neighbour = make_user(Role.SCHOOL_ADMIN, cast.neighbour)

    assert "作零报告上报" not in page(admin, address(cast.school))
    assert "不能作零报告" in post(admin, address(cast.school, "submit/"), version="1", nil="1")[1][0]
    assert "作零报告上报" in page(neighbour, address(cast.neighbour))
    assert "请作零报告" in post(neighbour, address(cast.neighbour, "submit/"), version="1")[1][0]
    assert post(neighbour, address(cast.neighbour, "submit/"), version="1", nil="1") == (302, ["已上报，等县局审核。"])


def test_the_principal_confirms_what_was_on_the_screen_before_it_is_filed(cast: Cast, admin: User) -> None:
    School.objects.filter(pk=cast.school.pk).update(principal_confirms=True)
    principal = make_user(Role.PRINCIPAL, cast.school, name="莫校长")
    confirm = address(cast.school, "confirm/")

    html = page(admin, address(cast.school))
    assert "校长还没有确认这个月的月报。" in html
    assert "submit/" not in html
    assert "先由校长确认" in post(admin, address(cast.school, "submit/"), version="1")[1][0]
    assert post(principal, address(cast.school, "refresh/"))[1] == ["已按现在的记录汇总。"]
    seen = page(principal, address(cast.school)).partition('name="substance" value="')[2][:64]
    make_visit(cast.mine, start="2026-10-26 09:00", people=(cast.teacher, "村干部"))
    assert "记录有了变化" in post(principal, confirm, substance=seen)[1][0]
    seen = page(principal, address(cast.school)).partition('name="substance" value="')[2][:64]
    assert post(principal, confirm, substance=seen)[1] == ["已确认。之后记录有变化的，要再确认一次。"]

    assert "校长已确认" in page(admin, address(cast.school))
    assert post(admin, confirm, substance=seen)[0] == 403
    assert post(admin, address(cast.school, "submit/"), version="1")[1] == ["已上报，等县局审核。"]


def test_what_comes_late_is_told_with_its_month(cast: Cast, admin: User, clerk: User) -> None:
    accept(submission=file(cast, admin), version=1, by=clerk, at=MORNING)
    make_visit(cast.mine, start="2026-10-30 14:00", people=(cast.teacher, "村干部"))

    html = page(admin, address(cast.school, month="2026-11"), "2026-11-02 09:00+08:00")

    assert "补报" in html
    assert "属于 2026年10月" in html


def test_a_month_that_has_not_begun_or_is_not_filed_here_says_so(cast: Cast, admin: User) -> None:
    assert "这个月还没有开始。" in page(admin, address(cast.school, month="2026-11"))
    School.objects.filter(pk=cast.school.pk).update(reports_from=date(2026, 11, 1))
    assert "本校从 2026 年 11 月起在本系统上报。" in page(admin, address(cast.school))


@pytest.mark.parametrize("tail", ["", "refresh/", "submit/", "confirm/"])
@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.TEACHER, 404), (Role.COUNTY_STAFF, 404), (Role.COUNTY_LEADER, 404), (Role.OPERATOR, 404), ("neighbour", 404)],
)
def test_the_page_is_the_schools_own(tail: str, role: Any, status: int, cast: Cast) -> None:
    if role == "neighbour":
        user = make_user(Role.SCHOOL_ADMIN, cast.neighbour)
    else:
        where = {Role.TEACHER: cast.school, Role.OPERATOR: None}.get(role, cast.school.county)
        user = make_user(role, where)

    answer = post(user, address(cast.school, tail))[0] if tail else get(user, address(cast.school)).status_code
    assert answer == status
    assert not Submission.objects.exists()


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.ITINERANT])
def test_who_looks_in_reads_and_changes_nothing(role: Role, cast: Cast) -> None:
    user = make_user(role, cast.school)

    html = page(user, address(cast.school))
    assert "还差 1 次" in html
    assert "submit/" not in html
    assert "/visits/add/" not in html
    for tail in ("refresh/", "submit/", "confirm/"):
        assert post(user, address(cast.school, tail), version="1")[0] == 403


def test_one_school_is_opened_at_once_several_are_chosen_from(cast: Cast, admin: User) -> None:
    assert get(admin, "/reports/2026-10/filing/")["Location"] == address(cast.school)
    give_post(admin, Role.SCHOOL_ADMIN, cast.neighbour)
    assert "塘红小学" in page(admin, "/reports/2026-10/filing/")
    assert get(make_user(Role.TEACHER, cast.school), "/reports/2026-10/filing/").status_code == 403
    assert get(make_user(Role.SCHOOL_ADMIN, make_school(make_county("360922"))), address(cast.school)).status_code == 404


def test_the_page_asks_as_often_for_thirty_children_as_for_three(cast: Cast, admin: User) -> None:
    client = signed_in(admin)

    def asked() -> int:
        with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as queries:
            assert client.get(address(cast.school)).status_code == 200
        return len(queries)

    make_many(cast.school, cast.teacher, 3)
    asked()
    few = asked()
    make_many(cast.school, cast.teacher, 27)
    assert asked() == few
