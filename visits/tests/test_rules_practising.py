"""The objectives of a visit, judged by themselves: docs/rules.md, "Logging a visit"."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.rules.typed import BadContent
from visits.rules.fields import Fields, read_draft
from visits.rules.practising import GONE, NOT_THEN, UNKNOWN, Practised, Standing, arranged, stood_on, why_not_practised
from visits.rules.shape import shaped
from visits.rules.writing import TEXTS, VisitContent

CASE, PLAN, KEY = uuid4(), uuid4(), uuid4()


def line(**said: Any) -> dict[str, Any]:
    return {"plan": str(PLAN), "objective": str(KEY), "level": 3, "tries": None, "right": None, "note": ""} | said


def plain(*lines: Any, **record: Any) -> dict[str, Any]:
    told = {"case": str(CASE), "practised": list(lines)} | record
    usual = {"on": "2026-10-14", "start": "14:00", "end": "16:00", "mode": "home", "state": "done", "people": [str(uuid4())]}
    return usual | {"records": [told]}


def read(*lines: Any) -> tuple[Practised, ...]:
    return VisitContent.read(plain(*lines)).records[0].practised


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"plan": ""}, "0.plan"),
        ({"plan": "x"}, "0.plan"),
        ({"objective": None}, "0.objective"),
        ({"level": 6}, "0.level"),
        ({"level": -1}, "0.level"),
        ({"level": "独立"}, "0.level"),
        ({"level": True}, "0.level"),
        ({"tries": 0}, "0.tries"),
        ({"tries": 1000}, "0.tries"),
        ({"right": 3}, "0.tries"),
        ({"tries": 3, "right": 4}, "0.right"),
        ({"tries": 3, "right": "x"}, "0.right"),
        ({"note": "字" * 301}, "0.note"),
        ({"note": ["x"]}, "0.note"),
    ],
)
def test_what_cannot_be_right_is_named_by_its_field(said: dict[str, Any], field: str) -> None:
    with pytest.raises(BadContent) as refused:
        read(line(**said))
    assert list(refused.value.errors) == [f"records.0.practised.{field}"]
    assert refused.value.errors[f"records.0.practised.{field}"]


@pytest.mark.parametrize("lines", [[line(), line(level=5)], "x", [line(objective=str(uuid4())) for _ in range(31)]])
def test_nor_the_same_one_twice_nor_more_than_a_plan_holds(lines: Any) -> None:
    with pytest.raises(BadContent) as refused:
        VisitContent.read(plain() | {"records": [{"case": str(CASE), "practised": lines}]})
    assert list(refused.value.errors) == ["records.0.practised"]


@pytest.mark.parametrize("item", [3, None, [], "x"])
def test_nor_what_is_no_object(item: Any) -> None:
    with pytest.raises(BadContent) as refused:
        read(item)
    assert "records.0.practised.0" in refused.value.errors


def test_numbers_may_be_text_and_what_says_nothing_is_left_out() -> None:
    told = line(objective=str(uuid4()), level="0", tries="5", right="0", note=" 好 ")
    found = read(told, line(level=""), line(objective=str(uuid4()), level=None, note="  "))

    assert [each.plain() for each in found] == [told | {"level": 0, "tries": 5, "right": 0, "note": "好"}]


# --- Older forms hold ---------------------------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)


def digest_of_older_form(content: VisitContent) -> str:
    """As it was made before there were objectives: the same keys, in canonical form."""
    whole = content.plain()
    for record in whole["records"]:
        assert set(record) == {"case", "present", "absent_reason", "lessons", "mood", "participation", "last_homework", *TEXTS}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(TEXTS, WORDS)), st.sampled_from(["", "good"]))
def test_a_content_that_practised_nothing_has_the_digest_of_the_older_form(texts: dict[str, str], mood: str) -> None:
    sent = plain(mood=mood, **texts)
    with_list, blank = (
        VisitContent.read(sent),
        VisitContent.read(sent | {"records": [sent["records"][0] | {"practised": [line(level="")]}]}),
    )
    del sent["records"][0]["practised"]
    older = VisitContent.read(sent)

    assert older.digest == with_list.digest == blank.digest == digest_of_older_form(older)
    assert VisitContent.read(older.plain()) == older


@given(st.integers(0, 5), st.one_of(st.none(), st.integers(1, 999)), WORDS)
def test_what_was_practised_reads_back_and_has_a_digest_of_its_own(level: int, tries: int | None, note: str) -> None:
    content = VisitContent.read(plain(line(level=level, tries=tries, right=tries, note=note)))

    assert VisitContent.read(content.plain()) == content
    assert VisitContent.read(shaped(content.plain())) == content  # as the page holds it
    assert content.digest != VisitContent.read(plain()).digest


def test_an_old_draft_has_the_shape_of_today() -> None:
    old = plain()
    del old["records"][0]["practised"]
    assert shaped(read_draft(old))["records"][0]["practised"] == []
    odd = plain(3, {"objective": 7, "level": 2, "note": None}, "x")
    assert shaped(odd)["records"][0]["practised"] == [{"plan": "", "objective": "7", "level": "2", "tries": "", "right": "", "note": ""}]


def test_the_fields_of_a_form_say_it_in_their_order() -> None:
    one, other = uuid4(), uuid4()
    fields = {"cases": [str(CASE)]}
    for key, level in ((one, ""), (KEY, "4"), (other, "0")):
        fields |= {f"practice_plan-{CASE}-{key}": [str(PLAN)], f"practice_level-{CASE}-{key}": [level] if level else []}

    said = Fields(fields).content()["records"][0]["practised"]
    assert [(each["objective"], each["level"], each["plan"]) for each in said] == [(str(KEY), "4", str(PLAN)), (str(other), "0", str(PLAN))]


# --- May it be written --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "stood", "objectives", "kept", "words"),
    [
        (CASE, True, {KEY}, set(), None),
        (CASE, False, {KEY}, set(), NOT_THEN),
        (CASE, True, set(), set(), UNKNOWN),
        (uuid4(), True, {KEY}, set(), UNKNOWN),
        (None, True, {KEY}, set(), UNKNOWN),
        (None, True, {KEY}, {(str(PLAN), str(KEY))}, None),
        (CASE, False, set(), {(str(PLAN), str(KEY))}, None),
        (CASE, False, {KEY}, {(str(uuid4()), str(KEY))}, NOT_THEN),
    ],
)
def test_an_objective_is_of_the_childs_plan_of_that_day_or_on_the_record(
    case: UUID | None, stood: Any, objectives: set[UUID], kept: set[tuple[str, str]], words: str | None
) -> None:
    said = [Practised(PLAN, KEY, 3, None, None, "")]
    plans = {PLAN: Standing(case, stood, objectives)} if case else {}

    assert why_not_practised(CASE, said, plans, kept) == ({0: words} if words else {})


@pytest.mark.parametrize(
    ("state", "began", "ended", "stood"),
    [
        ("in_force", None, None, True),
        ("in_force", 20, None, True),
        ("approved", None, None, False),
        ("closed", 1, 13, False),
        ("closed", 1, 14, True),
        ("superseded", 14, 20, True),
        ("superseded", 15, 20, False),
    ],
)
def test_a_plan_stood_from_its_first_day_to_its_last(state: str, began: int | None, ended: int | None, stood: Any) -> None:
    first, last = (date(2026, 10, number) if number else None for number in (began, ended))
    assert stood_on(state, first, last, date(2026, 10, 14)) is stood


# --- On the page --------------------------------------------------------------------------------------------


def offer(*keys: str, last: tuple[str, ...] = (), others: tuple[str, ...] = ()) -> dict[str, Any]:
    goal = {"text": "会表达", "area": "沟通", "objectives": [{"key": key, "text": f"目标{key}"} for key in keys]}
    told = {"plan": "p", "goals": [goal], "health": [], "last": last}
    return told | {"others": [{"key": key, "text": f"旧目标{key}"} for key in others]}


def test_first_come_those_of_the_last_time_and_those_written_of() -> None:
    found = arranged(offer("a", "b", "c", "d", last=("c",)), [{"objective": "b", "level": "2", "plan": "old"}])

    assert [(row["objective"], row["level"], row["plan"]) for row in found["first"]] == [("b", "2", "old"), ("c", "", "p")]
    assert [[row["text"] for row in goal["rows"]] for goal in found["more"]] == [["目标a", "目标d"]]
    assert found["left"] == 2


def test_what_the_plan_dropped_is_shown_while_something_is_said_of_it() -> None:
    lines = [{"objective": "x", "level": "1"}, {"objective": "y", "note": "好"}, {"objective": "z", "plan": "p"}]
    found = arranged(offer("a", others=("x",)), lines)

    assert [(row["objective"], row["text"]) for row in found["first"]] == [("x", "旧目标x"), ("y", GONE)]
    assert arranged(None, []) == {"first": [], "more": [], "left": 0}
