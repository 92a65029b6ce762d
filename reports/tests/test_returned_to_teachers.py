"""A line that the bureau sent back reaches those who teach the child: told once, with the reason on their home page."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from accounts.models import Notice, User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at
from reports.actions.filing import refresh_draft, return_submission, submit
from reports.figures.returned import returned_to
from reports.models import LineReturn, Submission
from reports.tests.make import NOW, Cast, make_cast, signed_in
from visits.actions import write_visit
from visits.models import VisitRecord
from visits.querysets.writing import content_of
from visits.rules.writing import VisitContent

pytestmark = pytest.mark.django_db
OCTOBER, REASON = date(2026, 10, 1), "第二次没有写教学内容，请补。"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def file(cast: Cast, when: str) -> Submission:
    admin = User.objects.filter(posts__role=Role.SCHOOL_ADMIN).first() or make_user(Role.SCHOOL_ADMIN, cast.school)
    draft = refresh_draft(school=cast.school, month=OCTOBER, at=at(when))
    return submit(school=cast.school, month=OCTOBER, version=draft.version, by=admin, at=at(when))


def send_back(cast: Cast, *, reason: str = "") -> Submission:
    filed, clerk = file(cast, "2026-10-27 09:00"), make_user(Role.COUNTY_STAFF, cast.school.county)
    lines = {} if reason else {cast.mine.student_id: REASON}
    return return_submission(submission=filed, version=filed.version, lines=lines, reason=reason, by=clerk, at=at("2026-10-27 15:00"))


def told(user: User) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(user=user).values_list("kind", "path"))


def test_who_teaches_the_child_or_went_is_told_and_nobody_else(cast: Cast) -> None:
    stranger = make_user(Role.TEACHER, cast.school)
    colleague = User.objects.get(name="农子春")  # went along, teaches another child
    send_back(cast)
    assert (told(cast.teacher), told(colleague), told(stranger)) == ([("returned", "/")], [("returned", "/")], [])
    assert "覃小远" not in Notice.objects.get(user=cast.teacher).text


def test_a_month_sent_back_whole_is_the_heads_business(cast: Cast) -> None:
    send_back(cast, reason="整份请核对。")
    assert told(cast.teacher) == []
    assert returned_to(cast.teacher) == []


def test_the_reason_stands_on_the_teachers_home_until_the_month_is_filed_again(cast: Cast) -> None:
    send_back(cast)
    with time_machine.travel(NOW, tick=False):
        page = signed_in(cast.teacher).get("/").content.decode()
    assert (REASON in page, "打开 覃小远 的送教记录" in page, "已改过" in page) == (True, True, False)

    visit = VisitRecord.objects.get(student=cast.mine.student).visit
    plain = content_of(visit, cast.teacher)
    plain["records"][0]["teaching"] = "认读水果图卡，五次对四次。"
    content = VisitContent.read(plain)
    write_visit(visit_id=visit.pk, content=content, base_version=visit.version, by=cast.teacher, at=at("2026-10-27 18:00"))
    assert [line.is_mended for line in returned_to(cast.teacher)] == [True]

    file(cast, "2026-10-28 08:00")
    assert returned_to(cast.teacher) == []
    assert LineReturn.objects.exists()


def test_other_teachers_and_schools_do_not_see_the_line(cast: Cast) -> None:
    send_back(cast)
    stranger, neighbour = make_user(Role.TEACHER, cast.school), make_user(Role.SCHOOL_ADMIN, cast.neighbour)
    assert [len(returned_to(user)) for user in (cast.teacher, stranger, neighbour)] == [1, 0, 0]
    assert LineReturn.objects.visible_to(make_user(Role.SCHOOL_ADMIN, cast.school)).count() == 1


def test_the_school_reads_that_nothing_was_changed_yet_and_opens_the_childs_visits(cast: Cast) -> None:
    send_back(cast)
    admin = User.objects.get(posts__role=Role.SCHOOL_ADMIN)
    with time_machine.travel(NOW, tick=False):
        page = signed_in(admin).get("/reports/2026-10/filing/", follow=True).content.decode()
    assert ("还没有变化" in page, "打开 覃小远 的送教记录" in page) == (True, True)
    VisitRecord.objects.filter(student=cast.mine.student).update(lessons=2)
    with time_machine.travel(NOW, tick=False):
        assert "还没有变化" not in signed_in(admin).get("/reports/2026-10/filing/", follow=True).content.decode()
