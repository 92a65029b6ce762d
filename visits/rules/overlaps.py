"""Who was in two visits at once. Source: docs/rules.md, "Flags".

Thousands of visits at one hour, as a wrong import may bring them, cost little more than thousands in a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from itertools import chain, islice, pairwise, takewhile
from typing import NamedTuple

from visits.rules.judging import Key

MOST_NAMED = 50
"""So many other visits a question names at the most."""


class Outing(NamedTuple):
    """A visit somebody was on: a user or a child (`who`)."""

    who: Key
    starts_at: datetime
    ends_at: datetime
    visit_id: Key


def overlapping_visits(outings: Iterable[Outing]) -> set[Key]:
    """Visits during which one person, or one child, was in another visit too. Times are half-open: 9–10 and 10–11 do not touch."""
    clashing = set()
    for theirs in _in_order(outings):
        busy_until = theirs[0].ends_at
        for outing, following in pairwise(theirs):
            if following.starts_at < outing.ends_at:
                clashing.add(outing.visit_id)
            if following.starts_at < busy_until:
                clashing.add(following.visit_id)
            busy_until = max(busy_until, following.ends_at)
    return clashing


def overlaps(outings: Iterable[Outing]) -> dict[Key, list[Key]]:
    """Each such visit with those it overlaps, in the order of their start, the first MOST_NAMED of them."""
    found: dict[Key, set[tuple[datetime, Key]]] = defaultdict(set)
    for theirs in _in_order(outings):
        for outing, others in _clashes(theirs):
            found[outing.visit_id].update((other.starts_at, other.visit_id) for other in others)
    return {visit: [other for _, other in sorted(others)[:MOST_NAMED]] for visit, others in found.items() if others}


def _in_order(outings: Iterable[Outing]) -> Iterable[list[Outing]]:
    """Each person's outings, every visit once, in the order of their start."""
    by_person: dict[Key, dict[Key, Outing]] = defaultdict(dict)
    for outing in outings:
        by_person[outing.who][outing.visit_id] = outing
    return (sorted(theirs.values(), key=lambda outing: (outing.starts_at, outing.visit_id)) for theirs in by_person.values())


def _clashes(theirs: list[Outing]) -> Iterator[tuple[Outing, Iterable[Outing]]]:
    """Each outing of one person with the first of those it overlaps: what is under way when it starts, then what starts before it ends."""
    under_way: dict[Key, Outing] = {}
    ends: list[tuple[datetime, Key]] = []
    for number, outing in enumerate(theirs, start=1):
        while ends and ends[0][0] <= outing.starts_at:
            del under_way[heappop(ends)[1]]
        later = takewhile(lambda other, end=outing.ends_at: other.starts_at < end, theirs[number : number + MOST_NAMED])  # type: ignore[misc]
        yield outing, list(islice(chain(under_way.values(), later), MOST_NAMED))
        under_way[outing.visit_id] = outing
        heappush(ends, (outing.ends_at, outing.visit_id))
