"""The signing page: without scripts on paper, by whom, shown to whom; an older version's signature says so; on the PDF."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from plans.actions.deciding import approve_plan
from plans.actions.planning import start_plan, submit_plan, write_plan
from plans.models import Plan, PlanSignature
from plans.tests.make import NAME_DRAWN, make_content, make_paper, make_plan, paper_of
from students.tests.make import make_case, make_student

pytestmark = pytest.mark.django_db
NOW = at("2026-10-20 10:00")


class Cast:
    def __init__(self) -> None:
        county = make_county()
        self.school, elsewhere = make_school(county, name="石门小学"), make_school(county)
        self.teacher, self.stranger = make_user(Role.TEACHER, self.school, name="韦志玲"), make_user(Role.TEACHER, self.school)
        self.admin = make_user(Role.SCHOOL_ADMIN, self.school, name="农主任")
        self.principal, self.itinerant = make_user(Role.PRINCIPAL, self.school), make_user(Role.ITINERANT, self.school)
        self.staff, self.leader = make_user(Role.COUNTY_STAFF, county), make_user(Role.COUNTY_LEADER, county)
        self.neighbour = make_user(Role.SCHOOL_ADMIN, elsewhere)
        self.case = make_case(self.school, student=make_student(self.school, name="覃小远"), teachers=(self.teacher,))
        people = [{"name": "覃母", "role": "母亲"}, {"name": "韦志玲", "role": "送教教师"}]
        self.plan = self.approved(make_plan(self.case, self.teacher, make_content(participants=people), writers=[str(self.teacher.pk)]))
        self.page = f"/plans/{self.plan.pk}/sign/"

    def approved(self, plan: Plan) -> Plan:
        sent = submit_plan(plan=plan, edition=plan.edition, by=self.teacher, at=NOW)
        return approve_plan(plan=sent, edition=sent.edition, by=self.admin, at=NOW)

    def second(self) -> Plan:
        """The next version, with something changed."""
        days: dict[str, Any] = {name: getattr(self.plan, name) for name in ("year", "term", "starts_on", "ends_on")}
        made = start_plan(case=self.case, by=self.teacher, at=NOW, **days)
        made = write_plan(plan=made, edition=1, content=made.content | {"home_practice": "改过了"}, by=self.teacher, at=NOW)
        return self.approved(made)


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
    """What a browser without scripts would send of the form, whatever it was filled in with."""
    form = page[page.index('enctype="multipart') :]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if told.get("type") != "file":
            found[told["name"]] = told.get("value", "")
    chosen = re.search(r'<select[^>]*name="kind".*?value="(\w+)"\s*selected', form, re.DOTALL)
    return found | {"kind": chosen[1] if chosen else ""}


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("覃小远的计划.jpg", content, "image/jpeg")


def sign(client: Client, page: str, place: int = 0, **given: Any) -> Any:
    return client.post(page, fields_of(text_of(client.get(f"{page}?as={place}"))) | given)


def test_without_scripts_a_signed_paper_is_brought_and_seen_again(cast: Cast) -> None:
    client = signed_in(cast.teacher)
    before = fields_of(text_of(client.get(cast.page)))
    assert (before["kind"], before["name"], before["relation"], before["on"]) == ("guardian", "覃母", "母亲", "2026-10-20")
    answer = sign(client, cast.page, paper=upload(make_paper()))
    page = text_of(client.get(answer["Location"]))

    made = PlanSignature.objects.get()
    paper = f"/plans/{cast.plan.pk}/papers/{made.paper_id}/"
    assert ("已登记监护人覃母的签字" in page, paper in page) == (True, True)
    shown = client.get(paper)
    assert (shown["Content-Type"], shown.content[:3], shown["Cache-Control"]) == ("image/jpeg", b"\xff\xd8\xff", "private, no-store")
    assert fields_of(text_of(client.get(cast.page)))["name"] == "韦志玲"  # the next one


def test_the_form_sent_twice_signs_once(cast: Cast) -> None:
    client = signed_in(cast.teacher)
    sent = fields_of(text_of(client.get(cast.page))) | {"strokes": str(NAME_DRAWN)}
    assert [client.post(cast.page, sent).status_code for _ in range(2)] == [302, 302]
    assert PlanSignature.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "拍下签好的纸"),
        ({"strokes": "[[[1,2,"}, "格式不对"),
        ({"strokes": "[" * 100_000}, "格式不对"),
        ({"strokes": str(NAME_DRAWN), "on": "2026-10-21"}, "今天之后"),
        ({"strokes": str(NAME_DRAWN), "name": ""}, "姓名"),
        ({"strokes": str(NAME_DRAWN), "kind": "king"}, "身份"),
        ({"paper": upload(b"")}, "空的"),
        ({"paper": upload(b"GIF89a....")}, "不是照片"),
        ({"paper": upload(make_paper()[:5000])}, "不完整"),
        ({"paper": upload(b"\0" * (15 * 1024 * 1024 + 1))}, "最多只能上传 15 MB"),
    ],
)
def test_what_is_wrong_is_said_on_the_page_and_what_was_filled_in_stays(cast: Cast, given: dict[str, Any], words: str) -> None:
    answer = sign(signed_in(cast.teacher), cast.page, **({"relation": "伯母 <b>"} | given))

    page = text_of(answer)
    assert (answer.status_code, words in page, "伯母 &lt;b&gt;" in page) == (422, True, True)
    assert not PlanSignature.objects.exists()


def test_the_case_team_and_the_schools_heads_take_signatures_and_nobody_else(cast: Cast) -> None:
    people = (cast.teacher, cast.admin, cast.principal)
    assert [signed_in(user).get(cast.page).status_code for user in people] == [200, 200, 200]
    assert signed_in(cast.itinerant).get(cast.page).status_code == 403
    sent = fields_of(text_of(signed_in(cast.teacher).get(cast.page))) | {"strokes": str(NAME_DRAWN)}
    for user in (cast.stranger, cast.neighbour, cast.staff, cast.leader):
        assert [signed_in(user).get(cast.page).status_code, signed_in(user).post(cast.page, sent).status_code] == [404, 404]
    assert not PlanSignature.objects.exists()


def test_a_paper_is_shown_to_those_who_read_the_plan(cast: Cast) -> None:
    sign(signed_in(cast.teacher), cast.page, paper=upload(make_paper()))
    paper = f"/plans/{cast.plan.pk}/papers/{PlanSignature.objects.get().paper_id}/"
    assert [signed_in(user).get(paper).status_code for user in (cast.teacher, cast.principal, cast.itinerant)] == [200, 200, 200]
    for user in (cast.stranger, cast.neighbour, cast.staff, cast.leader):
        assert signed_in(user).get(paper).status_code == 404
    other = make_plan(make_case(cast.school), cast.teacher)
    assert signed_in(cast.admin).get(f"/plans/{other.pk}/papers/{PlanSignature.objects.get().paper_id}/").status_code == 404


def test_a_wrong_one_is_taken_away_by_who_brought_it_or_the_schools_admin(cast: Cast) -> None:
    sign(signed_in(cast.teacher), cast.page, strokes=str(NAME_DRAWN))
    remove, sent = f"{cast.page}remove/", {"signature": PlanSignature.objects.get().pk, "reason": "签错了人"}
    statuses = [signed_in(user).post(remove, sent).status_code for user in (cast.principal, cast.itinerant, cast.stranger, cast.neighbour)]
    assert (statuses, PlanSignature.objects.count()) == ([403, 403, 404, 404], 1)
    assert "签错了</summary>" not in text_of(signed_in(cast.principal).get(cast.page))
    refused = signed_in(cast.admin).post(remove, sent | {"reason": " "}, headers={"referer": f"http://testserver{cast.page}"}, follow=True)
    assert "写明为什么" in text_of(refused)

    signed_in(cast.admin).post(remove, sent)
    assert (PlanSignature.objects.count(), AuditLine.objects.get(verb="plan.signature_removed").detail["reason"]) == (0, "签错了人")
    assert signed_in(cast.admin).post(remove, sent).status_code == 404
    assert [signed_in(cast.admin).post(remove, {"signature": bad}).status_code for bad in ("", "x", "9" * 30)] == [404] * 3


def test_a_signature_of_an_older_version_says_so(cast: Cast) -> None:
    sign(signed_in(cast.teacher), cast.page, strokes=str(NAME_DRAWN))
    newer = cast.second()
    for path in (f"/plans/{newer.pk}/", f"/plans/{newer.pk}/sign/"):
        page = text_of(signed_in(cast.teacher).get(path))
        assert ("签的是以前的版本" in page, "第 1 版：监护人　覃母" in page) == (True, True), path
    old = text_of(signed_in(cast.teacher).get(cast.page))
    assert ("已被新版本代替" in old, 'type="file"' in old, "屏幕签字" in old) == (True, False, True)
    assert signed_in(cast.teacher).post(cast.page, {}).status_code == 422


def test_a_plan_not_yet_approved_is_not_signed(cast: Cast) -> None:
    draft = make_plan(cast.case, cast.teacher, term=2)
    page = text_of(signed_in(cast.teacher).get(f"/plans/{draft.pk}/sign/"))
    assert ("批准以后再签字" in page, 'type="file"' in page) == (True, False)


def test_the_pdf_names_each_once_and_shows_what_they_signed(cast: Cast) -> None:
    client, pdf = signed_in(cast.teacher), f"/plans/{cast.plan.pk}/pdf/"
    blank = "".join("".join(paper_of(client.get(pdf).content)).split())
    assert (blank.count("监护人"), blank.count("签字："), blank.count("覃母")) == (1, 3, 1)
    sign(client, cast.page, strokes=str(NAME_DRAWN))
    drawn = client.get(pdf).content
    assert "".join("".join(paper_of(drawn)).split()).count("签字：") == 2
    sign(client, cast.page, 1, paper=upload(make_paper()))
    whole, again = client.get(pdf).content, client.get(pdf).content
    pages = paper_of(whole)
    assert (whole == again, "签在纸上" in "".join(pages), len(pages) > len(paper_of(drawn))) == (True, True, True)
    assert b"/Subtype /Image" in whole or b"/Image" in whole
