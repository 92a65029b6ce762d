"""What befalls some of the children: what a county meets in a year, so that every page has something to show.

All days are counted from the months around `today`; the rest of the children are simply served.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from counties.rules import school_year_of
from reports.demo.children import DemoChild, Stay
from reports.demo.places import SPECIAL_SCHOOL
from students.rules.service import next_month

Teller = Callable[[DemoChild], DemoChild]
REMEMBERED = (5, 7, 15, 20)
"""The children whose visits, assessments and plans the county remembers for two school years before this one."""


def month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def tell(children: list[DemoChild], *, teachers: dict[str, tuple[str, ...]], today: date) -> list[DemoChild]:
    """The children with their stories. `teachers` are the names by school code."""
    this_month = today.replace(day=1)
    last_month = month_before(this_month)
    year_starts = date(school_year_of(last_month), 9, 1)
    stories: dict[int, Teller] = {
        # Cases that begin, pause, move and end.
        10: _until(date(year_starts.year, 7, 9)),
        16: _until(last_month.replace(day=20)),
        22: _since(last_month.replace(day=17)),
        28: _since(last_month.replace(day=25)),
        # The last school begins with this month, and had nothing to report before.
        **{number: _since(min(this_month.replace(day=3), today)) for number in (59, 60)},
        34: _since(min(this_month.replace(day=4), today)),
        37: _paused(last_month.replace(day=8), None, "住院治疗"),
        43: _paused(last_month.replace(day=6), last_month.replace(day=20), "到外地复诊"),
        49: _paused(last_month, this_month, "随父母在外过完农忙"),
        12: _moved(last_month.replace(day=15), teachers),
        # What the months look like.
        13: _remote(mainly_until=next_month(next_month(this_month)).replace(day=20)),
        25: _remote(mainly_until=None),
        **{number: _habit("early") for number in (2, 6, 9, 15, 20, 24, 29, 33, 39, 45, 51, 57)},
        **{number: _habit("behind") for number in (4, 14, 19, 30, 40, 47, 54)},
        **{number: _habit("unplanned") for number in (8, 18, 26, 36, 46, 56)},
        # Without a number.
        5: _without_id,
        31: _without_id,
        52: _without_id,
    }
    return [_grouped(stories[child.number](child) if child.number in stories else child) for child in children]


def _until(day: date) -> Teller:
    return lambda child: replace(child, stays=(replace(child.stays[0], until=max(day, child.stays[0].since)),))


def _since(day: date) -> Teller:
    return lambda child: replace(child, stays=(replace(child.stays[0], since=day),))


def _paused(since: date, until: date | None, why: str) -> Teller:
    return lambda child: replace(child, pauses=((since, until, why),))


def _moved(day: date, teachers: dict[str, tuple[str, ...]]) -> Teller:
    """To the special school, in the middle of a month."""

    def tell_it(child: DemoChild) -> DemoChild:
        before = replace(child.stays[0], until=day)
        return replace(child, stays=(before, Stay(SPECIAL_SCHOOL, day, None, teachers[SPECIAL_SCHOOL.code][:2])))

    return tell_it


def _remote(*, mainly_until: date | None) -> Teller:
    return lambda child: replace(child, habit="remote", mainly_remote_until=mainly_until)


def _habit(habit: str) -> Teller:
    return lambda child: replace(child, habit=habit)


def _without_id(child: DemoChild) -> DemoChild:
    return replace(child, id_number="")


def _grouped(child: DemoChild) -> DemoChild:
    """Six children of the special school meet there in two groups."""
    at_special = child.number <= 6 and child.stays and child.stays[0].school is SPECIAL_SCHOOL
    return replace(child, group="一组" if child.number % 2 else "二组") if at_special else child
