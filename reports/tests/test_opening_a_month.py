"""Opening a month: whose children each role finds in it, and what stands beside them."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import give_post, make_user
from counties.models import Area
from counties.tests.make import make_county, make_school
from reports.tests.make import NOW, Cast, make_cast, make_many, signed_in
from students.tests.make import make_case, make_student
from visits.models import Visit
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db
KEEPERS = [Role.OPERATOR, Role.SECURITY_OFFICER, Role.AUDITOR]
SAME_CODE = [Role.PRINCIPAL, Role.ITINERANT, Role.INSPECTOR, Role.SECURITY_OFFICER, Role.AUDITOR]
NAMES = ["覃小远", "黄嘉春", "蓝志冬"]


def page(user: User | Client, path: str = "/reports/2026-10/") -> str:
    client = user if isinstance(user, Client) else signed_in(user)
    with time_machine.travel(NOW, tick=False):
        answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def status(user: User, path: str) -> int:
    with time_machine.travel(NOW, tick=False):
        return signed_in(user).get(path).status_code


def person(cast: Cast, role: Role) -> User:
    county = cast.school.county
    where = {Role.COUNTY_STAFF: county, Role.COUNTY_LEADER: county, Role.OBSERVER: county}.get(role, cast.school)
    return cast.teacher if role == Role.TEACHER else make_user(role, where)


@pytest.mark.parametrize(
    ("role", "finds"),
    [
        (Role.TEACHER, ["覃小远"]),
        (Role.SCHOOL_ADMIN, ["覃小远", "黄嘉春"]),
        (Role.PRINCIPAL, ["覃小远", "黄嘉春"]),
        (Role.ITINERANT, ["覃小远", "黄嘉春"]),
        (Role.INSPECTOR, ["覃小远", "黄嘉春"]),
        (Role.COUNTY_STAFF, NAMES),
        (Role.COUNTY_LEADER, []),
        (Role.OBSERVER, []),
    ],
)
@pytest.mark.parametrize("path", ["/reports/2026-10/", "/"])
def test_each_role_finds_its_children_by_name_and_no_other(role: Role, finds: list[str], path: str) -> None:
    html = page(person(make_cast(), role), path)

    assert [name for name in NAMES if name in html] == finds


@pytest.mark.parametrize("path", ["/reports/2026-10/", "/reports/2026-10/teachers/", "/"])
def test_a_leader_reads_masked_names(path: str) -> None:
    html = page(person(make_cast(), Role.COUNTY_LEADER), path)

    assert "××" in html
    assert not any(name in html for name in [*NAMES, "韦志玲", "农子春"])


def test_a_leader_who_searches_learns_nothing_from_hidden_letters() -> None:
    leader = person(make_cast(), Role.COUNTY_LEADER)

    assert "蓝××" in page(leader, "/reports/2026-10/?q=蓝")
    assert "没有符合条件的学生" in page(leader, "/reports/2026-10/?q=志冬")


def test_an_observer_reads_numbers_of_the_county() -> None:
    html = page(person(make_cast(), Role.OBSERVER))

    assert "3 人" in html
    assert "3 / 6 次" in html
    assert "石门小学" not in html


def test_an_observer_of_a_city_chooses_a_county_and_sees_no_other() -> None:
    cast = make_cast()
    make_county("450126")
    make_county("360922")
    observer = make_user(Role.OBSERVER, Area.objects.create(code="4501", name="南宁市"))

    html = page(observer)
    assert "?county=450125" in html
    assert "?county=360922" not in html
    assert "3 / 6 次" in page(observer, f"/reports/2026-10/?county={cast.school.county_id}")
    assert status(observer, "/reports/2026-10/?county=360922") == 404


@pytest.mark.parametrize("role", KEEPERS)
def test_who_keeps_the_system_reads_no_month(role: Role) -> None:
    make_cast()

    assert status(make_user(role), "/reports/2026-10/") == 403
    assert status(make_user(role), "/reports/") == 403
    assert status(make_user(role), "/reports/2026-10/xlsx/") == 403


def test_another_county_is_not_there() -> None:
    cast = make_cast()
    clerk = person(cast, Role.COUNTY_STAFF)

    assert status(clerk, f"/reports/2026-10/?county={cast.school.county_id}") == 200
    assert status(clerk, f"/reports/2026-10/?county={make_county('360922').pk}") == 404


def test_a_clerk_of_two_counties_chooses() -> None:
    cast = make_cast()
    clerk = person(cast, Role.COUNTY_STAFF)
    elsewhere = make_school(make_county("360922"))
    make_case(elsewhere, student=make_student(elsewhere, name="谭乐远"))
    give_post(clerk, Role.COUNTY_STAFF, elsewhere.county)

    assert "谭乐远" in page(clerk, "/reports/2026-10/?county=360922")
    assert "谭乐远" not in page(clerk, "/reports/2026-10/?county=450125")


def test_another_school_in_the_filter_shows_nothing_of_it() -> None:
    cast = make_cast()
    admin = person(cast, Role.SCHOOL_ADMIN)
    give_post(admin, Role.SCHOOL_ADMIN, make_school(cast.school.county))

    html = page(admin, f"/reports/2026-10/?school={cast.neighbour.pk}")

    assert "蓝志冬" not in html


def test_a_child_at_the_28th_short_of_a_visit_is_at_risk_and_one_with_both_is_met() -> None:
    html = page(person(make_cast(), Role.SCHOOL_ADMIN))

    assert "还差 1 次、3 课时" in html
    assert [word in html for word in ("可能欠课", "已达标")] == [True, True]
    assert 'aria-label="已送 1 次，应送未排 1 次"' in html
    assert "需在其他月补 3 课时" in html


def test_after_the_month_the_word_is_short() -> None:
    admin = person(make_cast(), Role.SCHOOL_ADMIN)
    with time_machine.travel("2026-11-01 00:00:00+08:00", tick=False):
        html = signed_in(admin).get("/reports/2026-10/").content.decode()

    assert "欠 1 次、3 课时" in html
    assert "本月已结束" in html


def test_a_flag_is_shown_as_a_question() -> None:
    cast = make_cast()
    make_visit(cast.mine, start="2026-10-20 14:00", people=(cast.teacher,))

    html = page(cast.teacher)

    assert "送教人员不足两人" in html
    assert "当天还有谁同去？" in html
    assert "是询问，不是结论" in html


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("verdict=met", ["黄嘉春"]),
        ("verdict=at_risk", ["覃小远", "蓝志冬"]),
        ("q=小远", ["覃小远"]),
        ("flag=any", []),
        ("year=risk", NAMES),
        ("verdict=nonsense", []),
        ("page=999", NAMES),
        ("page=x", NAMES),
    ],
)
def test_the_list_is_narrowed(query: str, finds: list[str]) -> None:
    html = page(person(make_cast(), Role.COUNTY_STAFF), f"/reports/2026-10/?{query}")

    body = html.partition("<tbody>")[2].partition("</tbody>")[0]
    assert [name for name in NAMES if name in body] == finds


def test_the_list_is_sorted() -> None:
    clerk = person(make_cast(), Role.COUNTY_STAFF)

    def order(query: str) -> list[str]:
        html = page(clerk, f"/reports/2026-10/?{query}").partition("<tbody>")[2].partition("</tbody>")[0]
        return sorted(NAMES, key=html.index)

    assert order("sort=delivered") == ["蓝志冬", "覃小远", "黄嘉春"]
    assert order("sort=-delivered") == ["黄嘉春", "覃小远", "蓝志冬"]


def test_names_are_text_also_when_somebody_typed_a_tag() -> None:
    cast = make_cast()
    child = make_student(cast.school, name="<img src=x>")
    make_case(cast.school, student=child, teachers=(cast.teacher,))

    for path in ("/", "/reports/2026-10/"):
        html = page(cast.teacher, path)
        assert "&lt;img src=x&gt;" in html
        assert "<img src=x>" not in html


def test_teachers_find_their_own_workload_and_admins_their_schools() -> None:
    cast = make_cast()

    assert "农子春" not in page(cast.teacher, "/reports/2026-10/teachers/")
    html = page(person(cast, Role.SCHOOL_ADMIN), "/reports/2026-10/teachers/")
    assert [name in html for name in ("韦志玲", "农子春")] == [True, True]


def test_who_goes_round_several_schools_finds_them_side_by_side_at_home() -> None:
    cast = make_cast()
    itinerant = person(cast, Role.ITINERANT)
    assert "实送率（近六个月）" not in page(itinerant, "/")

    give_post(itinerant, Role.ITINERANT, cast.neighbour)
    table = page(itinerant, "/").partition("<tbody>")[2].partition("</tbody>")[0]

    assert [school in table for school in ("石门小学", "塘红小学")] == [True, True]


def test_schools_are_compared_by_who_sees_more_than_one() -> None:
    cast = make_cast()

    html = page(person(cast, Role.COUNTY_STAFF), "/reports/2026-10/schools/")
    assert html.index("石门小学") < html.index("塘红小学")
    assert status(person(cast, Role.SCHOOL_ADMIN), "/reports/2026-10/schools/") == 403
    assert status(cast.teacher, "/reports/2026-10/schools/") == 403


@pytest.mark.parametrize(
    "month", ["2026-13", "0000-00", "0000-01", "1800-01", "99999-1", "9999-12", "october", "2026-1", "٢٠٢٦-١٠", "2026-10-01", "%3Cb%3E"]
)
@pytest.mark.parametrize("rest", ["", "schools/", "teachers/", "xlsx/"])
def test_a_month_that_does_not_exist_is_told_so(month: str, rest: str) -> None:
    clerk = person(make_cast(), Role.COUNTY_STAFF)
    with time_machine.travel(NOW, tick=False):
        answer = signed_in(clerk).get(f"/reports/{month}/{rest}")

    assert answer.status_code == 404
    assert "这个月份" in answer.content.decode()
    assert status(clerk, f"/reports/2026-10/{rest}") == 200


def test_months_before_the_first_record_and_a_year_ahead_open_empty() -> None:
    clerk = person(make_cast(), Role.COUNTY_STAFF)

    assert "这个月没有在册学生" in page(clerk, "/reports/2010-01/")
    assert status(clerk, "/reports/2027-10/") == 200
    assert status(clerk, "/reports/2027-11/") == 404


def test_who_has_no_child_yet_is_told_what_happens_next() -> None:
    school = make_school()

    for path in ("/", "/reports/2026-10/", "/reports/2026-10/teachers/"):
        assert "还没有由您负责的学生" in page(make_user(Role.TEACHER, school), path)


def test_changes_are_not_asked_for_here() -> None:
    clerk = person(make_cast(), Role.COUNTY_STAFF)

    assert signed_in(clerk).post("/reports/2026-10/").status_code == 405


@pytest.mark.parametrize("role", [role for role in Role if role not in SAME_CODE])
@pytest.mark.parametrize("path", ["/", "/reports/", "/reports/2026-10/", "/reports/2026-10/schools/", "/reports/2026-10/teachers/"])
def test_a_page_asks_the_database_as_often_for_300_children_as_for_3(role: Role, path: str) -> None:
    cast = make_cast()
    Visit.objects.update(source=Visit.Source.PAGE)  # their pictures are looked at too
    client = signed_in(make_user(role) if role in KEEPERS else person(cast, role))

    def asked() -> int:
        with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    asked()
    few = asked()
    make_many(cast.school, cast.teacher, 297)

    most = {Role.TEACHER: 14, Role.COUNTY_STAFF: 13, Role.COUNTY_LEADER: 13} if path == "/" else {}  # docs/speed.md says why
    assert asked() == few <= most.get(role, 12)
