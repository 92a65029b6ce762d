"""A few visits that raise a question each: every kind of flag stands somewhere in the demo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from reports.demo.outings import DemoOuting
from reports.demo.stories import month_before

ODD_CHILDREN = {"late": 11, "alone": 17, "short": 23, "copied": 32, "overlap": 44}
"""Which child (by its number) has which oddity, in each of the last two months; the overlap falls on its neighbour too."""


def make_odd(outings: list[DemoOuting], *, today: date) -> list[DemoOuting]:
    """The outings, some of them changed so that somebody will ask."""
    this_month = today.replace(day=1)
    changed: dict[int, DemoOuting] = {}
    for month in (month_before(this_month), this_month):
        for oddity, number in ODD_CHILDREN.items():
            place = _last_visit(outings, number, month)
            if place is not None:
                changed |= _ODDITIES[oddity](outings, place)
    return sorted((changed.get(place, outing) for place, outing in enumerate(outings)), key=lambda outing: (outing.on, outing.start))


def _last_visit(outings: list[DemoOuting], number: int, month: date) -> int | None:
    """The place of the child's last home visit done in the month."""
    places = [
        place
        for place, outing in enumerate(outings)
        if outing.on.replace(day=1) == month
        and outing.mode == "入户"
        and not (outing.missed or outing.is_planned)
        and outing.children[0].number == number
    ]
    return places[-1] if places else None


def _late(outings: list[DemoOuting], place: int) -> dict[int, DemoOuting]:
    return {place: replace(outings[place], start=time(17, 10), minutes=120, lessons=3)}


def _alone(outings: list[DemoOuting], place: int) -> dict[int, DemoOuting]:
    return {place: replace(outings[place], teachers=outings[place].teachers[:1], companions=())}


def _short(outings: list[DemoOuting], place: int) -> dict[int, DemoOuting]:
    return {place: replace(outings[place], minutes=70, lessons=3)}


def _copied(outings: list[DemoOuting], place: int) -> dict[int, DemoOuting]:
    return {place: replace(outings[place], repeats=True)}


def _overlap(outings: list[DemoOuting], place: int) -> dict[int, DemoOuting]:
    """The same team is at the next child's home before it has left this one's."""
    here = outings[place]
    there = _last_visit(outings, here.children[0].number + 1, here.on.replace(day=1))
    if there is None:
        return {}
    start = (datetime.combine(here.on, here.start) + timedelta(minutes=60)).time()
    return {there: replace(outings[there], on=here.on, start=start, minutes=120, teachers=here.teachers, lessons=3)}


_ODDITIES: dict[str, Callable[[list[DemoOuting], int], dict[int, DemoOuting]]] = {
    "late": _late,
    "alone": _alone,
    "short": _short,
    "copied": _copied,
    "overlap": _overlap,
}
