"""A lesson plan as PDF: a page or two as drafted, nothing cut off, what was typed is text, the same bytes twice, for those who read it."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any
from uuid import UUID

import pypdf
import pytest
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from plans.actions.lessons import start_lesson_plan
from plans.models import LessonPlan
from plans.tests.make import make_content, make_goal, make_lesson_content, make_lesson_plan, make_objective, make_standing_plan, paper_of
from students.models import Case
from students.tests.make import make_case, make_student

pytestmark = pytest.mark.django_db
NOW = at("2026-10-20 10:00")
LONG = "一口气写下来没有空格" * 300


class Cast:
    def __init__(self) -> None:
        county = make_county()
        self.school = make_school(county, name="石门小学")
        self.teacher, self.stranger = make_user(Role.TEACHER, self.school, name="韦𬭎"), make_user(Role.TEACHER, self.school)
        self.admin, self.staff = make_user(Role.SCHOOL_ADMIN, self.school, name="农主任"), make_user(Role.COUNTY_STAFF, county)
        self.case: Case = make_case(self.school, student=make_student(self.school, name="阿依·覃𬭎㛃"), teachers=(self.teacher,))

    def paper(self, content: dict[str, Any], **plan: Any) -> bytes:
        plan_content = make_content(make_goal(make_objective("看杯子")), **plan)
        standing = make_standing_plan(self.case, self.teacher, self.admin, plan_content)
        made = make_lesson_plan(
            standing, self.teacher, content, reflection={"worked": content["family"][:400], "failed": "", "next": "慢些"}
        )
        return self.download(made)

    def download(self, lesson: LessonPlan) -> bytes:
        content: bytes = client_of(self.teacher).get(f"/plans/lessons/{lesson.pk}/pdf/").content
        return content


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return Cast()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(content: bytes) -> str:
    return re.sub(r"\s", "", "".join(paper_of(content)))


def test_as_drafted_it_is_at_most_two_pages_and_the_same_twice(cast: Cast) -> None:
    rows = [make_objective(f"目标{number}的行为", materials="杯子、碗") for number in range(4)]
    make_standing_plan(cast.case, cast.teacher, cast.admin, make_content(make_goal(*rows)))
    told: dict[str, Any] = {"case": cast.case, "on": date(2026, 10, 21), "until": date(2026, 12, 30), "lessons": 3}
    made = start_lesson_plan(keys=[UUID(row["key"]) for row in rows], by=cast.teacher, at=NOW, **told)
    first, second = cast.download(made), cast.download(made)

    assert first == second
    assert len(paper_of(first)) <= 2
    for said in (
        "阿依·覃𬭎㛃",
        "韦𬭎",
        "石门小学",
        "不俯卧",
        "2026年10月21日—2026年12月30日",
        "3（每次）",
        "目标3的行为",
        "1.看",
        "提示程度",
        "导入",
    ):
        assert said in text_of(first), said
    assert "学校检查（签字）" in text_of(first)


def test_nothing_is_cut_off_however_long_it_is(cast: Cast) -> None:
    steps = [f"{'慢' * 190}步{number}完" for number in range(20)]
    rows = [
        {"key": make_objective()["key"], "aim": f"{LONG[:1190]}目标完{n}", "steps": steps, "materials": f"{LONG[:290]}材料完{n}"}
        for n in range(3)
    ]
    flow = {name: {"text": f"{LONG[:2990]}{name}完", "minutes": 40} for name in ("opening", "practice", "closing")}
    content = make_lesson_content(title=f"{LONG[:90]}课题完", family=f"{LONG[:2990]}家长完", safety=f"{LONG[:2990]}安全完", flow=flow)
    text = text_of(cast.paper(content | {"objectives": rows}, health={"forbidden": f"{LONG[:490]}禁忌完"}))

    for said in (
        "课题完",
        "目标完0",
        "目标完2",
        "步19完",
        "材料完2",
        "opening完",
        "practice完",
        "closing完",
        "家长完",
        "安全完",
        "禁忌完",
        "慢些",
    ):
        assert said in text, said
    assert text.count("步19完") == 3


PAYLOADS = (
    '<img src="file:///etc/passwd">',
    "<link rel=attachment href='file:///etc/passwd'>",
    "<img src=http://127.0.0.1:9/a>",
    "</td></table><h1>x",
    "{{ 7|add:7 }}{% debug %}",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_in_every_text_comes_out_as_text(cast: Cast, payload: str) -> None:
    rows = [{"key": make_objective()["key"], "aim": payload, "steps": [payload, payload], "materials": payload}]
    flow = {name: {"text": payload, "minutes": 40} for name in ("opening", "practice", "closing")}
    content = make_lesson_content(title=payload, family=payload, safety=payload, flow=flow) | {"objectives": rows}
    health = dict.fromkeys(("seizures", "feeding", "medication", "allergies", "forbidden"), payload)
    pdf = cast.paper(content, health=health)
    reader = pypdf.PdfReader(io.BytesIO(pdf))

    assert text_of(pdf).count(re.sub(r"\s", "", payload)) == 16, "each is on the page, where it was typed"
    assert "root:" not in text_of(pdf)
    assert dict(reader.attachments) == {}
    assert [image for page in reader.pages for image in page.images] == []


def test_it_says_who_checked_it_and_is_for_those_who_read_it(cast: Cast) -> None:
    plan = make_standing_plan(cast.case, cast.teacher, cast.admin)
    checked: dict[str, Any] = {"state": "checked", "submitted_by": cast.teacher, "checked_by": cast.admin, "checked_at": NOW}
    made = make_lesson_plan(plan, cast.teacher, check_note="步骤很细", **checked)
    answer = client_of(cast.admin).get(f"/plans/lessons/{made.pk}/pdf/")

    assert "学校检查：农主任2026年10月20日10:00意见：步骤很细" in text_of(answer.content)
    assert "覃" not in answer["Content-Disposition"]
    assert [client_of(user).get(f"/plans/lessons/{made.pk}/pdf/").status_code for user in (cast.stranger, cast.staff)] == [404, 404]
    assert AuditLine.objects.filter(verb="lesson.exported").count() == 1
