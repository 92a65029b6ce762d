"""The same frame and seed give the same sample, in any process; nobody is drawn twice, nobody is preferred."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.rules.drawing import draw, draw_by_group, frame_digest, size_of

FRAME = [str(UUID(int=number)) for number in range(200)]
IDS = st.lists(st.uuids().map(str), max_size=40, unique=True)


@pytest.mark.parametrize(
    ("total", "count", "percent", "size"),
    [
        (10, 3, None, 3),
        (10, 30, None, 10),
        (10, None, 5, 1),
        (10, None, 25, 3),
        (0, None, 50, 0),
        (7, None, 100, 7),
        (100, None, 1, 1),
        (5, 0, None, 0),
    ],
)
def test_how_many_are_drawn(total: int, count: int | None, percent: int | None, size: int) -> None:
    assert size_of(total, count=count, percent=percent) == size


@given(frame=IDS, seed=st.text(max_size=20), size=st.integers(0, 50), more=st.randoms())
def test_a_sample_is_part_of_its_frame_in_whatever_order_that_comes(frame: list[str], seed: str, size: int, more: object) -> None:
    drawn, shuffled = draw(frame, seed, size), list(frame)
    more.shuffle(shuffled)  # type: ignore[attr-defined]

    assert len(drawn) == len(set(drawn)) == min(size, len(frame))
    assert set(drawn) <= set(frame)
    assert drawn == draw(shuffled, seed, size)
    assert drawn == draw(frame, seed, size + 1)[:size]  # a larger sample begins with the smaller one
    assert frame_digest(frame) == frame_digest(shuffled)


@given(groups=st.dictionaries(st.text(max_size=5), IDS, max_size=5), percent=st.integers(1, 100))
def test_by_group_each_gives_its_share(groups: dict[str, list[str]], percent: int) -> None:
    drawn = Counter(draw_by_group(groups, "seed", count=None, percent=percent))
    expected: Counter[str] = Counter()
    for frame in groups.values():
        expected += Counter(draw(frame, "seed", size_of(len(frame), count=None, percent=percent)))
    assert drawn == expected


def test_another_process_draws_the_same_and_another_seed_another_sample() -> None:
    """With other seeds of Python's own hashes; and the first three are these, whatever Python it is."""
    code = "from uuid import UUID; from office.rules.drawing import draw; print(draw({str(UUID(int=n)) for n in range(200)}, 'a1b2', 12))"
    how: dict[str, Any] = {"capture_output": True, "text": True, "check": True}
    told = {subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, **how).stdout.strip() for seed in ("1", "2")}
    assert told == {str(draw(FRAME, "a1b2", 12))}
    assert draw(FRAME, "a1b3", 12) != draw(FRAME, "a1b2", 12)
    assert [UUID(one).int for one in draw(FRAME, "a1b2", 3)] == [0x5E, 0xC3, 0x1B]


def test_nobody_is_preferred() -> None:
    """Of 2 000 draws of 20 out of 200 everybody is drawn about 200 times: within five standard deviations (13.4)."""
    drawn = Counter(one for seed in range(2000) for one in draw(FRAME, f"seed-{seed}", 20))
    assert len(drawn) == 200
    assert all(abs(times - 200) < 5 * 13.5 for times in drawn.values())
