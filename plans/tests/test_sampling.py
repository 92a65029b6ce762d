"""A county draws plans so that it can be drawn again, opens each with a reason, and the school sees what was found."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Notice, User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from office.refusals import Refused
from office.tests.make import cells_of
from plans.actions.sampling import Drawing, close_sample, draw_sample, is_as_drawn, open_sampled, record_finding
from plans.models import Plan, PlanSample, SampledPlan
from plans.tests.make import make_plan
from students.tests.make import make_case, make_student

pytestmark = pytest.mark.django_db
NOW = at("2026-10-20 10:00")


class Cast:
    def __init__(self) -> None:
        self.county, elsewhere = make_county(), make_county("360922")
        self.school, self.other = make_school(self.county, name="石门小学"), make_school(self.county, name="大丰小学")
        self.foreign = make_school(elsewhere)
        self.teacher, self.admin = make_user(Role.TEACHER, self.school), make_user(Role.SCHOOL_ADMIN, self.school)
        self.staff, self.colleague = make_user(Role.COUNTY_STAFF, self.county), make_user(Role.COUNTY_STAFF, self.county)
        self.leader, self.stranger = make_user(Role.COUNTY_LEADER, self.county), make_user(Role.COUNTY_STAFF, elsewhere)
        self.plans = [self.plan(school, name) for school in (self.school, self.other) for name in "甲乙丙丁戊己"]
        self.plan(self.foreign, "外")

    def plan(self, school: Any, name: str) -> Plan:
        case = make_case(
            school, student=make_student(school, name=f"覃小{name}"), teachers=(self.teacher,) if school == self.school else ()
        )
        decided: dict[str, Any] = {"digest": "d" * 64, "submitted_by": self.teacher, "decided_by": self.admin, "decided_at": NOW}
        return make_plan(case, self.teacher, state="in_force", in_force_at=NOW - timedelta(days=9), **decided)

    def draw(self, seed: str = "a1b2", **asked: Any) -> PlanSample:
        usual: dict[str, Any] = {"school": None, "count": 4, "percent": None, "by_school": False, "note": ""}
        return draw_sample(county=self.county, asked=Drawing(**usual | {"seed": seed} | asked), by=self.staff, at=NOW)


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


def keys(sample: PlanSample) -> list[str]:
    return [str(key) for key in sample.drawn.order_by("position").values_list("plan", flat=True)]


# --- Drawn -------------------------------------------------------------------------------------------------------


def test_a_drawing_is_a_row_that_anybody_can_draw_again(cast: Cast) -> None:
    made = cast.draw()
    assert (made.label, made.frame_size, len(set(keys(made)))) == ("2026-001", 12, 4)
    assert set(keys(made)) <= {str(plan.pk) for plan in cast.plans}
    assert is_as_drawn(made, keys(made))
    told = AuditLine.objects.get(verb="sample.drawn").detail
    assert told == {"number": "2026-001", "frame": 12, "size": 4, "digest": made.frame_digest}

    Plan.objects.filter(pk=keys(made)[0]).update(state="closed", ended_at=NOW + timedelta(days=1))  # what comes later changes nothing
    cast.plan(cast.school, "庚")
    Plan.objects.filter(case__student__name="覃小庚").update(in_force_at=NOW + timedelta(days=1))
    assert is_as_drawn(made, keys(made))
    PlanSample.objects.filter(pk=made.pk).update(seed="another")
    assert not is_as_drawn(PlanSample.objects.get(), keys(made))
    PlanSample.objects.filter(pk=made.pk).update(seed="a1b2")
    Plan.objects.filter(pk=cast.plans[0].pk).update(in_force_at=None)  # a hand in the table
    assert not is_as_drawn(PlanSample.objects.get(), keys(made))


def test_of_one_school_by_share_and_of_each_school(cast: Cast) -> None:
    of_school = cast.draw("s1", school=cast.school, count=None, percent=25)
    assert (of_school.frame_size, of_school.drawn.count()) == (6, 2)
    assert {each.plan.school for each in of_school.drawn.all()} == {cast.school}
    of_each = cast.draw("s2", count=3, by_school=True)
    assert [each.plan.school.name for each in of_each.drawn.all()].count("石门小学") == of_each.drawn.count() // 2 == 3
    assert (of_each.label, cast.draw("s3", count=500).drawn.count()) == ("2026-002", 12)


def test_a_button_pressed_twice_draws_once_and_a_used_seed_is_refused(cast: Cast) -> None:
    assert cast.draw().pk == cast.draw().pk
    for other in ({"count": 5}, {"school": cast.school}, {"by_school": True}):
        with pytest.raises(Refused, match="种子用过了"):
            cast.draw(**other)
    refused: list[tuple[dict[str, Any], str]] = [
        ({"seed": "  "}, "种子"),
        ({"seed": "x" * 65}, "种子"),
        ({"seed": "1", "school": cast.foreign}, "不在本县"),
        ({"seed": "1", "percent": 5}, "只写一个"),
        ({"seed": "1", "count": None}, "只写一个"),
    ]
    for asked, words in refused:
        with pytest.raises(Refused, match=words):
            cast.draw(**asked)
    Plan.objects.update(ended_at=NOW)
    with pytest.raises(Refused, match="没有在执行"):
        cast.draw("s9")
    assert (PlanSample.objects.count(), AuditLine.objects.count()) == (1, 1)


# --- Opened and found ---------------------------------------------------------------------------------------------


def test_what_was_found_needs_a_look_words_and_the_newest_state(cast: Cast) -> None:
    drawn = cast.draw().drawn.get(position=1)

    def find(seen: Any = None, finding: str = "improve", words: str = "标准写具体些", by: User | None = None) -> SampledPlan:
        return record_finding(drawn=drawn, seen=seen, finding=finding, words=words, by=by or cast.staff, at=NOW)

    with pytest.raises(Refused, match="先打开"):
        find()
    with pytest.raises(Refused, match="理由"):
        open_sampled(drawn=drawn, reason=" ", by=cast.staff, at=NOW)
    for who in (cast.staff, cast.staff, cast.colleague):
        open_sampled(drawn=drawn, reason="抽查 2026-001", by=who, at=NOW)
    assert AuditLine.objects.filter(verb="plan.revealed").count() == 2
    for finding, words in (("x", "好"), ("improve", " "), ("improve", "长" * 501)):
        with pytest.raises(Refused):
            find(finding=finding, words=words)
    assert find().at == find().at == NOW  # twice: once
    with pytest.raises(Refused, match="别人刚写了"):
        find(by=cast.colleague, finding="good")
    assert find(seen=NOW, by=cast.colleague, finding="good", words="").finding == "good"
    assert AuditLine.objects.filter(verb="sample.found").count() == 2

    close_sample(sample=drawn.sample, by=cast.staff, at=NOW)
    close_sample(sample=drawn.sample, by=cast.staff, at=NOW)
    assert AuditLine.objects.get(verb="sample.closed").detail == {"number": "2026-001", "left": 3}
    with pytest.raises(Refused, match="结束"):
        find()
    with pytest.raises(Refused, match="结束"):
        open_sampled(drawn=drawn, reason="x", by=cast.staff, at=NOW)


def test_the_whole_way_on_pages(cast: Cast) -> None:
    client = signed_in(cast.staff)
    form = text_of(client.get("/plans/samples/"))
    seed = re.search(r'name="seed"[^>]*value="([0-9a-f]{16})"|value="([0-9a-f]{16})"[^>]*name="seed"', form)
    assert seed is not None
    sent = {"school": cast.school.pk, "how": "percent", "number": "50", "note": "秋季", "seed": seed[1] or seed[2]}
    sample = client.post("/plans/samples/", sent)["Location"]
    assert ("一致</span>" in text_of(client.get(sample)), "不一致</span>" in text_of(client.get(sample))) == (True, False)
    drawn = SampledPlan.objects.filter(position=1).select_related("plan").get()
    page = f"{sample}{drawn.plan_id}/"

    closed = text_of(client.get(page))
    assert ('value="抽查 2026-001"' in closed, "不俯卧" in closed) == (True, False)
    client.post(page, {"reason": "抽查 2026-001"})
    assert all("不俯卧" in text_of(client.get(page)) for _ in range(2))  # for as long as the sample is open
    assert "不俯卧" not in text_of(signed_in(cast.colleague).get(page))
    assert client.get(f"/plans/{drawn.plan_id}/").status_code == 404  # by the sample alone
    refused = client.post(f"{page}finding/", {"finding": "improve", "words": "", "seen": ""})
    assert (refused.status_code, "写明要改进什么" in text_of(refused)) == (422, True)
    client.post(f"{page}finding/", {"finding": "improve", "words": "标准 <b>", "seen": ""})
    told = text_of(signed_in(cast.teacher).get(f"/plans/{drawn.plan_id}/"))
    assert ("需改进" in told, "标准 &lt;b&gt;" in told) == (True, True)
    assert {notice.user for notice in Notice.objects.filter(key__startswith="plan.sampled")} == {cast.teacher, cast.admin}
    assert "看了" in text_of(client.get("/plans/samples/"))

    cells = cells_of(client.get(f"{sample}xlsx/").content)
    assert {"需改进", "标准 <b>", "还没有看", seed[1] or seed[2], "石门小学"} <= cells
    assert AuditLine.objects.get(verb="sample.exported").detail == {"rows": 3}
    client.post(f"{sample}close/")
    assert "不再打开" in text_of(client.get(page))
    assert client.post(page, {"reason": "x"}, headers={"referer": f"http://testserver{page}"}).status_code == 302
    assert "不俯卧" not in text_of(client.get(page))


@pytest.mark.parametrize("sent", [{"number": "0"}, {"number": "x"}, {"how": "percent", "number": "101"}, {"seed": ""}, {"school": "x"}])
def test_what_cannot_be_drawn_is_said_on_the_form(cast: Cast, sent: dict[str, str]) -> None:
    usual = {"school": "", "how": "count", "number": "3", "seed": "s"}
    assert signed_in(cast.staff).post("/plans/samples/", usual | sent).status_code == 422
    assert not PlanSample.objects.exists()


def test_only_the_countys_staff_know_of_its_samples(cast: Cast) -> None:
    made = cast.draw()
    drawn = made.drawn.get(position=1)
    sample, page = f"/plans/samples/{made.pk}/", f"/plans/samples/{made.pk}/{drawn.plan_id}/"
    assert [signed_in(cast.colleague).get(path).status_code for path in (sample, page, f"{sample}xlsx/")] == [200, 200, 200]
    for user in (cast.stranger, cast.leader, cast.admin, cast.teacher):
        client = signed_in(user)
        assert [client.get(path).status_code for path in (sample, page, f"{sample}xlsx/")] == [404, 404, 404]
        posted = [
            client.post(path, {"reason": "x", "finding": "good"}).status_code for path in (page, f"{page}finding/", f"{sample}close/")
        ]
        assert posted == [404, 404, 404]
    assert [signed_in(user).get("/plans/samples/").status_code for user in (cast.leader, cast.admin, cast.teacher)] == [403] * 3
    assert signed_in(cast.stranger).get("/plans/samples/").status_code == 200
    assert f"/plans/samples/{made.pk}/" not in text_of(signed_in(cast.stranger).get("/plans/samples/"))
    other = next(plan for plan in cast.plans if not made.drawn.filter(plan=plan).exists())
    assert signed_in(cast.staff).get(f"{sample}{other.pk}/").status_code == 404


def test_many_cost_as_many_queries_as_few(cast: Cast, django_assert_max_num_queries: Any) -> None:
    made = cast.draw(count=12)
    client = signed_in(cast.staff)
    client.get("/plans/samples/")
    for path in ("/plans/samples/", f"/plans/samples/{made.pk}/"):
        with django_assert_max_num_queries(12):
            assert client.get(path).status_code == 200
    page = f"/plans/samples/{made.pk}/{keys(made)[0]}/"
    client.post(page, {"reason": "抽查"})
    client.get(page)  # the line of the audit
    with django_assert_max_num_queries(12):
        assert "不俯卧" in text_of(client.get(page))
