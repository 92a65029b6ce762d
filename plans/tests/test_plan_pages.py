"""The pages of plans: written without scripts, kept by one, read, decided, compared; and who finds them."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from plans.actions.deciding import approve_plan
from plans.actions.planning import submit_plan
from plans.models import BankObjective, Plan
from plans.tests.make import form_fields, make_content, make_plan
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
        self.staff, self.leader = make_user(Role.COUNTY_STAFF, county), make_user(Role.COUNTY_LEADER, county)
        self.inspector, self.neighbour = make_user(Role.INSPECTOR, self.school), make_user(Role.SCHOOL_ADMIN, elsewhere)
        self.case: Case = make_case(self.school, student=make_student(self.school, name="覃小远"), teachers=(self.teacher,))
        self.tab = f"/students/{self.case.student_id}/plans/"

    def draft(self, **content: Any) -> Plan:
        return make_plan(self.case, self.teacher, make_content(**content), writers=[str(self.teacher.pk)])

    def submitted(self) -> Plan:
        return submit_plan(plan=self.draft(), edition=1, by=self.teacher, at=NOW)

    def approved(self) -> Plan:
        made = self.submitted()
        return approve_plan(plan=made, edition=made.edition, by=self.admin, at=NOW)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return Cast()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fields_of(page: str) -> dict[str, Any]:
    """What a browser without scripts would send of the form on which a plan is written."""
    return form_fields(page[page.index('class="planning"') : page.index("提交审批</button>")])


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


# --- Written ---------------------------------------------------------------------------------------------------


def test_a_plan_is_written_without_scripts_from_start_to_approval(cast: Cast) -> None:
    client = signed_in(cast.teacher)
    begun = client.post(f"/plans/add/?case={cast.case.pk}", {"term": "2026-1"})
    edit = begun["Location"]
    bank = client.post(edit, fields_of(text_of(client.get(edit))) | {"do": "bank"})["Location"]
    assert "看到杯子时" in text_of(client.get(f"{bank}&q=杯子 指"))
    client.post(edit.replace("/edit/", "/take/"), {"code": ["co01", "co02", "co03"]})

    sent = fields_of(text_of(client.get(edit)))
    for name in sent:
        if name.endswith("-start_level"):
            sent[name] = ["1"]
        elif re.match(r"health-|levels-0-text|family-|service-|home_practice|people-0-", name):
            sent[name] = ["无"]
    done = client.post(edit, sent | {"do": "submit"}, follow=True)
    made = Plan.objects.get()
    assert (made.state, [len(goal["objectives"]) for goal in made.content["goals"]]) == ("submitted", [3]), text_of(done)

    page = f"/plans/{made.pk}/"
    answer = signed_in(cast.admin).post(f"{page}decide/", {"edition": made.edition, "approve": "1"}, follow=True)
    assert "已批准" in text_of(answer)
    assert "正在执行的计划" in text_of(client.get(cast.tab))


def test_what_is_on_the_page_comes_back_as_it_was(cast: Cast) -> None:
    made = cast.draft(home_practice="第一行\n第二行 <b>&amp;</b>")
    client = signed_in(cast.teacher)
    shown = fields_of(text_of(client.get(f"/plans/{made.pk}/edit/")))
    sent = {name: [html.unescape(value) for value in values] for name, values in shown.items()}
    assert client.post(f"/plans/{made.pk}/edit/", sent).status_code == 302

    after = Plan.objects.get()
    for name in made.content:
        assert after.content[name] == made.content[name], name
    assert after.edition == 1


def test_goals_are_added_moved_and_taken_away_by_buttons(cast: Cast) -> None:
    made, client = cast.draft(), signed_in(cast.teacher)
    edit = f"/plans/{made.pk}/edit/"

    def press(what: str) -> list[dict[str, Any]]:
        client.post(edit, fields_of(text_of(client.get(edit))) | {"do": what})
        goals: list[dict[str, Any]] = Plan.objects.get().content["goals"]
        return goals

    first = made.content["goals"][0]["key"]
    second = press("goal")[1]["key"]
    assert [goal["key"] for goal in press(f"up:{second}")] == [second, first]
    assert len(press(f"objective:{second}")[0]["objectives"]) == 1
    assert [goal["key"] for goal in press(f"remove:{first}")] == [second]


def test_what_is_refused_stays_on_the_page_beside_what_another_wrote(cast: Cast) -> None:
    made, client = cast.draft(), signed_in(cast.teacher)
    edit = f"/plans/{made.pk}/edit/"
    sent = fields_of(text_of(client.get(edit)))
    signed_in(cast.admin).post(edit, sent | {"home_practice": ["对方写的"]})
    answer = client.post(edit, sent | {"home_practice": ["我写的"]})

    page = text_of(answer)
    assert (answer.status_code, "<del>对方写的</del>" in page, "<ins>我写的</ins>" in page) == (422, True, True)
    assert client.post(edit, fields_of(page)).status_code == 302  # seen, and meant
    assert Plan.objects.get().content["home_practice"] == "我写的"


def test_a_text_too_long_is_refused_and_kept_on_the_page(cast: Cast) -> None:
    made, client = cast.draft(), signed_in(cast.teacher)
    edit = f"/plans/{made.pk}/edit/"
    answer = client.post(edit, fields_of(text_of(client.get(edit))) | {"service-place": ["长" * 201]})

    assert (answer.status_code, "长" * 201 in text_of(answer), "最多 200 个字" in text_of(answer)) == (422, True, True)
    assert Plan.objects.get().edition == 1


def test_what_is_missing_is_named_with_the_way_to_it(cast: Cast) -> None:
    made, client = cast.draft(home_practice=""), signed_in(cast.teacher)
    edit = f"/plans/{made.pk}/edit/"
    answer = client.post(edit, fields_of(text_of(client.get(edit))) | {"do": "submit"})

    assert (answer.status_code, '<a href="#service">家庭练习还没有写。</a>' in text_of(answer)) == (422, True)


def test_a_script_keeps_every_change_and_learns_of_another_writer(cast: Cast) -> None:
    made, client = cast.draft(), signed_in(cast.teacher)
    address = f"/plans/{made.pk}/content/"
    fields = fields_of(text_of(client.get(f"/plans/{made.pk}/edit/"))) | {"home_practice": ["一"]}

    def put(edition: Any, given: Any) -> Any:
        return client.put(address, {"edition": edition, "fields": given}, "application/json")

    first, same = put(1, fields), put(1, fields)
    second = put(1, fields | {"home_practice": ["二"]})
    assert (first.status_code, first.json(), same.json()["edition"]) == (200, {"edition": 2, "gaps": 0}, 2)
    assert (second.status_code, "在别处改过" in second.json()["words"]) == (409, True)
    for name, value in (("service-place", "长" * 201), ("goals-0-key", "x"), ("goals-0-months", "三")):
        assert put(2, fields | {name: [value]}).status_code == 422, name
    odd: list[Any] = [None, [], {"home_practice": "x"}, {"home_practice": [{}]}]
    assert [put(99, each).status_code for each in odd] == [409] * 4
    assert signed_in(cast.stranger).put(address, {}, "application/json").status_code == 404


# --- Decided and compared ----------------------------------------------------------------------------------------


def test_returned_with_a_comment_that_stands_at_its_goal(cast: Cast) -> None:
    made, client = cast.submitted(), signed_in(cast.admin)
    goal = made.content["goals"][0]["key"]
    decide = f"/plans/{made.pk}/decide/"
    empty = client.post(decide, {"edition": made.edition, "return": "1", "reason": ""})
    assert (empty.status_code, "请写明为什么退回" in text_of(empty)) == (422, True)
    client.post(decide, {"edition": made.edition, "return": "1", f"comment-{goal}": "标准再具体些"})

    page = text_of(signed_in(cast.teacher).get(f"/plans/{made.pk}/edit/"))
    assert page.index(f'id="goal-{goal}"') < page.index("标准再具体些")


def test_nobody_but_an_approver_decides(cast: Cast) -> None:
    made = cast.submitted()
    page, sent = f"/plans/{made.pk}/decide/", {"edition": made.edition, "approve": "1"}
    statuses = [signed_in(user).post(page, sent).status_code for user in (cast.teacher, cast.stranger, cast.neighbour, cast.staff)]

    assert statuses == [403, 404, 404, 404]
    assert "批准</button>" not in text_of(signed_in(cast.teacher).get(f"/plans/{made.pk}/"))
    assert signed_in(cast.principal).post(page, sent).status_code == 302


def test_county_staff_open_what_waits_for_them_and_nothing_else(cast: Cast) -> None:
    made = cast.submitted()
    client = signed_in(cast.staff)
    assert client.get(f"/plans/{made.pk}/").status_code == 404
    cast.principal.posts.all().delete()
    cast.admin.posts.all().delete()

    assert client.get(f"/plans/{made.pk}/").status_code == 200
    assert "覃小远" in text_of(client.get("/plans/"))
    sent = {"edition": made.edition, "approve": "1"}
    assert client.post(f"/plans/{made.pk}/decide/", sent).status_code == 422
    assert client.post(f"/plans/{made.pk}/decide/", sent | {"reason": "学校没有负责人"}).status_code == 302
    assert client.get(f"/plans/{made.pk}/").status_code == 404


def test_a_new_version_says_what_changed(cast: Cast) -> None:
    made, client = cast.approved(), signed_in(cast.teacher)
    edit = client.post(f"/plans/{made.pk}/version/")["Location"]
    client.post(edit, fields_of(text_of(client.get(edit))) | {"home_practice": ["每天两次"]})
    page = text_of(client.get(edit.replace("/edit/", "/changes/")))

    assert (page.count("<dt>"), "<ins>每天两次</ins>" in page) == (1, True)


# --- Who finds it ------------------------------------------------------------------------------------------------


def test_the_case_team_and_the_schools_reviewers_read_it_and_nobody_else(cast: Cast) -> None:
    made = cast.approved()
    page = f"/plans/{made.pk}/"

    assert [signed_in(user).get(page).status_code for user in (cast.teacher, cast.admin, cast.principal)] == [200, 200, 200]
    for stranger in (cast.stranger, cast.neighbour, cast.staff, cast.leader, cast.inspector):
        assert signed_in(stranger).get(page).status_code == 404
    assert signed_in(cast.principal).post(f"{page}version/").status_code == 403
    CaseTeacher.objects.update(ends_on=date(2026, 10, 1))
    assert signed_in(cast.teacher).get(page).status_code == 404


def test_county_staff_read_the_plan_on_the_tab_once_they_say_why(cast: Cast) -> None:
    cast.approved()
    client = signed_in(cast.staff)
    before, after = text_of(client.get(cast.tab)), text_of(client.post(cast.tab, {"reason": "年度抽查"}))

    assert ("不俯卧" in before, "不俯卧" in after) == (False, True)
    assert AuditLine.objects.get(verb="plan.revealed").detail == {"reason": "年度抽查"}
    inspector = text_of(signed_in(cast.inspector).get(cast.tab))
    assert ("执行中" in inspector, "不俯卧" in inspector) == (True, False)


# --- The bank ----------------------------------------------------------------------------------------------------


def test_a_school_adds_objectives_of_its_own_and_puts_them_out_of_use(cast: Cast) -> None:
    sent = {
        "school": cast.school.pk,
        "area": "living",
        "goal": "会穿衣",
        "text": "自己拉拉链",
        "criterion": "5 次对 4 次",
        "steps": "捏住\n往上拉",
    }
    assert signed_in(cast.teacher).post("/plans/bank/", sent).status_code == 302
    own = BankObjective.objects.get()
    assert own.steps == ["捏住", "往上拉"]
    assert "自己拉拉链" in text_of(signed_in(cast.stranger).get("/plans/bank/?q=拉链"))
    assert "自己拉拉链" not in text_of(signed_in(cast.neighbour).get("/plans/bank/?q=拉链"))

    retire = f"/plans/bank/{own.pk}/retire/"
    assert [signed_in(user).post(retire).status_code for user in (cast.neighbour, cast.teacher, cast.admin)] == [404, 403, 302]
    assert "自己拉拉链" not in text_of(signed_in(cast.stranger).get("/plans/bank/?q=拉链"))
    assert signed_in(cast.leader).post("/plans/bank/", sent).status_code == 403
