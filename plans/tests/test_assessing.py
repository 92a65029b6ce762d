"""An assessment: who makes one, what is kept, what is refused, what it comes to."""

from __future__ import annotations

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
from office.refusals import Refused
from office.rules.typed import BadContent
from plans.actions.assessing import MovedOn, discard, finish, open_again, score, start_assessment
from plans.actions.scales import add_scale, retire_scale
from plans.models import Assessment, OwnScale
from plans.rules.own_scales import read_own_scale
from plans.rules.scales import built_in
from plans.tests.make import paper_of
from students.models import Case, CaseTeacher
from students.tests.make import make_case, make_student

pytestmark = pytest.mark.django_db
NOW = at("2026-10-20 10:00")
SCALE = built_in()[0]
ALL = {item.code: 2 for domain in SCALE.domains for item in domain.items}


class Cast:
    def __init__(self) -> None:
        county = make_county()
        self.school, elsewhere = make_school(county, name="石门小学"), make_school(county)
        self.teacher, self.colleague = make_user(Role.TEACHER, self.school, name="韦志玲"), make_user(Role.TEACHER, self.school)
        self.admin, self.staff = make_user(Role.SCHOOL_ADMIN, self.school), make_user(Role.COUNTY_STAFF, county)
        self.leader, self.neighbour = make_user(Role.COUNTY_LEADER, county), make_user(Role.SCHOOL_ADMIN, elsewhere)
        self.case: Case = make_case(self.school, student=make_student(self.school, name="覃小远"), teachers=(self.teacher,))

    def begin(self, on: str = "2026-10-20", kind: str = "baseline") -> Assessment:
        return start_assessment(case=self.case, kind=kind, on=date.fromisoformat(on), scale=SCALE, by=self.teacher, at=NOW)

    def finished(self, scores: dict[str, int], **given: Any) -> Assessment:
        held = score(assessment=self.begin(**given), version=1, scores=scores, note="", by=self.teacher, at=NOW)
        return finish(assessment=held, version=2, by=self.teacher, at=NOW)

    @property
    def tab(self) -> str:
        return f"/students/{self.case.student_id}/assessments/"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return Cast()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- What is kept ------------------------------------------------------------------------------------------


def test_an_assessment_keeps_its_scale_scores_and_totals(cast: Cast) -> None:
    held = score(assessment=cast.begin(), version=1, scores={"m1": 3, "m2": "1", "p1": ""}, note=" 抱着评 ", by=cast.teacher, at=NOW)

    assert (held.scores, held.totals, held.note) == ({"m1": 3, "m2": 1}, {"motor": [4, 6]}, "抱着评")
    assert held.scale == SCALE.plain()
    assert [line.verb for line in AuditLine.objects.about(cast.case.student_id)] == ["assessment.started", "assessment.scored"]


def test_a_scale_that_is_changed_later_changes_nothing_that_was_found(cast: Cast) -> None:
    own = add_scale(school=cast.school, name="本校一表", text="运动\n- 抬头\n- 翻身", of_totals=False, by=cast.admin, at=NOW)
    before = own.definition
    made = start_assessment(case=cast.case, kind="baseline", on=NOW.date(), scale=_scale(own), by=cast.teacher, at=NOW)
    OwnScale.objects.filter(pk=own.pk).update(definition={})

    made.refresh_from_db()
    assert made.scale == before


def _scale(own: OwnScale) -> Any:
    from plans.rules.scales import Scale

    return Scale.of(own.definition)


@pytest.mark.parametrize(
    "scores", [{"m1": 4}, {"m1": -1}, {"m1": "三"}, {"m1": 1.5}, {"m1": True}, {"zz": 1}, {"m1": "²"}, {"m1": "9" * 5000}, [], "m1"]
)
def test_what_is_no_score_is_refused_in_words_and_nothing_changes(cast: Cast, scores: Any) -> None:
    made = cast.begin()
    with pytest.raises(BadContent):
        score(assessment=made, version=1, scores=scores, note="", by=cast.teacher, at=NOW)

    assert Assessment.objects.values_list("scores", "version").get() == ({}, 1)


def test_the_second_of_two_writers_is_told_what_the_first_wrote(cast: Cast) -> None:
    made = cast.begin()
    score(assessment=made, version=1, scores={"m1": 3}, note="", by=cast.teacher, at=NOW)
    with pytest.raises(MovedOn) as moved:
        score(assessment=made, version=1, scores={"m1": 0}, note="", by=cast.admin, at=NOW)

    assert moved.value.held.scores == {"m1": 3}
    assert Assessment.objects.get().scores == {"m1": 3}


def test_a_finished_one_is_closed_until_it_is_opened_again(cast: Cast) -> None:
    done = cast.finished({"m1": 3})
    with pytest.raises(Refused, match="已经完成"):
        score(assessment=done, version=done.version, scores={"m1": 0}, note="", by=cast.teacher, at=NOW)
    with pytest.raises(Refused, match="已经完成"):
        discard(assessment=done, version=done.version, by=cast.teacher, at=NOW)
    again = open_again(assessment=done, version=done.version, by=cast.teacher, at=NOW)

    assert score(assessment=again, version=again.version, scores={"m1": 0}, note="", by=cast.teacher, at=NOW).scores == {"m1": 0}


def test_nothing_scored_is_nothing_finished_and_can_be_thrown_away(cast: Cast) -> None:
    made = cast.begin()
    with pytest.raises(Refused, match="一项都还没有评"):
        finish(assessment=made, version=1, by=cast.teacher, at=NOW)
    discard(assessment=made, version=1, by=cast.teacher, at=NOW)

    assert not Assessment.objects.exists()


def test_no_assessment_of_tomorrow(cast: Cast) -> None:
    with pytest.raises(Refused, match="今天之后"):
        cast.begin("2026-10-21")


# --- A school's own scales ------------------------------------------------------------------------------------


def test_a_licensed_scale_holds_totals_only(cast: Cast) -> None:
    own = add_scale(school=cast.school, name="授权一表", text="语言理解 40\n语言表达：36", of_totals=True, by=cast.admin, at=NOW)
    made = start_assessment(case=cast.case, kind="baseline", on=NOW.date(), scale=_scale(own), by=cast.teacher, at=NOW)
    held = score(assessment=made, version=1, scores={"d1": 31}, note="", by=cast.teacher, at=NOW)

    assert held.totals == {"d1": [31, 40]}
    with pytest.raises(BadContent):
        score(assessment=held, version=2, scores={"d1": 41}, note="", by=cast.teacher, at=NOW)


@pytest.mark.parametrize(
    ("text", "of_totals", "words"),
    [
        ("", False, "领域"),
        ("- 抬头", False, "第一行"),
        ("运动", False, "还没有题目"),
        ("运动\n- 抬头\n运动\n- 翻身", False, "写了两次"),
        ("语言理解", True, "第 1 行"),
        ("语言理解 0", True, "第 1 行"),
        ("长" * 201, False, "每行最多"),
    ],
)
def test_text_that_is_no_scale_is_refused_in_words(text: str, of_totals: Any, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read_own_scale(key="k", name="表", text=text, of_totals=of_totals)


def test_a_scale_put_out_of_use_is_not_offered_again(cast: Cast) -> None:
    own = add_scale(school=cast.school, name="本校一表", text="运动\n- 抬头", of_totals=False, by=cast.admin, at=NOW)
    page = f"/plans/assessments/add/?case={cast.case.pk}"
    assert "本校一表" in signed_in(cast.teacher).get(page).content.decode()
    retire_scale(scale=own, by=cast.admin, at=NOW)

    assert "本校一表" not in signed_in(cast.teacher).get(page).content.decode()


def test_only_the_schools_admin_adds_a_scale(cast: Cast) -> None:
    sent = {"school": cast.school.pk, "name": "本校一表", "text": "运动\n- 抬头"}

    assert signed_in(cast.teacher).post("/plans/scales/", sent).status_code == 403
    assert signed_in(cast.admin).post("/plans/scales/", sent).status_code == 302
    own = OwnScale.objects.get()
    assert signed_in(cast.neighbour).post(f"/plans/scales/{own.pk}/retire/").status_code == 404
    assert signed_in(cast.teacher).post(f"/plans/scales/{own.pk}/retire/").status_code == 403


# --- Pages ------------------------------------------------------------------------------------------------------


def test_a_teacher_scores_without_scripts_and_finds_the_radar(cast: Cast) -> None:
    client = signed_in(cast.teacher)
    begun = client.post(f"/plans/assessments/add/?case={cast.case.pk}", {"scale": "school", "kind": "baseline", "on": "2026-10-20"})
    edit = begun["Location"]
    sent = {"version": "1", "note": "妈妈在旁边", "finish": "1"} | {f"score-{code}": str(points) for code, points in ALL.items()}
    done = client.post(edit, sent, follow=True)

    made = Assessment.objects.get()
    assert (made.state, made.totals["motor"]) == ("done", [16, 24])
    assert "妈妈在旁边" in done.content.decode()
    assert '<svg class="radar"' in client.get(cast.tab).content.decode()


def test_what_is_refused_stays_on_the_page(cast: Cast) -> None:
    made = cast.begin()
    answer = signed_in(cast.teacher).post(f"/plans/assessments/{made.pk}/edit/", {"version": "9", "score-m1": "3", "note": "写了很久"})

    page = answer.content.decode()
    assert (answer.status_code, "写了很久" in page, "在别处改过了" in page) == (422, True, True)
    assert re.search(r'name="score-m1"\s+value="3"\s+checked', page)


def test_a_script_keeps_every_tap_and_learns_of_another_writer(cast: Cast) -> None:
    made, client = cast.begin(), signed_in(cast.teacher)
    address = f"/plans/assessments/{made.pk}/scores/"
    first = client.put(address, {"version": 1, "scores": {"m1": "3"}, "note": ""}, "application/json")
    second = client.put(address, {"version": 1, "scores": {"m1": "0"}, "note": ""}, "application/json")
    bad = client.put(address, {"version": 2, "scores": {"m1": "7"}, "note": ""}, "application/json")

    assert (first.status_code, first.json()) == (200, {"version": 2})
    assert (second.status_code, second.json()["current"]["scores"]) == (409, {"m1": 3})
    assert bad.status_code == 422
    assert Client().put(address, {}, "application/json").status_code == 401


def test_the_case_team_and_the_schools_reviewers_see_it_and_nobody_else(cast: Cast) -> None:
    done = cast.finished(ALL)
    pages = [f"/plans/assessments/{done.pk}/", f"/plans/assessments/{done.pk}/pdf/"]

    def statuses(user: User) -> list[int]:
        return [signed_in(user).get(page).status_code for page in pages]

    assert statuses(cast.teacher) == statuses(cast.admin) == [200, 200]
    for stranger in (cast.colleague, cast.neighbour, cast.staff, cast.leader):
        assert statuses(stranger) == [404, 404]
    assert signed_in(cast.colleague).put(f"/plans/assessments/{done.pk}/scores/", {}, "application/json").status_code == 404


def test_a_teacher_who_left_the_case_sees_its_assessments_no_longer(cast: Cast) -> None:
    done = cast.finished(ALL)
    CaseTeacher.objects.update(ends_on=date(2026, 10, 1))

    assert signed_in(cast.teacher).get(f"/plans/assessments/{done.pk}/").status_code == 404


def test_county_staff_see_what_was_found_once_they_say_why(cast: Cast) -> None:
    cast.finished(ALL)
    client = signed_in(cast.staff)
    before = client.get(cast.tab).content.decode()
    after = client.post(cast.tab, {"reason": "年度抽查"}).content.decode()

    assert ('<svg class="radar"' in before, '<svg class="radar"' in after) == (False, True)
    assert AuditLine.objects.get(verb="assessment.revealed").detail == {"reason": "年度抽查"}
    assert signed_in(cast.leader).get(cast.tab).status_code == 403


def test_who_only_reads_the_school_sees_which_there_are(cast: Cast) -> None:
    cast.finished(ALL)
    inspector = make_user(Role.INSPECTOR, cast.school)
    page = signed_in(inspector).get(cast.tab).content.decode()

    assert ("2026年10月20日　初评" in page, '<svg class="radar"' in page, "<form class" in page) == (True, False, False)
    assert signed_in(inspector).post(cast.tab, {"reason": "看看"}).content.decode().count('<svg class="radar"') == 0


def test_before_and_after_stand_side_by_side(cast: Cast) -> None:
    cast.finished(dict.fromkeys(ALL, 1), on="2026-09-05")
    cast.finished(ALL, on="2026-10-20", kind="review")
    page = signed_in(cast.teacher).get(cast.tab).content.decode()

    assert page.count("高 34") == 5
    assert page.count("stroke-dasharray") == 2  # the earlier one, drawn and in the legend


def test_the_paper_is_one_page_says_what_it_is_not_and_is_the_same_twice(cast: Cast) -> None:
    done = cast.finished(ALL)
    client = signed_in(cast.teacher)
    first, second = (client.get(f"/plans/assessments/{done.pk}/pdf/").content for _ in range(2))
    pages = paper_of(first)

    assert first == second
    assert len(pages) == 1
    assert "教育评估，不作医学诊断" in pages[0]
    assert "覃小远" in pages[0]
    assert "16 / 24" in pages[0]


def test_the_longest_scale_and_a_long_note_still_fit_one_page(cast: Cast) -> None:
    made = start_assessment(case=cast.case, kind="final", on=NOW.date(), scale=built_in()[1], by=cast.teacher, at=NOW)
    scores = {item.code: 3 for domain in built_in()[1].domains for item in domain.items}
    held = score(assessment=made, version=1, scores=scores, note="观察" * 150, by=cast.teacher, at=NOW)
    done = finish(assessment=held, version=held.version, by=cast.teacher, at=NOW)

    assert len(paper_of(signed_in(cast.teacher).get(f"/plans/assessments/{done.pk}/pdf/").content)) == 1


@pytest.mark.parametrize("case", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_case_is_not_there(cast: Cast, case: str) -> None:
    assert signed_in(cast.teacher).get(f"/plans/assessments/add/?case={case}").status_code == 404
