"""Who was in two visits at once. Source: docs/rules.md, "Flags"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from visits.rules.judging import Key


class Outing(NamedTuple):
    """A visit somebody was on: a user or a child (`who`)."""

    who: Key
    starts_at: datetime
    ends_at: datetime
    visit_id: Key


def overlapping_visits(outings: Iterable[Outing]) -> set[Key]:
    """Visits during which one person, or one child, was in another visit too."""
    return set(overlaps(outings))


def overlaps(outings: Iterable[Outing]) -> dict[Key, set[Key]]:
    """Each such visit with those it overlaps. Times are half-open: 9–10 and 10–11 do not touch."""
    by_person: dict[Key, list[Outing]] = defaultdict(list)
    for outing in outings:
        by_person[outing.who].append(outing)
    clashing: dict[Key, set[Key]] = defaultdict(set)
    for theirs in by_person.values():
        if len(theirs) > 1:
            _note_clashes(sorted(theirs, key=lambda outing: outing.starts_at), clashing)
    return dict(clashing)


def _note_clashes(outings: list[Outing], clashing: dict[Key, set[Key]]) -> None:
    under_way: list[Outing] = []
    for outing in outings:
        under_way = [other for other in under_way if other.ends_at > outing.starts_at and other.visit_id != outing.visit_id]
        for other in under_way:
            clashing[outing.visit_id].add(other.visit_id)
            clashing[other.visit_id].add(outing.visit_id)
        under_way.append(outing)
