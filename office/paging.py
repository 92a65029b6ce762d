"""Pages of lists that grow without end: each begins after a row, so that the last costs no more than the first.

Nothing is counted and nothing skipped: rows that come in between two looks put none on both pages and none on neither.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from office.fields import Unreadable, seal, unseal

PURPOSE = "office.paging"
AFTER, BEFORE = "after", "before"


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rows of one page; `after` and `before` name, sealed, the row its neighbours go on from, and are empty where there is none.

    A list may be sorted by names, which stand in no address: therefore sealed.
    """

    rows: list[Any]
    after: str
    before: str
    is_first: bool


def stretch(
    rows: QuerySet[Any], order: Sequence[str], asked: Mapping[str, str], *, size: int, values: Callable[[Any], Sequence[Any]] = tuple
) -> Stretch:
    """The page of `rows` that an address asks for, in `order`: columns that name a row, `-` before all of them or none.

    `values` reads a row's values in these columns. What no order sealed, or another one, asks for the first page.
    """
    if place := _opened(asked.get(AFTER, ""), order):
        found = list(rows.filter(_beyond(order, place)).order_by(*order)[: size + 1])
        if found:
            return _told(found[:size], order, values, is_first=False, is_last=len(found) <= size)
    if place := _opened(asked.get(BEFORE, ""), order):
        turned = [_turned(column) for column in order]
        found = list(rows.filter(_beyond(turned, place)).order_by(*turned)[: size + 1])
        if found:
            return _told(found[:size][::-1], order, values, is_first=len(found) <= size, is_last=False)
    found = list(rows.order_by(*order)[: size + 1])
    return _told(found[:size], order, values, is_first=True, is_last=len(found) <= size)


def place_of(values: Sequence[Any], order: Sequence[str]) -> str:
    """A row's place in the order, sealed for an address."""
    return seal(json.dumps([list(order), list(values)], default=str, ensure_ascii=False), purpose=PURPOSE)


def _told(found: list[Any], order: Sequence[str], values: Callable[[Any], Sequence[Any]], *, is_first: bool, is_last: bool) -> Stretch:
    return Stretch(
        rows=found,
        after="" if is_last else place_of(values(found[-1]), order),
        before="" if is_first else place_of(values(found[0]), order),
        is_first=is_first,
    )


def _opened(place: str, order: Sequence[str]) -> list[Any]:
    """The values of a row in this order; none where the address holds something else."""
    try:
        columns, values = json.loads(unseal(place, purpose=PURPOSE) or "[[], []]")
    except Unreadable:
        return []
    return list(values) if columns == list(order) else []


def _beyond(order: Sequence[str], place: Sequence[Any]) -> Q:
    """What comes after a place. The first column is bounded by itself too: an index begins there."""
    columns = [column.lstrip("-") for column in order]
    way = "lt" if order[0].startswith("-") else "gt"
    beyond = Q()
    for at, column in enumerate(columns):
        level = dict(zip(columns[:at], place[:at], strict=True))
        beyond |= Q(**level, **{f"{column}__{way}": place[at]})
    return Q(**{f"{columns[0]}__{way}e": place[0]}) & beyond


def _turned(column: str) -> str:
    return column.removeprefix("-") if column.startswith("-") else f"-{column}"
