"""The draft of a term's summary: sentences a teacher would write, every number from the figures."""

from __future__ import annotations

from typing import Any

import pytest

from office.refusals import Refused
from visits.rules.summing import LONGEST, SECTIONS, Figures, draft, percent, read_sections

EMPTY: Figures = {
    "first": "2026年9月1日",
    "last": "2027年1月20日",
    "as_of": "2026年12月20日",
    "owed": 0,
    "delivered": 0,
    "lessons": "0",
    "modes": [],
    "missed": [],
    "goals": 0,
    "objectives": [],
    "scales": [],
    "mood": [],
    "participation": [],
    "guided": 0,
    "homework": [],
}


def figures(**given: Any) -> Figures:
    return EMPTY | given  # type: ignore[return-value]


def objective(text: str, **given: Any) -> dict[str, Any]:
    usual = {"number": "1.1", "text": text, "start": "1 部分身体", "now": "4 口头提示", "target": "5 独立", "count": 3, "series": "1、2、4"}
    return usual | {"is_mastered": False, "mastered_on": "", "word": "练习中", "mark": ""} | given


def test_with_nothing_on_record_it_says_so() -> None:
    assert draft(EMPTY) == {
        "service": "本学期（2026年9月1日—2027年1月20日）应送 0 次，实送 0 次，共 0 课时。没有未送成的。",
        "goals": "本学期没有批准的计划。",
        "assessment": "本学期没有评估。",
        "manner": "送教记录里没有记情绪和参与情况。",
        "family": "送教记录里没有写家庭指导。没有检查作业的记录。",
        "next": "按下学期的计划安排。",
    }
    assert set(draft(EMPTY)) == set(SECTIONS)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"owed": 9, "delivered": 7, "lessons": "20.5", "modes": [["入户", 6], ["远程", 1]]},
            "应送 9 次，实送 7 次，共 20.5 课时，还差 2 次。",
        ),
        ({"owed": 9, "delivered": 9, "lessons": "27", "modes": [["入户", 9]]}, "共 27 课时。形式：入户 9 次。没有未送成的。"),
        ({"owed": 9, "delivered": 11, "lessons": "33", "modes": [["入户", 11]]}, "应送 9 次，实送 11 次，共 33 课时。"),
        ({"missed": [["住院", 2], ["外出", 1]]}, "未送成 3 次：住院 2 次、外出 1 次。"),
    ],
)
def test_what_was_given_and_what_is_short(given: dict[str, Any], said: str) -> None:
    assert said in draft(figures(**given))["service"]


def test_each_objective_in_a_sentence_and_the_rest_by_name() -> None:
    told = [
        objective("吃饭", now="5 独立", is_mastered=True, mastered_on="2026年11月17日", mark="通过"),
        objective("指物", start="", mark="继续"),
        objective("拍手", start="", now="", count=2, series="1/5、4/5", mark="继续"),
        objective("跳", now="", count=0, series=""),
    ]
    found = draft(figures(goals=2, objectives=told))

    assert found["goals"].split("\n") == [
        "本学期计划有 2 个长期目标、4 个短期目标，练过 3 个，掌握 1 个。",
        "“吃饭”：练了 3 次，从“1 部分身体”到“5 独立”，2026年11月17日掌握。",
        "“指物”：练了 3 次，现在“4 口头提示”。",
        "“拍手”：练了 2 次，做对 1/5、4/5。",
        "本学期没有练的：跳。",
        "复核：通过 1 个、继续 2 个。",
    ]
    assert found["next"] == "已掌握，可以加深或换新的：吃饭。\n接着练：指物；拍手。\n还没有练，下学期先安排：跳。"


def test_assessments_side_by_side_or_alone_and_never_a_diagnosis() -> None:
    both = {
        "name": "七领域",
        "first": "2026年9月5日初评",
        "last": "2026年12月18日期末",
        "domains": [
            {"name": "沟通", "before": "4/12", "after": "6/12", "by": 17},
            {"name": "认知", "before": "6/12", "after": "5/12", "by": -8},
            {"name": "自理", "before": "3/12", "after": "3/12", "by": 0},
            {"name": "感知", "before": "", "after": "3/12", "by": None},
        ],
    }
    alone = {
        "name": "校本",
        "first": "",
        "last": "2026年9月6日初评",
        "domains": [{"name": "运动", "before": "", "after": "2/9", "by": None}],
    }
    assert draft(figures(scales=[both, alone]))["assessment"] == (
        "七领域，2026年9月5日初评和2026年12月18日期末相比：沟通 4/12 → 6/12（高 17 个百分点）；认知 6/12 → 5/12（低 8 个百分点）；"
        "自理 3/12 → 3/12（不变）；感知 未评 → 3/12。\n"
        "校本：2026年9月6日初评评了一次（运动 2/9），没有可以比较的。\n教育评估，不作医学诊断。"
    )


def test_moods_and_homework_are_counted_where_they_were_noted() -> None:
    found = draft(
        figures(
            mood=[["愉快", 5], ["不安", 1]], participation=[["主动", 2]], guided=6, homework=[["做了", 4], ["做了一部分", 2], ["没有做", 1]]
        )
    )
    assert found["manner"] == "记了情绪的 6 次里，愉快 5 次、不安 1 次。记了参与情况的 2 次里，主动 2 次。"
    assert found["family"] == ("做了家庭指导的送教有 6 次。检查上次作业 7 次：做了 4 次、做了一部分 2 次、没有做 1 次；全部做了的占 57%。")
    assert "占 0%" in draft(figures(homework=[["没有做", 3]]))["family"]


@pytest.mark.parametrize(("part", "whole", "found"), [(0, 3, 0), (1, 3, 33), (2, 3, 67), (1, 2, 50), (1, 8, 13), (3, 8, 38), (5, 5, 100)])
def test_a_share_is_rounded_half_up(part: int, whole: int, found: int) -> None:
    assert percent(part, whole) == found


def test_sections_are_read_one_by_one() -> None:
    read = read_sections({"goals": " 第一行\r\n第二行\x00 ", "other": "x", "next": None})
    assert (read["goals"], read["next"], set(read)) == ("第一行\n第二行", "", set(SECTIONS))
    assert read_sections({"goals": "长" * LONGEST})["goals"] == "长" * LONGEST
    with pytest.raises(Refused, match="“目标达成”最多 1500 个字，现在有 1501 个"):
        read_sections({"goals": "长" * (LONGEST + 1)})
