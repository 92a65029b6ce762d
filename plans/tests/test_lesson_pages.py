"""The pages of lesson plans: begun and written without scripts, kept by one, listed; and who finds them."""

from __future__ import annotations

import html
from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from plans.models import LessonPlan
from plans.tests.make import form_fields, make_content, make_goal, make_lesson_plan, make_objective, make_standing_plan
from students.models import Case, CaseTeacher
from students.tests.make import make_case, make_student

pytestmark = pytest.mark.django_db
NOW = at("2026-10-20 10:00")


class Cast:
    def __init__(self) -> None:
        county = make_county()
        self.school, elsewhere = make_school(county, name="石门小学"), make_school(county)
        self.teacher, self.stranger = make_user(Role.TEACHER, self.school, name="韦志玲"), make_user(Role.TEACHER, self.school)
        self.admin, self.principal = make_user(Role.SCHOOL_ADMIN, self.school), make_user(Role.PRINCIPAL, self.school)
        self.itinerant, self.inspector = make_user(Role.ITINERANT, self.school), make_user(Role.INSPECTOR, self.school)
        self.staff, self.leader = make_user(Role.COUNTY_STAFF, county), make_user(Role.COUNTY_LEADER, county)
        self.neighbour = make_user(Role.SCHOOL_ADMIN, elsewhere)
        self.case: Case = make_case(self.school, student=make_student(self.school, name="覃小远"), teachers=(self.teacher,))
        self.rows = [make_objective(text) for text in ("看杯子", "指杯子", "说杯子")]
        self.plan = make_standing_plan(self.case, self.teacher, self.admin, make_content(make_goal(*self.rows)))
        self.tab, self.add = f"/students/{self.case.student_id}/lessons/", f"/plans/lessons/add/?case={self.case.pk}"

    def lesson(self, **fields: Any) -> LessonPlan:
        return make_lesson_plan(self.plan, self.teacher, **fields)


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


def fields_of(page: str) -> dict[str, Any]:
    return form_fields(page[page.index('class="planning"') : page.index("提交检查</button>")])


# --- Written ---------------------------------------------------------------------------------------------------


def test_a_lesson_plan_is_drafted_and_handed_in_without_scripts(cast: Cast) -> None:
    client = signed_in(cast.teacher)
    assert "看杯子" in text_of(client.get(f"{cast.add}&on=2026-10-28"))
    sent = {"on": "2026-10-28", "lessons": "3", "keys": [cast.rows[0]["key"], cast.rows[2]["key"]]}
    edit = client.post(cast.add, sent)["Location"]
    page = text_of(client.get(edit))
    assert ("不俯卧" in page, "说杯子" in page, "齐了" in page) == (True, True, True)
    done = client.post(edit, fields_of(page) | {"do": "submit"}, follow=True)

    made = LessonPlan.objects.get()
    assert (made.state, made.on, [each.text for each in made.told.objectives]) == ("ready", date(2026, 10, 28), ["看杯子", "说杯子"])
    assert "已交，等学校检查" in text_of(done)
    assert client.get(edit)["Location"] == f"/plans/lessons/{made.pk}/"


def test_the_next_one_is_offered_from_the_last_with_what_was_said_of_it(cast: Cast) -> None:
    cast.lesson(on=date(2026, 10, 13), reflection={"worked": "会看了", "failed": "", "next": "换红杯子"}, reflected_at=NOW)
    client = signed_in(cast.teacher)
    assert "接着上一份教案写" in text_of(client.get(cast.add))
    made = client.post(cast.add, {"on": "2026-10-28", "lessons": "2", "is_copied": "1"}, follow=True)

    page = text_of(made)
    assert ("换红杯子" in page, "会指出杯子" in page) == (True, True)
    assert client.post(cast.add, {"on": "2026-10-30", "lessons": "2"}).status_code == 200  # nothing was picked
    assert LessonPlan.objects.count() == 2


def test_what_is_on_the_page_comes_back_as_it_was(cast: Cast) -> None:
    made, client = cast.lesson(), signed_in(cast.teacher)
    before = made.told
    sent = fields_of(text_of(client.get(f"/plans/lessons/{made.pk}/edit/")))
    unescaped = {name: [html.unescape(value) for value in values] for name, values in sent.items()}
    assert client.post(f"/plans/lessons/{made.pk}/edit/", unescaped).status_code == 302

    after = LessonPlan.objects.get()
    assert (after.told, after.edition) == (before, 1)


def test_objectives_are_added_moved_and_taken_away_by_buttons(cast: Cast) -> None:
    made, client = make_lesson_plan(cast.plan, cast.teacher), signed_in(cast.teacher)
    edit = f"/plans/lessons/{made.pk}/edit/"
    one, two, three = (each["key"] for each in cast.rows)

    def press(what: str) -> list[str]:
        client.post(edit, fields_of(text_of(client.get(edit))) | {"do": what})
        return [str(key) for key in LessonPlan.objects.get().told.picked]

    assert press(f"remove:{two}") == [one, three]
    assert press(f"add:{two}") == [one, three, two]
    assert press(f"up:{two}") == [one, two, three]
    assert press("add:nothing") == [one, two, three]


def test_what_is_refused_stays_on_the_page_beside_what_another_wrote(cast: Cast) -> None:
    made, client = cast.lesson(), signed_in(cast.teacher)
    edit = f"/plans/lessons/{made.pk}/edit/"
    sent = fields_of(text_of(client.get(edit)))
    signed_in(cast.admin).post(edit, sent | {"family": ["对方写的"]})
    answer = client.post(edit, sent | {"family": ["我写的"]})

    page = text_of(answer)
    assert (answer.status_code, "<del>对方写的</del>" in page, "<ins>我写的</ins>" in page) == (422, True, True)
    assert client.post(edit, fields_of(page)).status_code == 302  # seen, and meant
    assert LessonPlan.objects.get().told.family == "我写的"


@pytest.mark.parametrize(
    ("name", "value", "words"), [("title", "长" * 101, "最多 100 个字"), ("on", "", "请填日期"), ("lessons", "三", "数字")]
)
def test_what_cannot_be_right_is_refused_and_kept_on_the_page(cast: Cast, name: str, value: str, words: str) -> None:
    made, client = cast.lesson(), signed_in(cast.teacher)
    edit = f"/plans/lessons/{made.pk}/edit/"
    answer = client.post(edit, fields_of(text_of(client.get(edit))) | {name: [value], "family": ["写了很久"]})

    page = text_of(answer)
    assert (answer.status_code, words in page, "写了很久" in page, "看杯子" in page) == (422, True, True, True)
    assert LessonPlan.objects.get().edition == 1


def test_what_is_missing_is_named_with_the_way_to_it(cast: Cast) -> None:
    made, client = cast.lesson(), signed_in(cast.teacher)
    edit = f"/plans/lessons/{made.pk}/edit/"
    answer = client.post(edit, fields_of(text_of(client.get(edit))) | {"family": [""], "do": "submit"})

    assert (answer.status_code, '<a href="#family">家长做什么还没有写。</a>' in text_of(answer)) == (422, True)


def test_a_script_keeps_every_change_and_learns_of_another_writer(cast: Cast) -> None:
    made, client = cast.lesson(), signed_in(cast.teacher)
    address = f"/plans/lessons/{made.pk}/content/"
    fields = fields_of(text_of(client.get(f"/plans/lessons/{made.pk}/edit/"))) | {"family": ["一"]}

    def put(edition: Any, given: Any) -> Any:
        return client.put(address, {"edition": edition, "fields": given}, "application/json")

    first, same = put(1, fields), put(1, fields)
    second = put(1, fields | {"family": ["二"]})
    assert (first.status_code, first.json(), same.json()["edition"]) == (200, {"edition": 2, "gaps": 0}, 2)
    assert (second.status_code, "在别处改过" in second.json()["words"]) == (409, True)
    for name, value in (("title", "长" * 101), ("objectives-0-key", "x"), ("on", "昨天"), ("flow-practice-minutes", "多")):
        assert put(2, fields | {name: [value]}).status_code == 422, name
    odd: list[Any] = [None, [], {"on": "x"}, {"on": [{}]}]
    assert [put(2, each).status_code for each in odd] == [422] * 4
    assert signed_in(cast.stranger).put(address, {}, "application/json").status_code == 404


# --- Listed ------------------------------------------------------------------------------------------------------


def test_a_teacher_finds_who_has_none_what_to_write_and_what_lacks_a_reflection(cast: Cast) -> None:
    client = signed_in(cast.teacher)
    assert "接下来还没有教案的学生" in text_of(client.get("/plans/lessons/"))
    made = cast.lesson(on=date(2026, 10, 20))
    page = text_of(client.get("/plans/lessons/"))

    assert ("接下来还没有教案的学生" in page, "还没有写反思的" in page) == (False, True)
    assert page.count(f"/plans/lessons/{made.pk}/") == 2  # to write, and to reflect on
    assert "覃小远" not in text_of(signed_in(cast.stranger).get("/plans/lessons/"))
    assert "覃小远" not in text_of(signed_in(cast.neighbour).get("/plans/lessons/"))


def test_a_plan_must_be_in_force_before_a_lesson_plan_is_begun(cast: Cast) -> None:
    cast.plan.state = "closed"
    cast.plan.save()

    assert "先制定个别化教育" in text_of(signed_in(cast.teacher).get(cast.add))
    assert signed_in(cast.teacher).post(cast.add, {"on": "2026-10-28"}).status_code == 200
    assert not LessonPlan.objects.exists()


# --- Who finds it ------------------------------------------------------------------------------------------------


def test_the_case_team_writes_the_schools_readers_read_and_nobody_else_finds_it(cast: Cast) -> None:
    made = cast.lesson()
    page, edit = f"/plans/lessons/{made.pk}/", f"/plans/lessons/{made.pk}/edit/"
    told = {
        name: [signed_in(getattr(cast, name)).get(address).status_code for address in (page, edit, cast.add)]
        for name in ("teacher", "admin", "principal", "itinerant", "stranger", "neighbour", "staff", "leader", "inspector")
    }

    assert (told["teacher"], told["admin"]) == ([200, 200, 200], [200, 200, 200])
    assert told["principal"] == told["itinerant"] == [200, 403, 404]
    for stranger in ("stranger", "neighbour", "staff", "leader", "inspector"):
        assert told[stranger] == [404, 404, 404], stranger
    for step in ("withdraw", "discard"):
        statuses = [signed_in(user).post(f"{page}{step}/", {"edition": 1}).status_code for user in (cast.neighbour, cast.principal)]
        assert statuses == [404, 403], step
    CaseTeacher.objects.update(ends_on=date(2026, 10, 1))
    assert signed_in(cast.teacher).get(page).status_code == 404


def test_county_staff_read_them_on_the_childs_page_once_they_say_why(cast: Cast) -> None:
    cast.lesson()
    client = signed_in(cast.staff)
    before, after = text_of(client.get(cast.tab)), text_of(client.post(cast.tab, {"reason": "年度抽查"}))

    assert ("认识杯子" in before, "认识杯子" in after, "吃饭前指一指碗" in after) == (False, True, True)
    assert AuditLine.objects.get(verb="lesson.revealed").detail == {"reason": "年度抽查"}
    inspector = text_of(signed_in(cast.inspector).get(cast.tab))
    assert ("2026年10月21日" in inspector, "认识杯子" in inspector) == (True, False)
    assert "认识杯子" not in text_of(signed_in(cast.inspector).post(cast.tab, {"reason": "看看"}))
    assert [signed_in(user).get(cast.tab).status_code for user in (cast.stranger, cast.neighbour, cast.leader)] == [404, 404, 403]


@pytest.mark.parametrize("count", [3, 40])
def test_many_cost_as_many_queries_as_few(cast: Cast, count: int, django_assert_max_num_queries: Any) -> None:
    for number in range(count):
        case = make_case(cast.school, student=make_student(cast.school, name=f"学生{number}"), teachers=(cast.teacher,))
        plan = make_standing_plan(case, cast.teacher, cast.admin)
        if number % 3:
            make_lesson_plan(plan, cast.teacher, on=date(2026, 10, 1), state=("draft", "ready")[number % 2])
        make_lesson_plan(cast.plan, (cast.teacher, cast.admin)[number // 28], on=date(2026, 9, 1 + number % 28))
    client = signed_in(cast.teacher)
    for page in ("/plans/lessons/", cast.tab):
        client.get(page)
        with django_assert_max_num_queries(12):
            assert client.get(page).status_code == 200
