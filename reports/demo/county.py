"""The demo county put together: one frozen value, the same for the same day and seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

from counties.rules import DEFAULT_PRESET, Calendar, Span
from reports.demo.children import IDENTIFIED, DemoChild, Nursery
from reports.demo.names import Namer
from reports.demo.oddities import make_odd
from reports.demo.outings import DemoOuting, Diary, first_month
from reports.demo.people import DemoPerson, draw_people, teachers_of
from reports.demo.places import COUNTY, SCHOOLS, TOWNSHIPS, holidays_around, terms_around
from reports.demo.stories import REMEMBERED, tell

SEED = 450125
NAME = "演示县"
NEWCOMERS = 10


@dataclass(frozen=True, slots=True)
class DemoCounty:
    today: date
    people: list[DemoPerson]
    children: list[DemoChild]
    outings: list[DemoOuting]
    newcomers: list[DemoChild]  # not loaded: the rows of a sheet for people to try the import with

    @property
    def county_file(self) -> dict[str, Any]:
        """What a county file of these places and people says."""
        return {
            "county": {"code": COUNTY, "name": NAME},
            "townships": [{"code": code, "name": name} for code, name in TOWNSHIPS.items()],
            "terms": terms_around(self.today),
            "holidays": holidays_around(self.today),
            "policy": {"preset": DEFAULT_PRESET, "effective_on": first_month(self.today)},
            "schools": [{"code": each.code, "name": each.name, "kind": each.kind, "township": each.township} for each in SCHOOLS],
            "people": [{"username": person.username, "name": person.name, "posts": list(person.posts)} for person in self.people],
        }


def draw_county(*, today: date, seed: int = SEED) -> DemoCounty:
    """The county as it stands on the morning of `today`."""
    rng = Random(seed)  # noqa: S311 - invented people, not secrets
    namer = Namer(rng)
    people = draw_people(rng, namer, today=today)
    teachers = {school.code: teachers_of(people, school) for school in SCHOOLS}
    nursery = Nursery(rng, namer, today=today)
    beginnings = [date(first_month(today).year - back, 9, 1) for back in (1, 1, 2, 3)]
    served = [
        nursery.draw(school, teachers[school.code], since=rng.choice(beginnings)) for school in SCHOOLS for _ in range(school.children)
    ]
    identified = [nursery.draw_identified() for _ in range(IDENTIFIED)]
    children = tell(served, teachers=teachers, today=today)
    diary = Diary(rng, namer, _calendar(today), teachers=teachers, today=today)
    outings = make_odd(diary.months(children), today=today)
    newcomers = [nursery.draw(school, teachers[school.code], since=today.replace(day=1)) for school in SCHOOLS[:NEWCOMERS]]
    outings = [*diary.long_ago([replace(child, group="") for child in children if child.number in REMEMBERED]), *outings]
    return DemoCounty(today, people, [*children, *identified], outings, newcomers)


def _calendar(today: date) -> Calendar:
    return Calendar(terms=_spans(terms_around(today)), holidays=_spans(holidays_around(today)))


def _spans(rows: list[dict[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span(row["start"], row["end"]) for row in rows)
