"""A plan looked back on: what is proposed, what is kept, by whom, when, and what becomes of the second of two."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from office.models import AuditLine
from plans.actions.planning import start_plan
from plans.models import ObjectiveReview, Plan
from plans.tests.make import make_goal
from visits.tests.practising import NOW, TEXTS, Cast, client_of, text_of

pytestmark = pytest.mark.django_db
POISON = "<script>alert(1)</script><img src=x onerror=ran()>"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return Cast()


def address(cast: Cast) -> str:
    return f"/plans/{cast.plan.pk}/review/"


def marks(cast: Cast, *given: str, **more: Any) -> dict[str, Any]:
    """What the form sends: a mark for each objective in order."""
    sent = {f"mark-{each['key']}": mark for each, mark in zip(cast.objectives, given, strict=False)}
    return sent | {"on": "2026-12-20", "seen": "0"} | more


def kept() -> list[tuple[str, str]]:
    return list(ObjectiveReview.objects.order_by("pk").values_list("mark", "note"))


def chosen(page: str, cast: Cast, number: int) -> str:
    """The mark that is set for an objective when the page opens."""
    key = cast.objectives[number]["key"]
    found = [part.split('"')[1] for part in page.split(f'name="mark-{key}"')[1:] if "checked" in part.split(">")[0]]
    assert len(found) == 1
    return found[0]


def test_the_page_proposes_what_the_visits_say_and_keeps_what_a_person_chose(cast: Cast) -> None:
    for on, *noted in (("2026-09-10", 5, 1), ("2026-10-10", 5, 2), ("2026-11-10", 5, 3)):
        cast.practise(on, *noted)
    client = client_of(cast.teacher)
    page = text_of(client.get(address(cast)))
    assert [chosen(page, cast, number) for number in range(3)] == ["P", "C", ""]
    for words in (*TEXTS, "建议“通过”：达到掌握标准。", "还没有练过。", "起点 1 部分身体，现在 5 独立，目标 5 独立"):
        assert words in page, words

    answer = client.post(address(cast), marks(cast, "P", "E", "", **{f"note-{cast.objectives[1]['key']}": "换小一点的杯子"}), follow=True)
    assert kept() == [("P", ""), ("E", "换小一点的杯子")]
    page = text_of(answer)
    assert ("已记下 2 个目标的评价。" in page, '<span class="state">通过</span>' in page) == (True, True)
    assert AuditLine.objects.filter(verb="plan.reviewed").count() == 1
    assert chosen(text_of(client.get(address(cast))), cast, 0) == ""  # said already

    cast.plan.state = "closed"
    cast.plan.save()
    spring: dict[str, Any] = {"year": 2026, "term": 2, "starts_on": date(2027, 2, 22), "ends_on": date(2027, 7, 8)}
    copied = start_plan(case=cast.case, **spring, by=cast.teacher, at=NOW, is_copied=True)
    assert [each["text"] for each in copied.content["goals"][0]["objectives"]] == list(TEXTS[1:])


def test_pressed_twice_it_is_kept_once(cast: Cast) -> None:
    client = client_of(cast.teacher)
    first, second = (client.post(address(cast), marks(cast, "P", "C"), follow=True) for _ in range(2))

    assert len(kept()) == 2
    assert "已经记下了" in text_of(second)
    assert "已记下 2 个" in text_of(first)
    assert AuditLine.objects.filter(verb="plan.reviewed").count() == 1


def test_of_two_who_differ_the_second_sees_both_before_anything_is_kept(cast: Cast) -> None:
    note = f"note-{cast.objectives[0]['key']}"
    client_of(cast.admin).post(address(cast), marks(cast, "P", **{note: "对方写的"}))
    client = client_of(cast.teacher)
    answer = client.post(address(cast), marks(cast, "S", "C", **{note: "我写的"}))
    page = text_of(answer)

    assert (answer.status_code, "对方写的" in page, "我写的" in page, "梁雨燕" in page, chosen(page, cast, 0)) == (
        409,
        True,
        True,
        True,
        "S",
    )
    assert kept() == [("P", "对方写的")]
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert client.post(address(cast), marks(cast, "S", "C", seen=seen, **{note: "我写的"})).status_code == 302
    assert kept() == [("P", "对方写的"), ("S", "我写的"), ("C", "")]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"on": "2026-12-21"}, "不能在今天之后"),
        ({"on": "2026-13-45"}, "不能在今天之后"),
        ({"on": "昨天"}, "不能在今天之后"),
        ({"mark-00000000-0000-4000-8000-000000000000": "P"}, "请给这份计划里的短期目标选结果"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_on_the_page(cast: Cast, more: dict[str, str], words: str) -> None:
    answer = client_of(cast.teacher).post(address(cast), marks(cast, "S", **more))

    assert (answer.status_code, words in text_of(answer), chosen(text_of(answer), cast, 0)) == (422, True, "S")
    assert kept() == []


def test_nothing_chosen_or_too_much_written_is_refused(cast: Cast) -> None:
    client = client_of(cast.teacher)
    assert client.post(address(cast), marks(cast, "", "", "")).status_code == 422
    assert client.post(address(cast), marks(cast, "X")).status_code == 422
    long = {f"note-{cast.objectives[0]['key']}": "长" * 501}
    assert "最多 500 个字" in text_of(client.post(address(cast), marks(cast, "P", **long)))
    assert client.post(address(cast), marks(cast, "P") | {"mark-x": "P"}).status_code == 302  # what is no objective's is not read
    assert kept() == [("P", "")]


def test_a_plan_that_is_not_in_force_is_not_marked(cast: Cast) -> None:
    for state in ("approved", "superseded"):
        Plan.objects.filter(pk=cast.plan.pk).update(state=state)
        client = client_of(cast.teacher)
        assert client.get(address(cast))["Location"] == f"/plans/{cast.plan.pk}/"
        assert client.post(address(cast), marks(cast, "P")).status_code == 422
    assert kept() == []


def test_who_writes_marks_who_reads_looks_and_others_find_nothing(cast: Cast) -> None:
    for user, sees, does in (
        (cast.teacher, 200, 302),
        (cast.admin, 200, 302),
        (cast.principal, 200, 403),
        (cast.itinerant, 200, 403),
        (cast.inspector, 404, 404),
        (cast.staff, 404, 404),
        (cast.leader, 404, 404),
        (cast.neighbour, 404, 404),
        (cast.colleague, 404, 404),
    ):
        client: Client = client_of(user)
        page = client.get(address(cast))
        assert (page.status_code, client.post(address(cast), marks(cast, "P")).status_code) == (sees, does), user.name
        assert (TEXTS[0] in text_of(page)) == (sees == 200)
        assert ("保存评价" in text_of(page)) == (does == 302)
        assert client.patch(address(cast)).status_code == 405


def test_a_note_is_text_wherever_it_stands(cast: Cast) -> None:
    cast.plan.delete()
    cast.objectives[0]["text"] = POISON
    cast.plan = cast.make_plan(make_goal(*cast.objectives, text=POISON))
    cast.note(cast.practise("2026-10-10").records.get(), cast.objectives[0]["key"], 4, note=POISON)
    client = client_of(cast.teacher)
    client.post(address(cast), marks(cast, "C", **{f"note-{cast.objectives[0]['key']}": POISON}))
    assert kept() == [("C", POISON)]
    for path in (address(cast), f"/students/{cast.case.student_id}/progress/", f"/plans/{cast.plan.pk}/"):
        page = text_of(client.get(path))
        assert ("&lt;script&gt;alert(1)" in page, "<script>alert" in page, "<img src=x" in page) == (True, False, False), path


def test_the_list_of_what_is_due_leads_there_until_somebody_has_marked(cast: Cast) -> None:
    client = client_of(cast.teacher)
    assert f'href="{address(cast)}"' in text_of(client.get("/plans/"))
    client.post(address(cast), marks(cast, "C"))
    assert f'href="{address(cast)}"' not in text_of(client.get("/plans/"))
