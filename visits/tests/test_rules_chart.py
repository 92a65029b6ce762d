"""The line of an objective's levels: within its box, in its order, legible from one point to hundreds."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits.rules.chart import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, draw

DAY = date(2026, 9, 1)


def levels(count: int, apart: int = 7) -> list[tuple[date, int]]:
    return [(DAY + timedelta(days=apart * number), min(5, 6 * number // count)) for number in range(count)]


@pytest.mark.parametrize("count", [1, 2, 40, 200])
def test_every_point_lies_within_and_time_runs_to_the_right(count: int) -> None:
    chart = draw(levels(count), start=1, target=5, mastered=DAY, terms=[(DAY + timedelta(days=1), "下学期")])

    assert chart is not None
    assert len(chart.dots) == len(chart.points.split()) == count
    assert all(LEFT < dot.x < RIGHT and TOP <= dot.y <= BOTTOM for dot in chart.dots)
    assert [dot.x for dot in chart.dots] == sorted(dot.x for dot in chart.dots)
    assert chart.size * 2 * count < 3.2 * (RIGHT - LEFT) or count > 40
    assert all(0 <= label.x <= WIDTH for label in chart.labels)
    assert chart.foot < HEIGHT


def test_a_higher_level_stands_higher_and_one_day_in_the_middle() -> None:
    low, high = (draw([(DAY, level)]) for level in (0, 5))
    assert low is not None
    assert high is not None
    assert (low.dots[0].y, high.dots[0].y) == (BOTTOM, TOP)
    assert low.dots[0].x == (LEFT + RIGHT) / 2
    assert [label.word for label in low.labels] == ["2026.9.1"]


def test_without_a_level_there_is_nothing_to_draw() -> None:
    assert draw([], start=1, target=5) is None


@pytest.mark.parametrize(
    ("start", "target", "words"),
    [
        (None, None, []),
        (1, 4, ["起点", "目标"]),
        (2, None, ["起点"]),
        (None, 5, ["目标"]),
        (3, 3, ["起点和目标"]),
        (0, 5, ["起点", "目标"]),
    ],
)
def test_where_it_began_and_where_it_goes_are_two_kinds_of_dashes(start: int | None, target: int | None, words: list[str]) -> None:
    chart = draw(levels(3), start=start, target=target)
    assert chart is not None
    assert [each.word for each in chart.dashed] == words
    assert len({each.dash for each in chart.dashed}) == len(words)


@pytest.mark.parametrize("start", [None, 0, 1, 2, 3, 5])
@pytest.mark.parametrize("target", [None, 0, 1, 2, 4, 5])
def test_no_word_of_a_line_stands_on_another(start: int | None, target: int | None) -> None:
    chart = draw(levels(5), start=start, target=target, mastered=DAY + timedelta(days=28))
    assert chart is not None
    assert chart.mastered is not None
    heights = [*(each.text_y for each in chart.dashed), chart.mastered.y]
    assert all(abs(one - other) > 12 for number, one in enumerate(heights) for other in heights[:number])


def test_mastery_and_terms_stand_at_their_days_and_not_outside() -> None:
    chart = draw(
        levels(5),
        mastered=DAY + timedelta(days=28),
        terms=[(DAY, "上学期"), (DAY + timedelta(days=14), "下学期"), (date(2028, 2, 1), "远")],
    )
    assert chart is not None
    assert chart.mastered is not None
    assert (chart.mastered.x, chart.mastered.anchor) == (chart.dots[-1].x, "end")
    assert [(term.word, term.x) for term in chart.terms] == [("下学期", chart.dots[2].x)]
    outside = draw(levels(5), mastered=date(2020, 1, 1))
    assert outside is not None
    assert outside.mastered is None


@given(st.integers(1, 60), st.integers(1, 40))
def test_labels_of_days_never_run_into_each_other(count: int, apart: int) -> None:
    chart = draw(levels(count, apart))
    assert chart is not None
    inner = [label.x for label in chart.labels if label.anchor == "middle"]
    assert all(later - earlier > 30 for earlier, later in pairwise(inner))
    assert len(inner) <= 5
