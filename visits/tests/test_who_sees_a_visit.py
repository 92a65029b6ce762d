"""Who opens a visit, and how much of it: in full, in outline, not at all."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import give_post, make_user
from counties.tests.make import make_county, make_school
from office.models import AuditLine
from students.models import CaseTeacher
from students.tests.make import make_case
from visits.models import Visit
from visits.tests.conftest import Cast, signed_in
from visits.tests.make import make_visit

SAID = "练习握勺进食"  # stands in the text only


def page(user: User, visit: Visit) -> tuple[int, str]:
    response = signed_in(user).get(reverse("visit", args=[visit.pk]))
    return response.status_code, response.content.decode()


def test_those_who_know_the_child_read_everything(cast: Cast) -> None:
    visit = make_visit(
        cast.case,
        people=(cast.teacher, "村干部温某"),
        start="2026-10-28 14:00",
        minutes=125,
        teaching=SAID,
        rehabilitation="关节活动",
        family="家长先示范",
    )
    for user in (cast.teacher, cast.admin, make_user(Role.PRINCIPAL, cast.school), make_user(Role.INSPECTOR, cast.school), cast.clerk):
        status, html = page(user, visit)
        assert status == 200
        for words in ("10月28日 周三", "14:00–16:05", "入户", "完成", "覃小远", "第一中心小学", "韦志玲", SAID, "关节活动", "家长先示范"):
            assert words in html, words
        assert "村干部温某" in html
        assert "随行人员" in html


def test_a_teacher_keeps_the_visits_they_made_and_sees_none_of_a_colleague(cast: Cast) -> None:
    made = make_visit(cast.case, people=(cast.colleague,), teaching=SAID)
    other = make_visit(cast.case, people=(cast.teacher,), start="2026-10-15 14:00")

    status, html = page(cast.colleague, made)
    assert (status, "覃小远" in html, SAID in html) == (200, True, True)
    assert reverse("student_visits", args=[cast.case.student_id]) not in html  # the child's page is not theirs
    assert page(cast.colleague, other)[0] == 404
    assert reverse("student_visits", args=[cast.case.student_id]) in page(cast.teacher, other)[1]


def test_a_teacher_of_the_case_reads_the_visits_of_those_before_them(cast: Cast) -> None:
    visit = make_visit(cast.case, people=(cast.colleague,), teaching=SAID)
    assert SAID in page(cast.teacher, visit)[1]
    CaseTeacher.objects.filter(user=cast.teacher).update(ends_on=date(2026, 10, 28))
    assert page(cast.teacher, visit)[0] == 404


def test_another_schools_head_sees_date_and_lessons_of_an_outing_of_their_teacher(cast: Cast) -> None:
    visit = make_visit(
        cast.case, people=(cast.teacher, cast.neighbours_teacher, "村干部温某"), lessons="2.5", teaching=SAID, reason_text="家里办事"
    )
    status, html = page(cast.neighbours_admin, visit)
    assert status == 200
    assert "10月14日 周三" in html
    assert "2.5" in html
    assert "覃××" in html
    for hidden in ("覃小远", SAID, "家里办事", "村干部温某", str(cast.case.student_id)):
        assert hidden not in html
    assert "覃小远" in page(cast.admin, visit)[1]  # found where it may be


def test_that_head_sees_nothing_else_of_the_other_school(cast: Cast) -> None:
    alone = make_visit(cast.case, people=(cast.teacher,))
    before = make_visit(cast.case, people=(cast.teacher, cast.neighbours_teacher), start="2026-10-16 14:00")
    cast.neighbours_teacher.posts.update(starts_on=date(2026, 10, 17))
    after = make_visit(cast.case, people=(cast.teacher, cast.neighbours_teacher), start="2026-10-17 14:00")

    assert page(cast.neighbours_admin, alone)[0] == 404
    assert page(cast.neighbours_admin, before)[0] == 404  # the teacher was not theirs yet
    assert page(cast.neighbours_admin, after)[0] == 200
    assert page(cast.neighbours_teacher, before)[0] == 200  # who was there knows


def test_the_school_of_registration_sees_the_childs_visits(cast: Cast) -> None:
    visit = make_visit(cast.case, teaching=SAID)
    assert page(cast.neighbours_admin, visit)[0] == 404
    cast.case.student.registered_school = cast.neighbour
    cast.case.student.save()
    assert SAID in page(cast.neighbours_admin, visit)[1]


def test_a_leader_sees_numbers_and_masked_names(cast: Cast) -> None:
    visit = make_visit(cast.case, people=(cast.teacher, "村干部温某"), teaching=SAID)
    status, html = page(cast.leader, visit)
    assert status == 200
    assert "覃××" in html
    assert "韦××" in html
    for hidden in ("覃小远", "韦志玲", "温某", SAID):
        assert hidden not in html


def test_of_a_group_one_sees_the_children_one_knows(cast: Cast) -> None:
    theirs = make_case(cast.school, teachers=(cast.colleague,))
    visit = make_visit(cast.case, theirs)
    _, html = page(cast.teacher, visit)
    assert "覃小远" in html
    assert theirs.student.name not in html
    assert "同一次还有 1 名学生" in html
    assert theirs.student.name in page(cast.admin, visit)[1]


def test_nobody_else_learns_that_it_exists(cast: Cast) -> None:
    visit = make_visit(cast.case)
    elsewhere = make_county("360922")
    strangers = [
        cast.neighbours_admin,
        cast.neighbours_teacher,
        make_user(Role.SCHOOL_ADMIN, make_school(elsewhere)),
        make_user(Role.COUNTY_STAFF, elsewhere),
        make_user(Role.OBSERVER, cast.school.county),
        make_user(Role.OPERATOR),
        make_user(Role.AUDITOR),
        make_user(),
    ]
    for user in strangers:
        assert page(user, visit)[0] == 404
        assert signed_in(user).get(reverse("visit", args=[uuid4()])).status_code == 404
        assert signed_in(user).get(reverse("student_visits", args=[cast.case.student_id])).status_code == 404
    assert page(cast.admin, visit)[0] == 200


def test_a_stranger_is_sent_to_sign_in(cast: Cast) -> None:
    visit = make_visit(cast.case)
    for address in (
        reverse("visit_list"),
        reverse("visit_export"),
        reverse("visit", args=[visit.pk]),
        reverse("student_visits", args=[cast.case.student_id]),
    ):
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("login"))


def test_a_post_that_ended_opens_nothing_any_more(cast: Cast) -> None:
    visit = make_visit(cast.case, people=(cast.teacher,))
    assert page(cast.teacher, visit)[0] == 200
    cast.teacher.posts.update(ends_on=date(2026, 10, 28))
    assert page(cast.teacher, visit)[0] == 404


def test_looking_at_a_visit_is_written_down_once_in_ten_minutes(cast: Cast) -> None:
    other = make_case(cast.school)
    visit = make_visit(cast.case, other)
    for _ in range(2):
        page(cast.clerk, visit)
    lines = AuditLine.objects.filter(verb="visit.viewed", by=cast.clerk.pk)
    assert {line.subject for line in lines} == {cast.case.student_id, other.student_id}
    assert lines.count() == 2


def test_an_absent_child_has_its_reason(cast: Cast) -> None:
    here = make_case(cast.school)
    visit = make_visit(here, cast.case, teaching=SAID)
    visit.records.filter(case=cast.case).update(present=False, absent_reason="other", reason_text="发烧", lessons=0)
    _, html = page(cast.admin, visit)
    assert "未送成" in html
    assert "其他" in html
    assert "发烧" in html


def test_a_missed_visit_says_why(cast: Cast) -> None:
    visit = make_visit(cast.case, state="missed", missed_reason="hospital", present=False, lessons=0)
    assert "住院" in page(cast.teacher, visit)[1]
    assert "住院" not in page(cast.leader, visit)[1]


def test_html_in_texts_is_text(cast: Cast) -> None:
    bad = "<img src=x onerror=alert(1)>"
    visit = make_visit(cast.case, people=(cast.teacher, bad), teaching=bad, rehabilitation=bad, family=bad, reason_text=bad)
    _, html = page(cast.teacher, visit)
    assert "<img" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") == 5


def test_somebody_with_two_posts_sees_names_where_they_work(cast: Cast) -> None:
    both = make_user(Role.COUNTY_LEADER, cast.school.county)
    give_post(both, Role.TEACHER, cast.school)
    mine, other = make_visit(cast.case, people=(both,)), make_visit(cast.neighbours_case)
    assert "覃小远" in page(both, mine)[1]
    assert "石××" in page(both, other)[1]


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_are_only_read(cast: Cast, method: str) -> None:
    visit = make_visit(cast.case, people=(cast.teacher,))
    getattr(signed_in(cast.teacher), method)(reverse("visit", args=[visit.pk]))
    assert Visit.objects.get() == visit
