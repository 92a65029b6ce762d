"""What a plan says: read whole, refused in words, told by its digest."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from office.rules.typed import BadContent
from plans import codes
from plans.rules.content import AREAS, BLANK, MEASURES, PlanContent
from plans.rules.scales import Scale, totals
from plans.tests.make import make_content, make_goal, make_objective

SCALE: dict[str, Any] = {
    "key": "own",
    "version": 1,
    "name": "试用量表",
    "top": 3,
    "words": ["不会", "帮助下", "提示下", "会"],
    "domains": [
        {"code": "m", "name": "运动", "items": [{"code": "m1", "text": "抬头"}, {"code": "m2", "text": "翻身"}]},
        {"code": "s", "name": "感知", "items": [{"code": "s1", "text": "追视"}]},
    ],
}


def test_rules_and_tables_know_the_same_codes() -> None:
    assert tuple(codes.Area.values) == AREAS
    assert tuple(codes.Measure.values) == MEASURES


def test_a_plan_reads_as_it_was_written() -> None:
    content = PlanContent.read(make_content())

    assert PlanContent.read(json.loads(json.dumps(content.plain()))) == content
    assert len(content.digest) == 64


def test_an_empty_plan_is_a_plan_to_be_written() -> None:
    assert PlanContent.read({}) == BLANK


def test_another_word_gives_another_digest_and_another_order_of_keys_the_same() -> None:
    plain = make_content()
    backwards = dict(reversed(list(plain.items())))

    assert PlanContent.read(plain).digest == PlanContent.read(backwards).digest
    assert PlanContent.read(plain).digest != PlanContent.read(plain | {"home_practice": "别的"}).digest


KEY = str(uuid4())


@pytest.mark.parametrize(
    ("plain", "place"),
    [
        ("计划", ""),
        ({"goals": "目标"}, "goals"),
        ({"goals": [{"text": "无编号"}]}, "goals.0.key"),
        ({"goals": [make_goal(area="physics")]}, "goals.0.area"),
        ({"goals": [make_goal(make_objective(key=KEY), make_objective(key=KEY))]}, "goals"),
        ({"goals": [make_goal(make_objective(start_level=6))]}, "goals.0.objectives.0.start_level"),
        ({"goals": [make_goal(make_objective(measures=["X"]))]}, "goals.0.objectives.0.measures"),
        ({"goals": [make_goal(make_objective(steps=["长" * 201]))]}, "goals.0.objectives.0.steps"),
        ({"health": ["癫痫"]}, "health"),
        ({"health": {"seizures": "长" * 501}}, "health.seizures"),
        ({"levels": [{"score": "多"}]}, "levels.0.score"),
        ({"assessment": "x"}, "assessment"),
    ],
)
def test_what_cannot_be_right_is_refused_in_words_at_its_place(plain: Any, place: str) -> None:
    with pytest.raises(BadContent) as refused:
        PlanContent.read(plain)

    assert place in refused.value.errors


def test_totals_count_what_was_scored() -> None:
    scale = Scale.of(SCALE)

    assert totals(scale, {"m1": 2, "m2": 3}) == {"m": [5, 6]}
    assert totals(scale, {"m1": 2, "s1": 0}) == {"m": [2, 3], "s": [0, 3]}
    assert Scale.of(scale.plain()) == scale


def test_a_scale_of_totals_has_no_items() -> None:
    scale = Scale.of(
        {"key": "licensed", "version": 1, "name": "授权量表", "top": 0, "domains": [{"code": "a", "name": "语言", "most": 40}]}
    )

    assert scale.of_totals
    assert totals(scale, {"a": 31}) == {"a": [31, 40]}
