"""送教与进步: a child's school year at a glance."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from office.models import AuditLine
from visits.tests.conftest import Cast, signed_in
from visits.tests.make import make_visit


def tab(user: User, cast: Cast, **asked: Any) -> Any:
    response = signed_in(user).get(reverse("student_visits", args=[cast.case.student_id]), asked)
    assert response.status_code == 200
    return response


def test_the_year_as_dots(cast: Cast) -> None:
    make_visit(cast.case, start="2026-09-03 08:00", people=(cast.teacher,))
    make_visit(cast.case, start="2026-10-14 14:00", lessons=8)
    make_visit(cast.case, start="2026-10-20 14:00", state="missed", missed_reason="away", present=False, lessons=0)
    make_visit(cast.case, start="2026-11-04 14:00", state="planned", lessons=0)
    response = tab(cast.teacher, cast)
    year = response.context["year"]
    marks = {each.month.month: (each.done, each.missed, each.planned, each.unplanned) for each in year.months}
    assert list(marks) == [9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8]
    assert (marks[9], marks[10], marks[11], marks[12]) == ((1, 0, 0, 1), (1, 1, 0, 1), (0, 0, 1, 1), (0, 0, 0, 2))
    assert (marks[1], marks[2], marks[7], marks[8]) == ((0, 0, 0, 1), (0, 0, 0, 1), (0, 0, 0, 1), (0, 0, 0, 0))
    assert (year.lessons, year.owed, year.gap) == (9, 60, 3)
    html = response.content.decode()
    for words in ("覃小远", "已送 9 课时，应送 60", "需在其他月补", "10月14日 周三", "外出", "送教与进步", "2026—2027 学年"):
        assert words in html, words


def test_another_year_is_asked_for_and_nonsense_is_the_present_one(cast: Cast) -> None:
    cast.case.starts_on = date(2025, 9, 1)
    cast.case.save()
    make_visit(cast.case, start="2026-03-04 08:00")
    assert len(tab(cast.admin, cast, year="2025").context["lines"]) == 1
    for nonsense in ("", "x", "1999", "99999999999999"):
        response = tab(cast.admin, cast, year=nonsense)
        assert response.context["lines"] == []
        assert response.context["year"].months[0].month == date(2026, 9, 1)


def test_a_leader_sees_dots_and_a_masked_name(cast: Cast) -> None:
    make_visit(cast.case, people=(cast.teacher,))
    html = tab(cast.leader, cast).content.decode()
    assert "覃××" in html
    assert "覃小远" not in html
    assert "覃小远" in tab(cast.clerk, cast).content.decode()


def test_who_does_not_see_the_child_has_no_such_page(cast: Cast) -> None:
    make_visit(cast.case, people=(cast.colleague, cast.neighbours_teacher))
    for user in (cast.colleague, cast.neighbours_admin, cast.neighbours_teacher):
        assert signed_in(user).get(reverse("student_visits", args=[cast.case.student_id])).status_code == 404
    assert tab(cast.teacher, cast)


def test_it_is_written_down_and_costs_the_same_for_many(cast: Cast) -> None:
    client, counts = signed_in(cast.clerk), set()
    address = reverse("student_visits", args=[cast.case.student_id])
    client.get(address)
    for first, last in ((1, 5), (5, 28)):
        for day in range(first, last):
            make_visit(cast.case, start=f"2026-10-{day:02} 14:00", people=(cast.teacher,))
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(address).context["lines"]) == last - 1
        counts.add(len(queries))
    assert len(counts) == 1
    assert max(counts) <= 12
    assert AuditLine.objects.get(verb="visits.viewed").subject == cast.case.student_id
