"""The list of children, the search, and a child's page: who sees what."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import Area, School
from counties.tests.make import make_county, make_school
from office.fields import blind_index
from office.models import AuditLine
from students.codes import CaseState
from students.models import Case, CaseTeacher, Guardian, Pause, Student
from students.rules.identity import initials
from students.sheets_in import ID_PURPOSE
from students.tests.make import make_case, make_id, make_student

pytestmark = pytest.mark.django_db
ID = make_id(3)
PHONE = "13864924352"


@pytest.fixture
def county() -> Area:
    return make_county()


@pytest.fixture
def school(county: Area) -> School:
    return make_school(county, name="一小")


@pytest.fixture
def teacher(school: School) -> User:
    return make_user(Role.TEACHER, school, name="韦志玲")


@pytest.fixture
def case(school: School, teacher: User) -> Case:
    return make_case(school, student=child(school), teachers=(teacher,))


def child(school: School, name: str = "覃小远", **fields: Any) -> Student:
    sealed = {"id_number": ID, "id_index": blind_index(ID, purpose=ID_PURPOSE)} if name == "覃小远" else {}
    student = make_student(school, name=name, initials=initials(name), **sealed | fields)
    Guardian.objects.create(student=student, kind="guardian", name="覃燕", phone=PHONE)
    return student


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def the_list(user: User, **asked: Any) -> str:
    answer = signed_in(user).get(reverse("student_list"), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def cells(user: User) -> list[list[Any]]:
    answer = signed_in(user).get(reverse("student_export"))
    assert answer.status_code == 200
    return [list(line) for line in openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values]


def test_the_list_shows_each_child_with_its_case_and_masks_the_number(school: School, case: Case) -> None:
    shown = the_list(make_user(Role.SCHOOL_ADMIN, school))

    assert "覃小远" in shown
    assert "在送" in shown
    assert "韦志玲" in shown
    assert f"****************{ID[-2:]}" in shown
    assert ID not in shown
    assert ID[:14] not in shown


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_ADMIN, Role.PRINCIPAL, Role.ITINERANT, Role.INSPECTOR])
def test_a_neighbouring_school_sees_nothing(role: Role, county: Area, school: School, teacher: User, case: Case) -> None:
    theirs = make_user(role, make_school(county))
    own = teacher if role == Role.TEACHER else make_user(role, school)

    for address in ("student_detail", "student_placement", "student_views"):
        assert signed_in(own).get(reverse(address, args=[case.student_id])).status_code == 200
        assert signed_in(theirs).get(reverse(address, args=[case.student_id])).status_code == 404
    assert signed_in(theirs).post(reverse("student_reveal", args=[case.student_id]), {"field": "id_number"}).status_code == 404
    assert "覃小远" in the_list(own)
    assert "覃小远" not in the_list(theirs)
    assert len(cells(own)) == 2
    assert len(cells(theirs)) == 1


def test_a_colleague_who_is_not_on_the_case_sees_nothing(school: School, case: Case) -> None:
    colleague = make_user(Role.TEACHER, school)

    assert signed_in(colleague).get(reverse("student_detail", args=[case.student_id])).status_code == 404
    assert "覃小远" not in the_list(colleague)


def test_another_countys_staff_see_nothing(county: Area, case: Case) -> None:
    clerk, foreign = make_user(Role.COUNTY_STAFF, county), make_user(Role.COUNTY_STAFF, make_county("360922"))

    assert signed_in(clerk).get(reverse("student_detail", args=[case.student_id])).status_code == 200
    assert signed_in(foreign).get(reverse("student_detail", args=[case.student_id])).status_code == 404


def test_a_countys_leader_sees_masked_names_and_no_page(county: Area, case: Case) -> None:
    leader, clerk = make_user(Role.COUNTY_LEADER, county), make_user(Role.COUNTY_STAFF, county)

    shown = the_list(leader)
    assert "覃××" in shown
    assert not {word for word in ("覃小远", ID[-2:] + "<", "韦志玲") if word in shown}
    assert "覃小远" in the_list(clerk)
    for address in ("student_detail", "student_placement", "student_views"):
        assert signed_in(leader).get(reverse(address, args=[case.student_id])).status_code == 403
    assert (
        signed_in(leader).post(reverse("student_reveal", args=[case.student_id]), {"field": "id_number", "reason": "x"}).status_code == 403
    )
    assert signed_in(leader).post(reverse("search"), {"q": "覃"}).status_code == 403
    assert cells(leader)[1][0] == "覃××"
    assert cells(leader)[1][2] is None


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.OPERATOR, Role.AUDITOR, Role.SECURITY_OFFICER])
def test_who_has_no_work_with_children_finds_nothing(role: Role, county: Area, case: Case) -> None:
    client = signed_in(make_user(role, county if role == Role.OBSERVER else None))

    for address in (reverse("student_list"), reverse("student_export"), reverse("student_detail", args=[case.student_id])):
        assert client.get(address).status_code == 404


def test_the_list_is_narrowed(county: Area, school: School, case: Case) -> None:
    other = make_school(county, name="二小")
    colleague = make_user(Role.TEACHER, other)
    make_case(other, student=child(other, "卢乐福", disability="5", birth_on=date(2018, 11, 1)), teachers=(colleague,))
    make_case(school, student=child(school, "潘月佳"), ends_on=date(2026, 10, 1), state=CaseState.EXITED)
    paused = make_case(school, student=child(school, "蒙子梅"))
    Pause.objects.create(case=paused, starts_on=date(2026, 9, 10), reason="住院")
    make_case(student=child(school, "石欣怡"), school=None, starts_on=None, state=CaseState.IDENTIFIED)
    child(school, "陆雅远")
    clerk = make_user(Role.COUNTY_STAFF, county)
    everybody = {"覃小远", "卢乐福", "潘月佳", "蒙子梅", "石欣怡", "陆雅远"}

    def found(**asked: Any) -> set[str]:
        shown = the_list(clerk, **asked)
        return {name for name in everybody if name in shown}

    assert found() == everybody
    assert found(school=other.pk) == {"卢乐福"}
    assert found(state="active") == {"覃小远", "卢乐福"}
    assert found(state="suspended") == {"蒙子梅"}
    assert found(state="exited") == {"潘月佳"}
    assert found(state="identified") == {"石欣怡"}
    assert found(state="none") == {"陆雅远"}
    assert found(disability="5") == {"卢乐福"}
    assert found(age_to="8") == {"卢乐福"}
    assert found(age_from="9") == everybody - {"卢乐福"}
    assert found(teacher=colleague.pk) == {"卢乐福"}
    assert found(age_from="9", age_to="3") == set()
    assert found(state="nonsense") == set()
    assert found(s="forged") == set()


def test_the_list_is_sorted(county: Area, school: School, case: Case) -> None:
    make_case(school, student=child(school, "卢乐福", birth_on=date(2018, 11, 1)))
    clerk = make_user(Role.COUNTY_STAFF, county)

    def first(sort: str) -> str:
        shown = the_list(clerk, sort=sort)
        return min(("覃小远", "卢乐福"), key=shown.index)

    assert first("age") == "覃小远"
    assert first("-age") == "卢乐福"
    assert first("name") == "卢乐福"
    assert first("-name") == "覃小远"


def test_a_list_costs_the_same_for_few_and_for_many(county: Area, school: School, teacher: User) -> None:
    client = signed_in(make_user(Role.COUNTY_STAFF, county))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("student_list")).status_code == 200
        return len(captured)

    make_case(school, teachers=(teacher,))
    queries()  # the session is bound to the posts by the first
    few = queries()
    for _ in range(60):
        make_case(school, teachers=(teacher,))
    assert queries() == few <= 12
    assert "第 1–50 条" in client.get(reverse("student_list")).content.decode()


def test_somebody_is_found_by_name_by_initials_and_by_number(school: School, case: Case) -> None:
    make_case(school, student=child(school, "卢乐福"))
    client = signed_in(make_user(Role.SCHOOL_ADMIN, school))

    for typed in ("小远", "覃 小远", "qxy", "TXY", "tx"):
        answer = client.post(reverse("search"), {"q": typed}, follow=True)
        shown = answer.content.decode()
        assert "覃小远" in shown, typed
        assert "卢乐福" not in shown, typed
        assert typed not in answer.redirect_chain[0][0]
    for typed in (ID, f" {ID[:6]} {ID[6:14]} {ID[14:]} ", ID.translate(str.maketrans("0123456789X", "０１２３４５６７８９ｘ"))):
        answer = client.post(reverse("search"), {"q": typed})
        assert answer["Location"] == reverse("student_detail", args=[case.student_id])


def test_the_search_box_of_the_list_carries_its_token(school: School, case: Case) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(Role.SCHOOL_ADMIN, school))
    form = client.get(reverse("student_list")).content.decode().split('class="search"')[1]
    token = form.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]

    assert client.post(reverse("search"), {"q": "qxy", "csrfmiddlewaretoken": token}).status_code == 302
    assert client.post(reverse("search"), {"q": "qxy"}).status_code == 403


def test_a_number_beyond_ones_reach_is_not_there(county: Area, school: School, case: Case) -> None:
    elsewhere = signed_in(make_user(Role.SCHOOL_ADMIN, make_school(county)))

    known = elsewhere.post(reverse("search"), {"q": ID}, follow=True)
    unknown = elsewhere.post(reverse("search"), {"q": make_id(77)}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain == [(reverse("search"), 302)]
    assert "没有这个身份证号" in known.content.decode()


def test_a_child_that_moved_is_listed_by_each_school_with_its_own_case(county: Area, school: School, case: Case) -> None:
    other = make_school(county, name="二小")
    case.ends_on, case.state = date(2026, 10, 10), CaseState.EXITED
    case.save()
    make_case(other, student=case.student, starts_on=date(2026, 10, 10))

    assert "已终止" in the_list(make_user(Role.SCHOOL_ADMIN, school)).split("<tbody>")[1]
    assert "在送" in the_list(make_user(Role.SCHOOL_ADMIN, other)).split("<tbody>")[1]


def test_the_first_tab_masks_what_is_sealed(teacher: User, case: Case) -> None:
    shown = signed_in(teacher).get(reverse("student_detail", args=[case.student_id])).content.decode()

    assert f"****************{ID[-2:]}" in shown
    assert f"*********{PHONE[-2:]}" in shown
    assert ID not in shown
    assert PHONE not in shown
    assert "覃燕" in shown


def test_opening_a_child_is_recorded_and_shown_on_its_last_tab(teacher: User, case: Case) -> None:
    client = signed_in(teacher)
    client.get(reverse("student_detail", args=[case.student_id]))
    client.get(reverse("student_placement", args=[case.student_id]))

    line = AuditLine.objects.get(verb="student.viewed")
    assert (line.by, line.subject, line.chain_id) == (teacher.pk, case.student_id, "450125")
    shown = client.get(reverse("student_views", args=[case.student_id])).content.decode()
    assert "韦志玲" in shown
    assert "看了学生的资料" in shown


def test_the_second_tab_shows_cases_with_pauses_and_teachers(teacher: User, case: Case) -> None:
    Pause.objects.create(case=case, starts_on=date(2026, 10, 20), reason="住院")

    shown = signed_in(teacher).get(reverse("student_placement", args=[case.student_id])).content.decode()

    assert "一小" in shown
    assert "2026年10月20日起" in shown
    assert "住院" in shown
    assert "韦志玲" in shown


def test_html_in_every_text_is_shown_as_text(county: Area, school: School) -> None:
    html = "<img src=x onerror=alert(1)>"
    student = child(school, html, remark=html, class_grade=html, home_address=html)
    Guardian.objects.filter(student=student).update(name=html, relation=html)
    teacher = make_user(Role.TEACHER, school, name=html)
    case = make_case(school, student=student, teachers=(teacher,), reason=html)
    Pause.objects.create(case=case, starts_on=date(2026, 9, 10), reason=html)
    client = signed_in(make_user(Role.COUNTY_STAFF, county, name=html))

    for address in (
        reverse("student_list"),
        *(reverse(tab, args=[student.pk]) for tab in ("student_detail", "student_placement", "student_views")),
    ):
        shown = client.get(address).content.decode()
        assert html not in shown
        assert "&lt;img src=x onerror=alert(1)&gt;" in shown


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_export_holds_a_formula(start: str, school: School) -> None:
    text = f"{start}cmd|' /C calc'!A0"
    make_case(school, student=child(school, text, class_grade=text), teachers=(make_user(Role.TEACHER, school, name=text),))
    answer = signed_in(make_user(Role.SCHOOL_ADMIN, school)).get(reverse("student_export"))

    found = [cell for line in openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(min_row=2) for cell in line]
    assert sum("cmd|" in str(cell.value) for cell in found) == 3
    assert all(cell.data_type != "f" for cell in found)
    assert all(cell.quotePrefix for cell in found if str(cell.value).startswith(start) and start not in "\t\r")


def test_an_export_is_recorded_and_holds_no_sealed_number(county: Area, school: School, case: Case) -> None:
    clerk = make_user(Role.COUNTY_STAFF, county)
    lines = cells(clerk)

    assert lines[1][0] == "覃小远"
    assert ID[:14] not in str(lines)
    assert PHONE not in str(lines)
    line = AuditLine.objects.get(verb="students.exported")
    assert (line.by, line.detail) == (clerk.pk, {"rows": 1})


def test_teams_of_the_day_are_shown(school: School, teacher: User, case: Case) -> None:
    CaseTeacher.objects.filter(user=teacher).update(ends_on=date(2020, 1, 1))

    assert "韦志玲" not in the_list(make_user(Role.SCHOOL_ADMIN, school)).split("<tbody>")[1]
