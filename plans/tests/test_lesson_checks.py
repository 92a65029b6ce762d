"""A lesson plan before the school: checked by another, one or many, or sent back with words; reflected on; who may, when not, twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import Notice, User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from office.refusals import Refused
from office.rules.typed import BadContent
from plans.actions.checking import check_lesson_plan, return_lesson_plan
from plans.actions.lessons import (
    LessonMovedOn,
    discard_lesson_plan,
    reflect_on_lesson_plan,
    submit_lesson_plan,
    withdraw_lesson_plan,
    write_lesson_plan,
)
from plans.models import LessonPlan
from plans.tests.make import make_lesson_plan, make_standing_plan
from students.models import Case
from students.tests.make import make_case, make_student

pytestmark = pytest.mark.django_db
NOW = at("2026-10-20 10:00")


class Cast:
    def __init__(self) -> None:
        county = make_county()
        self.school, elsewhere = make_school(county, name="石门小学"), make_school(county)
        self.teacher, self.stranger = make_user(Role.TEACHER, self.school), make_user(Role.TEACHER, self.school)
        self.admin, self.principal = make_user(Role.SCHOOL_ADMIN, self.school), make_user(Role.PRINCIPAL, self.school)
        self.itinerant, self.staff = make_user(Role.ITINERANT, self.school), make_user(Role.COUNTY_STAFF, county)
        self.neighbour = make_user(Role.SCHOOL_ADMIN, elsewhere)
        self.case: Case = make_case(self.school, student=make_student(self.school, name="覃小远"), teachers=(self.teacher,))
        self.plan = make_standing_plan(self.case, self.teacher, self.admin)

    def ready(self, on: str = "2026-10-20", by: User | None = None) -> LessonPlan:
        made = make_lesson_plan(self.plan, by or self.teacher, on=date.fromisoformat(on))
        return submit_lesson_plan(lesson=made, edition=1, by=by or self.teacher, at=NOW)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return Cast()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def check(lesson: LessonPlan, by: User, **fields: Any) -> LessonPlan:
    told: dict[str, Any] = {"lesson": lesson, "edition": lesson.edition, "by": by, "at": NOW}
    return check_lesson_plan(**told | fields)


# --- Checked ---------------------------------------------------------------------------------------------------


def test_what_is_checked_stays_as_it_is(cast: Cast) -> None:
    sent = cast.ready()
    done = check(sent, cast.admin, note="步骤很细")

    assert (done.state, done.checked_by, done.check_note, done.told) == ("checked", cast.admin, "步骤很细", sent.told)
    usual: dict[str, Any] = {"lesson": done, "edition": done.edition, "by": cast.teacher, "at": NOW}
    for refused in (
        lambda: write_lesson_plan(content=done.plain | {"title": "改"}, **usual),
        lambda: submit_lesson_plan(**usual),
        lambda: withdraw_lesson_plan(**usual),
        lambda: discard_lesson_plan(**usual),
        lambda: return_lesson_plan(note="再改", **usual | {"by": cast.principal}),
        lambda: check(done, cast.principal),
    ):
        with pytest.raises(Refused, match="已检查"):
            refused()
    assert LessonPlan.objects.get().told == sent.told


def test_nobody_checks_what_they_wrote_handed_in_or_reflected_on(cast: Cast) -> None:
    own = cast.ready(by=cast.admin)
    with pytest.raises(Refused, match="没有写过它"):
        check(own, cast.admin)
    other = make_lesson_plan(cast.plan, cast.teacher)
    touched = write_lesson_plan(lesson=other, edition=1, content=other.plain | {"title": "改"}, by=cast.admin, at=NOW)
    sent = submit_lesson_plan(lesson=touched, edition=2, by=cast.teacher, at=NOW)
    with pytest.raises(Refused, match="没有写过它"):
        check(sent, cast.admin)
    for user in (cast.teacher, cast.stranger, cast.neighbour, cast.staff, cast.itinerant):
        with pytest.raises(Refused):
            check(sent, user)
    third = cast.ready("2026-10-19")
    third = reflect_on_lesson_plan(lesson=third, edition=third.edition, lines={"worked": "好"}, by=cast.admin, at=NOW)
    with pytest.raises(Refused, match="没有写过它"):
        check(third, cast.admin)
    assert [check(each, cast.principal).state for each in (own, sent, third)] == ["checked"] * 3


def test_where_nobody_at_the_school_may_the_county_checks_with_a_reason(cast: Cast) -> None:
    cast.principal.posts.all().delete()
    own = cast.ready(by=cast.admin)
    with pytest.raises(Refused, match="写明理由"):
        check(own, cast.staff)

    assert check(own, cast.staff, note="学校只有一人").checked_by == cast.staff


def test_what_was_changed_since_it_was_seen_is_not_checked(cast: Cast) -> None:
    sent = cast.ready()
    with pytest.raises(LessonMovedOn):
        check(sent, cast.admin, edition=1)
    with pytest.raises(Refused, match="草稿"):
        check(make_lesson_plan(cast.plan, cast.admin), cast.principal, edition=1)
    with pytest.raises(Refused, match="最多 500"):
        check(sent, cast.admin, note="长" * 501)
    assert LessonPlan.objects.filter(state="checked").count() == 0


def test_what_is_returned_says_why_and_its_team_is_told(cast: Cast) -> None:
    sent = cast.ready()
    with pytest.raises(Refused, match="写明为什么"):
        return_lesson_plan(lesson=sent, edition=sent.edition, note=" ", by=cast.admin, at=NOW)
    back = return_lesson_plan(lesson=sent, edition=sent.edition, note="步骤再分细", by=cast.admin, at=NOW)

    assert (back.state, back.check_note) == ("returned", "步骤再分细")
    assert [(notice.user, notice.path) for notice in Notice.objects.all()] == [(cast.teacher, f"/plans/lessons/{back.pk}/edit/")]
    assert "步骤再分细" in text_of(signed_in(cast.teacher).get("/plans/lessons/"))
    assert "步骤再分细" in text_of(signed_in(cast.teacher).get(f"/plans/lessons/{back.pk}/edit/"))
    again = submit_lesson_plan(lesson=back, edition=back.edition, by=cast.teacher, at=NOW)
    assert (again.check_note, check(again, cast.admin).state) == ("", "checked")


# --- On its pages ------------------------------------------------------------------------------------------------


def test_a_head_checks_or_returns_on_the_page_and_nobody_else(cast: Cast) -> None:
    sent = cast.ready()
    address, posted = f"/plans/lessons/{sent.pk}/check/", {"edition": sent.edition}
    statuses = {
        name: signed_in(getattr(cast, name)).post(address, posted).status_code
        for name in ("teacher", "itinerant", "stranger", "neighbour", "staff")
    }
    assert statuses == {"teacher": 403, "itinerant": 403, "stranger": 404, "neighbour": 404, "staff": 404}
    assert "检查过了" not in text_of(signed_in(cast.teacher).get(f"/plans/lessons/{sent.pk}/"))

    client = signed_in(cast.admin)
    assert "检查过了" in text_of(client.get(f"/plans/lessons/{sent.pk}/"))
    refused = client.post(address, posted | {"return": "1"})
    assert (refused.status_code, "请写明为什么退回" in text_of(refused)) == (422, True)
    old = client.post(address, {"edition": 1, "note": "写了很久的意见"})
    assert (old.status_code, "在别处改过" in text_of(old), "写了很久的意见" in text_of(old)) == (422, True, True)
    assert client.post(address, posted).status_code == 302
    assert client.post(address, posted).status_code == 403  # it waits for nobody any more
    assert AuditLine.objects.filter(verb="lesson.checked").count() == 1


def test_many_are_checked_at_once_each_as_it_was_seen(cast: Cast) -> None:
    three = [cast.ready(f"2026-10-{day}") for day in (12, 13, 14)]
    own, foreign = cast.ready(by=cast.admin), self_of(cast.neighbour)
    client = signed_in(cast.admin)
    page = text_of(client.get("/plans/lessons/"))
    assert [f'value="{each.pk}:{each.edition}"' in page for each in (*three, own, foreign)] == [True] * 3 + [False] * 2

    ticked = [f"{each.pk}:{each.edition}" for each in (three[0], own, foreign)] + [f"{three[1].pk}:1", "x", f"{three[2].pk}:"]
    answer = client.post("/plans/lessons/check/", {"lesson": ticked}, follow=True)
    assert ("已检查 1 份" in text_of(answer), "3 份没有检查" in text_of(answer)) == (True, True)
    assert set(LessonPlan.objects.filter(state="checked")) == {three[0]}
    assert "请先勾选" in text_of(client.post("/plans/lessons/check/", follow=True))
    for user in (cast.teacher, cast.neighbour, cast.staff):
        signed_in(user).post("/plans/lessons/check/", {"lesson": [f"{three[1].pk}:{three[1].edition}"]})
    assert LessonPlan.objects.filter(state="checked").count() == 1


def self_of(head: User) -> LessonPlan:
    """One that waits in another school."""
    school = head.posts.get().school
    teacher = make_user(Role.TEACHER, school)
    case = make_case(school, teachers=(teacher,))
    made = make_lesson_plan(make_standing_plan(case, teacher, head), teacher)
    return submit_lesson_plan(lesson=made, edition=1, by=teacher, at=NOW)


def test_county_staff_open_what_waits_for_them_and_nothing_else(cast: Cast) -> None:
    sent, client = cast.ready(by=cast.admin), signed_in(cast.staff)
    assert client.get(f"/plans/lessons/{sent.pk}/").status_code == 404
    cast.principal.posts.all().delete()

    assert "覃小远" in text_of(client.get("/plans/lessons/"))
    assert client.get(f"/plans/lessons/{sent.pk}/").status_code == 200
    address, posted = f"/plans/lessons/{sent.pk}/check/", {"edition": sent.edition}
    assert client.post(address, posted).status_code == 422
    assert client.post(address, posted | {"note": "学校只有一人"}).status_code == 302
    assert client.get(f"/plans/lessons/{sent.pk}/").status_code == 404


def test_many_that_wait_cost_as_many_queries_as_few(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(1, 29):
        cast.ready(f"2026-09-{number:02}")
    client = signed_in(cast.admin)
    client.get("/plans/lessons/")
    with django_assert_max_num_queries(12):
        assert text_of(client.get("/plans/lessons/")).count("lesson-tick") == 28


# --- Reflected on ------------------------------------------------------------------------------------------------


def test_three_lines_are_written_from_the_first_day_on_also_after_the_check(cast: Cast) -> None:
    tomorrow = make_lesson_plan(cast.plan, cast.teacher)
    lines = {"worked": "会看了", "failed": "坐不住", "next": "先玩再练"}
    told: dict[str, Any] = {"lines": lines, "by": cast.teacher, "at": NOW}
    with pytest.raises(Refused, match="上过课"):
        reflect_on_lesson_plan(lesson=tomorrow, edition=1, **told)
    done = check(cast.ready(), cast.admin)
    held = reflect_on_lesson_plan(lesson=done, edition=done.edition, **told)

    assert (held.reflection, held.state, held.told) == (lines, "checked", done.told)
    assert reflect_on_lesson_plan(lesson=done, edition=1, **told).edition == held.edition  # the same again
    with pytest.raises(LessonMovedOn):
        reflect_on_lesson_plan(lesson=done, edition=done.edition, **told | {"lines": lines | {"next": "别的"}})
    with pytest.raises(BadContent):
        reflect_on_lesson_plan(lesson=held, edition=held.edition, **told | {"lines": {}})
    assert AuditLine.objects.filter(verb="lesson.reflected").count() == 1


def test_what_was_reflected_on_is_not_thrown_away(cast: Cast) -> None:
    made = make_lesson_plan(cast.plan, cast.teacher, on=date(2026, 10, 1))
    held = reflect_on_lesson_plan(lesson=made, edition=1, lines={"worked": "好"}, by=cast.teacher, at=NOW)
    with pytest.raises(Refused, match="写过反思"):
        discard_lesson_plan(lesson=held, edition=held.edition, by=cast.teacher, at=NOW)
    assert LessonPlan.objects.exists()


def test_a_reflection_is_written_on_the_page_and_the_head_sees_it(cast: Cast) -> None:
    sent, client = cast.ready(), signed_in(cast.teacher)
    page, address = f"/plans/lessons/{sent.pk}/", f"/plans/lessons/{sent.pk}/reflect/"
    assert "写教学反思" in text_of(client.get(page))
    empty = client.post(address, {"edition": sent.edition})
    assert (empty.status_code, "至少写一行" in text_of(empty)) == (422, True)
    assert client.post(address, {"edition": sent.edition, "worked": "会看红杯子"}).status_code == 302

    assert "会看红杯子" in text_of(signed_in(cast.admin).get(page))
    assert "已写反思" in text_of(signed_in(cast.admin).get("/plans/lessons/"))
    assert "还没有写反思的" not in text_of(client.get("/plans/lessons/"))
    other = client.post(address, {"edition": sent.edition, "worked": "我写的另一行"})
    assert (other.status_code, "会看红杯子" in text_of(other), "我写的另一行" in text_of(other)) == (422, True, True)
    statuses = [signed_in(user).post(address, {"worked": "x"}).status_code for user in (cast.principal, cast.stranger, cast.neighbour)]
    assert statuses == [403, 404, 404]


def test_before_the_first_day_no_reflection_is_offered(cast: Cast) -> None:
    made = make_lesson_plan(cast.plan, cast.teacher)

    assert "写教学反思" not in text_of(signed_in(cast.teacher).get(f"/plans/lessons/{made.pk}/"))
    assert "写教学反思" not in text_of(signed_in(cast.principal).get(f"/plans/lessons/{cast.ready().pk}/"))
