"""Who was in two visits at once, also where an import brought thousands at one hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random
from typing import Any

import pytest

from visits.rules.flags import Other, first_named
from visits.rules.overlaps import MOST_NAMED, Outing, overlapping_visits, overlaps

DAY = datetime(2026, 10, 14, tzinfo=UTC)


class Counted(datetime):
    """A moment that counts how often it was compared."""

    times = 0

    def __lt__(self, other: Any) -> bool:
        Counted.times += 1
        return super().__lt__(other)

    def __le__(self, other: Any) -> bool:
        Counted.times += 1
        return super().__le__(other)

    def __gt__(self, other: Any) -> bool:
        Counted.times += 1
        return super().__gt__(other)

    def __eq__(self, other: object) -> bool:
        Counted.times += 1
        return super().__eq__(other)

    __hash__ = datetime.__hash__


def at_random(seed: int) -> list[Outing]:
    random = Random(seed)
    outings = []
    for number in range(random.randrange(2, 40)):
        start = DAY + timedelta(minutes=random.randrange(0, 600, 10))
        end = start + timedelta(minutes=random.randrange(10, 200, 10))
        outings += [Outing(who, start, end, str(number)) for who in random.sample("甲乙丙", random.randrange(1, 4))]
    random.shuffle(outings)
    return outings


def pair_by_pair(outings: list[Outing]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one, other in combinations(outings, 2):
        if one.who == other.who and one.visit_id != other.visit_id and one.starts_at < other.ends_at and other.starts_at < one.ends_at:
            found.setdefault(one.visit_id, set()).add(other.visit_id)
            found.setdefault(other.visit_id, set()).add(one.visit_id)
    return found


@pytest.mark.parametrize("seed", range(60))
def test_found_are_the_same_as_pair_by_pair(seed: int) -> None:
    outings = at_random(seed)
    start = {outing.visit_id: outing.starts_at for outing in outings}

    named = overlaps(outings)
    assert {visit: set(others) for visit, others in named.items()} == pair_by_pair(outings)
    assert all(others == sorted(others, key=lambda other: (start[other], other)) for others in named.values())
    assert overlapping_visits(outings) == named.keys()


@pytest.mark.parametrize("step", [0, 1])
def test_thousands_at_one_hour_are_found_with_few_comparisons_and_each_names_few(step: int) -> None:
    start = Counted(2026, 10, 14, 14, tzinfo=UTC)
    outings = []
    for number in range(4000):
        began = start + timedelta(seconds=step * number)
        outings.append(Outing("甲", began, began + timedelta(hours=2), f"{number:04}"))

    Counted.times = 0
    assert len(overlapping_visits(outings)) == 4000
    assert 4000 < Counted.times < 4000 * 40  # pair by pair there are eight millions

    Counted.times = 0
    named = overlaps(outings)
    assert len(named) == 4000
    assert {len(others) for others in named.values()} == {MOST_NAMED}
    assert 4000 < Counted.times < 4000 * MOST_NAMED * 20
    assert named["0000"] == [f"{number:04}" for number in range(1, MOST_NAMED + 1)]
    assert named["0007"][:8] == ["0000", "0001", "0002", "0003", "0004", "0005", "0006", "0008"]


def test_of_many_that_are_alike_the_first_are_named_whatever_their_order() -> None:
    visits = [Other(f"{number:04}", DAY + timedelta(days=number), DAY + timedelta(days=number, hours=2)) for number in range(4000)]

    assert first_named(visits[::-1]) == visits[: MOST_NAMED + 1]
    assert first_named(visits[:3]) == visits[:3]
