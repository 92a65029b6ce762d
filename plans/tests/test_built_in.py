"""The scales and the goal bank that come with the product: whole, in Chinese, each piece under its own code."""

from __future__ import annotations

from collections import Counter

import pytest

from plans.rules import bank, scales
from plans.rules.content import AREAS


def test_both_scales_are_there_with_their_domains() -> None:
    found = {scale.key: [domain.name for domain in scale.domains] for scale in scales.built_in()}

    assert found == {
        "school": ["运动", "感知", "语言", "认知", "生活自理"],
        "seven_domains": ["感官知觉", "粗大动作", "精细动作", "生活自理", "沟通", "认知", "社会技能"],
    }


@pytest.mark.parametrize("scale", scales.built_in(), ids=lambda scale: scale.key)
def test_an_item_is_scored_from_0_to_3_and_has_a_code_of_its_own(scale: scales.Scale) -> None:
    codes = Counter(item.code for domain in scale.domains for item in domain.items)

    assert (scale.top, len(scale.words)) == (3, 4)
    assert set(codes.values()) == {1}
    assert all(domain.most == 3 * len(domain.items) for domain in scale.domains)


def test_the_bank_holds_at_least_ten_objectives_of_every_area_and_150_in_all() -> None:
    areas = Counter(each.area for each in bank.built_in())

    assert set(areas) == set(AREAS)
    assert min(areas.values()) >= 10
    assert sum(areas.values()) >= 150


def test_each_objective_is_told_once_and_whole() -> None:
    whole = bank.built_in()

    assert len({each.code for each in whole}) == len({each.text for each in whole}) == len(whole)
    assert all(each.goal and each.criterion and each.materials and len(each.steps) >= 2 for each in whole)


def test_the_bank_is_searched_by_area_and_by_words() -> None:
    assert [each.code for each in bank.search(bank.built_in(), text="抽搐")] == ["fa02"]
    assert {each.area for each in bank.search(bank.built_in(), area="motor")} == {"motor"}
    assert bank.search(bank.built_in(), area="motor", text="没有这样的词") == []
    assert {each.code for each in bank.search(bank.built_in(), text="勺子 手腕")} == {"li01"}
