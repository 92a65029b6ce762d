"""A lesson plan: read whole, refused in words, drafted from the plan, carried on from the last one, told apart from another's."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from office.rules.typed import BadContent
from plans.rules.content import MEASURES, Objective, PlanContent
from plans.rules.lesson_drafts import (
    ASK_FIRST,
    ASK_FIRST_OF_MEDICATION,
    aim_of,
    carried,
    drafted,
    family_of,
    flow_of,
    gaps_of,
    safety_of,
    title_of,
)
from plans.rules.lesson_filled import changed, differences, filled
from plans.rules.lessons import LessonContent, Reflection
from plans.tests.make import make_content, make_goal, make_lesson_content, make_objective

KEY = str(uuid4())
DAY = date(2026, 10, 21)


def objective(text: str = "指出杯子", condition: str = "看到杯子时", criterion: str = "5 次对 4 次", **fields: Any) -> Objective:
    given = make_objective(text, condition=condition, criterion=criterion, **fields)
    return PlanContent.read(make_content(make_goal(given))).goals[0].objectives[0]


# --- Read ------------------------------------------------------------------------------------------------------


def test_a_lesson_plan_reads_as_it_was_written() -> None:
    content = LessonContent.read(make_lesson_content(until="2026-12-21", lessons="2.5"))

    assert LessonContent.read(json.loads(json.dumps(content.plain()))) == content
    assert (content.lessons, content.until, content.minutes) == (Decimal("2.5"), date(2026, 12, 21), 120)


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"on": ""}, "on"),
        ({"on": "昨天"}, "on"),
        ({"until": "2026-10-20"}, "until"),
        ({"until": "2027-10-20"}, "until"),
        ({"lessons": "三"}, "lessons"),
        ({"lessons": "-1"}, "lessons"),
        ({"title": "长" * 101}, "title"),
        ({"title": ["x"]}, "title"),
        ({"objectives": "目标"}, "objectives"),
        ({"objectives": [{"aim": "无编号"}]}, "objectives.0.key"),
        ({"objectives": [{"key": KEY}, {"key": KEY}]}, "objectives"),
        ({"objectives": [{"key": str(uuid4())} for _ in range(13)]}, "objectives"),
        ({"objectives": [{"key": KEY, "aim": "长" * 1201}]}, "objectives.0.aim"),
        ({"objectives": [{"key": KEY, "steps": ["长" * 201]}]}, "objectives.0.steps"),
        ({"flow": {"practice": {"minutes": "-5"}}}, "flow.practice.minutes"),
        ({"flow": {"practice": {"text": "长" * 3001}}}, "flow.practice.text"),
        ({"flow": "练习"}, "flow"),
        ({"family": 7}, "family"),
        ({"safety": "长" * 3001}, "safety"),
    ],
)
def test_what_cannot_be_right_is_refused_in_words_at_its_place(fields: dict[str, Any], place: str) -> None:
    with pytest.raises(BadContent) as refused:
        LessonContent.read(make_lesson_content(**fields))

    assert place in refused.value.errors
    LessonContent.read(make_lesson_content())


def test_a_series_of_one_day_is_one_day() -> None:
    assert LessonContent.read(make_lesson_content(until="2026-10-21")).until is None


def test_a_reflection_has_a_line_and_none_too_long() -> None:
    assert Reflection.read({"worked": " 会看了 "}).plain() == {"worked": "会看了", "failed": "", "next": ""}
    odd: list[Any] = [{}, {"worked": "  "}, {"next": "长" * 501}, {"failed": ["x"]}, "x"]
    for bad in odd:
        with pytest.raises(BadContent):
            Reflection.read(bad)


# --- Drafted ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "text", "criterion", "aim"),
    [
        ("看到杯子时", "指出杯子", "5 次对 4 次", "看到杯子时，指出杯子。达成标准：5 次对 4 次。"),
        ("看到杯子时，", "指出杯子。", "5 次对 4 次。", "看到杯子时，指出杯子。达成标准：5 次对 4 次。"),
        ("", "指出杯子", "", "指出杯子。"),
        ("看到杯子时", "", "", "看到杯子时。"),
        ("", "", "5 次对 4 次", "达成标准：5 次对 4 次。"),
        ("", "", "", ""),
    ],
)
def test_an_aim_says_condition_behaviour_and_criterion(condition: str, text: str, criterion: str, aim: str) -> None:
    assert aim_of(objective(text, condition, criterion)) == aim


@pytest.mark.parametrize(
    ("texts", "title"),
    [([], ""), (["指出杯子。"], "指出杯子"), (["指出杯子", "会挥手"], "指出杯子 等 2 个目标"), (["长" * 50], f"{'长' * 39}…")],
)
def test_a_title_names_the_first_objective(texts: list[str], title: str) -> None:
    assert title_of([objective(text) for text in texts]) == title


@pytest.mark.parametrize(
    ("minutes", "count", "each", "lines"),
    [
        (120, 3, (10, 95, 15), ["1. 指出杯子（约 30 分钟）", "2. 指出杯子（约 30 分钟）", "3. 指出杯子（约 30 分钟）"]),
        (40, 1, (5, 30, 5), ["1. 指出杯子（约 30 分钟）"]),
        (15, 1, (0, 15, 0), ["1. 指出杯子（约 15 分钟）"]),
        (20, 4, (5, 10, 5), ["1. 指出杯子"]),
        (None, 1, (None, None, None), ["1. 指出杯子"]),
    ],
)
def test_the_minutes_of_the_lesson_are_shared_out(minutes: int | None, count: int, each: tuple[int | None, ...], lines: list[str]) -> None:
    flow = flow_of([objective() for _ in range(count)], minutes)

    assert tuple(stage.minutes for stage in flow.values()) == each
    assert flow["practice"].text.splitlines()[1 : 1 + len(lines)] == lines


@pytest.mark.parametrize(
    ("health", "safety"),
    [
        ({"forbidden": "不俯卧", "medication": "早晚各一次。"}, ["禁忌动作：不俯卧。", ASK_FIRST_OF_MEDICATION]),
        ({"forbidden": "不俯卧；不外展。", "medication": "无"}, ["禁忌动作：不俯卧；不外展。", ASK_FIRST]),
        (dict.fromkeys(("seizures", "feeding", "medication", "allergies", "forbidden"), "无。"), [ASK_FIRST]),
        ({}, [ASK_FIRST]),
    ],
)
def test_what_is_forbidden_comes_first_and_what_is_none_is_left_out(health: dict[str, str], safety: list[str]) -> None:
    assert safety_of(PlanContent.read(make_content(health=health))).splitlines() == safety


def test_the_family_is_told_what_the_plan_says_and_what_this_lesson_is_about() -> None:
    plan = PlanContent.read(make_content(home_practice="饭前指一指碗"))

    assert family_of(plan, [objective("会挥手")]).splitlines() == [
        "饭前指一指碗",
        "每天挑孩子精神好的时候练几分钟：会挥手。做对了马上夸，不想做就停。",
    ]
    assert family_of(PlanContent.read(make_content(home_practice="")), []) == ""


def test_a_draft_lacks_nothing_and_follows_the_order_of_the_plan() -> None:
    plan = PlanContent.read(make_content(make_goal(make_objective("一"), make_objective("二"), make_objective("三"))))
    one, _, three = (each.key for _, each in plan.objectives())
    made = drafted(plan, [three, one, uuid4()], on=DAY, until=None, lessons=Decimal(3), lesson_minutes=40)

    assert [each.text for each in made.objectives] == ["一", "三"]
    assert (gaps_of(made), made.minutes, made.objectives[0].steps) == ([], 120, ("看", "伸手", "指"))


TEXT = st.text(alphabet="长字。；\n 𬭎㛃·<&", max_size=40).map(str.strip)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_a_plan_says_its_draft_can_be_read(data: st.DataObject) -> None:
    """Also at the longest a plan may be."""

    def longest(most: int) -> Any:
        return st.one_of(TEXT, st.just("长" * most))

    rows = [
        make_objective(
            data.draw(longest(500)),
            condition=data.draw(longest(300)),
            criterion=data.draw(longest(300)),
            steps=["步" * 200] * data.draw(st.integers(0, 20)),
            materials=data.draw(longest(300)),
            measures=list(MEASURES),
        )
        for _ in range(data.draw(st.integers(1, 12)))
    ]
    health = {name: data.draw(longest(500)) for name in ("seizures", "feeding", "medication", "allergies", "forbidden")}
    plan = PlanContent.read(make_content(make_goal(*rows), health=health, home_practice=data.draw(longest(2000))))
    lessons = data.draw(st.one_of(st.none(), st.decimals(0, 20, places=2)))
    made = drafted(plan, [each.key for _, each in plan.objectives()], on=DAY, until=None, lessons=lessons, lesson_minutes=45)

    assert LessonContent.read(made.plain()).plain() == made.plain()
    assert lessons is None or made.minutes == int(lessons * 45)


def test_the_next_of_a_series_keeps_what_was_written_and_drops_what_the_plan_dropped() -> None:
    rows = [make_objective(text) for text in ("一", "二", "三")]
    last = LessonContent.read(make_lesson_content(*rows[:2], family="每天两次"))
    plan = PlanContent.read(make_content(make_goal(*rows[1:])))
    made = carried(last, plan, [UUID(rows[2]["key"])], on=DAY, until=None, lessons=None)

    assert [each.text for each in made.objectives] == ["二", "三"]
    assert (made.objectives[0].aim, made.objectives[1].aim) == ("会指出杯子", aim_of(PlanContent.read(plan.plain()).goals[0].objectives[1]))
    assert (made.family, made.lessons) == ("每天两次", Decimal("3.00"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "课题"),
        ({"lessons": None}, "课时"),
        ({"lessons": "0"}, "课时"),
        ({"objectives": []}, "还没有目标"),
        ({"objectives": [{"key": KEY, "aim": "会", "steps": []}]}, "目标 1：还缺步骤"),
        ({"flow": {"opening": {"text": "好"}, "closing": {"text": "再见"}}}, "“练习”"),
        ({"family": ""}, "家长"),
    ],
)
def test_what_a_lesson_plan_lacks_is_named(fields: dict[str, Any], words: str) -> None:
    gaps = gaps_of(LessonContent.read(make_lesson_content(**fields)))

    assert [words in gap.words for gap in gaps] == [True]
    assert gaps_of(LessonContent.read(make_lesson_content())) == []


# --- Filled in ---------------------------------------------------------------------------------------------------


def test_the_fields_of_the_form_are_the_content() -> None:
    fields = {
        "on": ["2026-10-21"],
        "title": ["课题"],
        "objectives-3-key": [KEY],
        "objectives-3-steps": ["看\r\n\r\n指"],
        "flow-practice-text": ["练"],
        "flow-practice-minutes": ["30"],
        "objectives-x-key": ["?"],
    }
    content = LessonContent.read(filled(fields))

    assert (content.objectives[0].steps, content.flow["practice"].minutes, content.until) == (("看", "指"), 30, None)


def test_buttons_add_move_and_take_away() -> None:
    rows = [make_objective(text) for text in ("一", "二", "三")]
    plan = PlanContent.read(make_content(make_goal(*rows)))
    content = LessonContent.read(make_lesson_content(*rows[:2]))
    one, two, three = (UUID(each["key"]) for each in rows)

    assert changed(content, "add", three, plan).picked == (one, two, three)
    assert changed(content, "add", two, plan) == changed(content, "add", uuid4(), plan) == content
    assert changed(content, "up", two, plan).picked == (two, one)
    assert changed(content, "remove", one, plan).picked == (two,)
    assert changed(content, "", None, plan) == content


def test_two_texts_are_told_apart_line_by_line() -> None:
    rows = [make_objective(text) for text in ("一", "二")]
    before = LessonContent.read(make_lesson_content(rows[0]))
    flow = {
        "opening": {"text": "打招呼", "minutes": 5},
        "practice": {"text": "练", "minutes": 95},
        "closing": {"text": "放松", "minutes": 15},
    }
    after = LessonContent.read(make_lesson_content(rows[1], flow=flow, family="", until="2026-11-01", lessons="2"))

    told = [(each.where, each.kind) for each in differences(before, after)]
    assert told == [
        ("日期", "改动"),
        ("课时", "改动"),
        ("目标 1", "新增"),
        ("目标", "去掉"),
        ("导入", "改动"),
        ("家长做什么", "去掉"),
    ]
    assert differences(before, before) == []
