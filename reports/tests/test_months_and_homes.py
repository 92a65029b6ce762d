"""The list of months, the homes of those without children, the workbook of a month."""

import io
import re
from html import unescape

import pytest
import time_machine
from openpyxl import load_workbook

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at
from office.models import AuditLine
from reports.actions import make_verdicts
from reports.tests.make import NOW, Cast, make_cast, signed_in
from students.models import Student
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db


def page(user: User, path: str) -> str:
    with time_machine.travel(NOW, tick=False):
        answer = signed_in(user).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def judge_september(cast: Cast) -> None:
    month = at("2026-09-01").date()
    make_verdicts(county_code=cast.school.county_id, month=month, by=None, at=at("2026-10-02 03:00"))


@pytest.mark.parametrize(
    ("role", "judged"),
    [
        (Role.TEACHER, "0 / 2"),
        (Role.SCHOOL_ADMIN, "0 / 4"),
        (Role.COUNTY_STAFF, "0 / 6"),
        (Role.COUNTY_LEADER, "0 / 6"),
        (Role.OBSERVER, "0 / 6"),
    ],
)
def test_the_list_counts_each_month_as_far_as_one_sees(role: Role, judged: str) -> None:
    cast = make_cast()
    judge_september(cast)
    county = {Role.COUNTY_STAFF, Role.COUNTY_LEADER, Role.OBSERVER}
    user = cast.teacher if role == Role.TEACHER else make_user(role, cast.school.county if role in county else cast.school)

    html = page(user, "/reports/")

    assert judged in html
    assert html.index("2026年10月") < html.index("2026年9月")
    assert "2026年11月" not in html


def test_a_month_without_verdicts_is_listed_to_be_opened() -> None:
    html = page(make_cast().teacher, "/reports/")

    assert 'href="/reports/2026-09/"' in html
    assert "还没有判定" in html


def test_earlier_months_stand_beside_this_one_on_the_board() -> None:
    cast = make_cast()
    clerk = make_user(Role.COUNTY_STAFF, cast.school.county)

    assert "近几个月实送率 0%、75%" not in page(clerk, "/")
    judge_september(cast)
    assert "近几个月实送率 0%、75%" in page(clerk, "/")


def test_a_shortfall_that_was_made_good_says_so() -> None:
    cast = make_cast()
    judge_september(cast)
    for day in (20, 24):
        make_visit(cast.other, start=f"2026-10-{day} 09:00", people=(cast.teacher, "村干部"))
    make_verdicts(county_code=cast.school.county_id, month=at("2026-10-01").date(), by=None, at=at("2026-11-02 03:00"))
    admin = make_user(Role.SCHOOL_ADMIN, cast.school)

    assert "已补齐" in page(admin, "/reports/2026-09/?q=黄嘉春")
    assert "已补齐" not in page(admin, "/reports/2026-09/?q=覃小远")


@pytest.mark.parametrize(("role", "says"), [(Role.OPERATOR, "系统管理员"), (Role.AUDITOR, "审计员"), (None, "还没有给您安排职责")])
def test_who_has_no_children_has_a_home_too(role: Role | None, says: str) -> None:
    assert says in page(make_user(role), "/")


def test_an_operators_home_leads_to_what_they_keep() -> None:
    main = page(make_user(Role.OPERATOR), "/").split("<main")[1]
    assert [words for words in ("运行状况", "后台任务", "外部消息", "系统管理") if f">{words}</a>" not in main] == []


def test_the_teachers_home_says_how_long_ago_and_what_is_missing() -> None:
    html = page(make_cast().teacher, "/")

    assert "上次送教 14 天前" in html
    assert "还差 1 次、3 课时，最迟 10月31日 周六" in html
    assert "本月还有 1 个孩子没有送够" in html
    assert "<strong>9</strong> 课时" in html


def rows(user: User, path: str) -> dict[str, list[tuple[object, ...]]]:
    with time_machine.travel(NOW, tick=False):
        answer = signed_in(user).get(path)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="songjiao-2026-10.xlsx"'
    book = load_workbook(io.BytesIO(answer.content))
    return {sheet.title: list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book}


def test_the_workbook_holds_what_the_page_shows() -> None:
    cast = make_cast()

    sheets = rows(make_user(Role.COUNTY_STAFF, cast.school.county), "/reports/2026-10/xlsx/")

    assert [row[1] for row in sheets["学生"]] == ["覃小远", "黄嘉春", "蓝志冬"]
    assert sheets["学生"][0][2:10] == (2, 1, 0, 0, 3, "可能欠课", 1, 3)
    assert [row[0] for row in sheets["学校"]] == ["石门小学", "塘红小学"]
    assert {(row[1], row[4]) for row in sheets["工作量"]} == {("韦志玲", 9), ("农子春", 9)}


def test_taking_a_workbook_is_audited_without_a_name() -> None:
    cast = make_cast()
    admin = make_user(Role.SCHOOL_ADMIN, cast.school)

    rows(admin, "/reports/2026-10/xlsx/?verdict=met")

    line = AuditLine.objects.get(verb="month.exported")
    assert (line.by, line.detail) == (admin.pk, {"month": "2026-10", "rows": 1})


def test_figures_open_the_visits_that_make_them() -> None:
    cast = make_cast()
    html = page(cast.teacher, "/reports/2026-10/")

    found = re.search(r'href="(/visits/\?[^"]*student=[^"]*)"', html)
    assert found is not None
    address = unescape(found[1])
    assert {"from=2026-10-01", "to=2026-10-31", "delivered=1", f"student={cast.mine.student_id}"} <= set(
        address.partition("?")[2].split("&")
    )
    opened = page(cast.teacher, address)
    assert "10月14日" in opened
    assert "10月15日" not in opened


def test_a_teachers_missed_outings_open_those_that_found_nobody() -> None:
    cast = make_cast()
    group = make_visit(cast.mine, cast.other, start="2026-10-19 09:00", people=(cast.teacher, "村干部"), mode="centre")
    group.records.filter(case=cast.other).update(present=False, lessons=0)  # absent, but the outing found somebody
    make_visit(cast.mine, start="2026-10-20 09:00", people=(cast.teacher, "村干部"), state="missed", missed_reason="away", lessons=0)

    html = page(cast.teacher, "/reports/2026-10/teachers/")
    assert "韦志玲 未送成 1 次" in html
    found = re.search(r'href="(/visits/\?[^"]*state=missed[^"]*)"', html)
    assert found is not None
    opened = page(cast.teacher, unescape(found[1]))

    assert "10月20日" in opened
    assert "10月19日" not in opened
    assert "10月19日" in page(make_user(Role.SCHOOL_ADMIN, cast.school), "/visits/?from=2026-10-01&to=2026-10-31&state=missed")


def test_the_workbook_keeps_to_the_filter_and_to_what_one_sees() -> None:
    cast = make_cast()
    leader = make_user(Role.COUNTY_LEADER, cast.school.county)

    assert [row[1] for row in rows(leader, "/reports/2026-10/xlsx/")["学生"]] == ["覃××", "黄××", "蓝××"]
    mine = rows(cast.teacher, "/reports/2026-10/xlsx/")
    assert [row[1] for row in mine["学生"]] == ["覃小远"]
    assert "学校" not in mine
    admin = make_user(Role.SCHOOL_ADMIN, cast.school)
    assert [row[1] for row in rows(admin, "/reports/2026-10/xlsx/?verdict=met")["学生"]] == ["黄嘉春"]


@pytest.mark.parametrize(("role", "counted"), [(Role.SCHOOL_ADMIN, "2"), (Role.COUNTY_STAFF, "3")])
def test_a_child_registered_here_and_served_elsewhere_is_shown_and_counted_there(role: Role, counted: str) -> None:
    cast = make_cast()
    Student.objects.filter(pk=cast.theirs.student_id).update(registered_school=cast.school)
    html = page(make_user(role, cast.school.county if role == Role.COUNTY_STAFF else cast.school), "/")

    on_roll = re.search(r"在册学生</dt>\s*<dd>\s*<b>(\d+)", html)
    assert on_roll
    assert on_roll[1] == counted
    assert "蓝志冬" in html
    assert ("由塘红小学送教" in html) == (role == Role.SCHOOL_ADMIN)


@pytest.mark.parametrize("role", [Role.SCHOOL_ADMIN, Role.PRINCIPAL, Role.ITINERANT, Role.INSPECTOR])
def test_who_only_looks_is_offered_nothing_to_write(role: Role) -> None:
    cast = make_cast()
    html = page(make_user(role, cast.school), "/")

    assert "覃小远" in html
    acts = role in (Role.SCHOOL_ADMIN, Role.PRINCIPAL)
    assert ("看还缺什么，上报" in html) == acts
    assert ("记一次送教" in html) == acts
    assert 'aria-label="查看：' in html or acts
