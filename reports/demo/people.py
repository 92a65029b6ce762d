"""The grown-ups of the demo county: who works where, and under which name they sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from reports.demo.names import Namer
from reports.demo.places import CITY, COUNTY, SCHOOLS, DemoSchool

SCHOOLS_WITH_PRINCIPAL = 5
SHARED_BETWEEN = ("2145003001", "2145003009")  # one teacher of the first also serves the second


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """`posts` as the county file writes them."""

    username: str
    name: str
    posts: tuple[dict[str, Any], ...]

    def works_at(self, school: DemoSchool, role: str = "teacher") -> bool:
        return any(post["role"] == role and post.get("school") == school.code for post in self.posts)


def draw_people(rng: Random, namer: Namer, *, today: date) -> list[DemoPerson]:
    """Schools first, then the bureau and those who look in from outside."""
    people = [person for number, school in enumerate(SCHOOLS) for person in _staff(number, school, namer)]
    reached = rng.sample(SCHOOLS[1:], k=5)
    until = today + timedelta(days=60)
    return [
        *people,
        _person("bureau", namer, {"role": "county_staff", "area": COUNTY}),
        _person("bureau2", namer, {"role": "county_staff", "area": COUNTY}),
        _person("leader", namer, {"role": "county_leader", "area": COUNTY}),
        _person("itinerant", namer, *({"role": "itinerant", "school": school.code} for school in reached)),
        _person("inspector", namer, *({"role": "inspector", "school": school.code, "until": until} for school in reached[:3])),
        _person("observer", namer, {"role": "observer", "area": CITY}),
    ]


def _staff(number: int, school: DemoSchool, namer: Namer) -> list[DemoPerson]:
    here = {"school": school.code}
    staff = [_person(f"admin{number:02}", namer, {"role": "school_admin", **here})]
    if number < SCHOOLS_WITH_PRINCIPAL:
        staff.append(_person(f"principal{number:02}", namer, {"role": "principal", **here}))
    for place in range(1, school.teachers + 1):
        posts = [{"role": "teacher", **here}]
        if school.code == SHARED_BETWEEN[0] and place == 1:
            posts.append({"role": "teacher", "school": SHARED_BETWEEN[1]})
        staff.append(_person(f"t{number:02}{place}", namer, *posts))
    return staff


def _person(username: str, namer: Namer, *posts: dict[str, Any]) -> DemoPerson:
    return DemoPerson(username, namer.adult(), posts)


def teachers_of(people: list[DemoPerson], school: DemoSchool) -> tuple[str, ...]:
    """Names of the school's teachers."""
    return tuple(person.name for person in people if person.works_at(school))


# Who is shown to somebody who has just started the demo.
INTRODUCED = (
    "bureau",
    "leader",
    "admin00",
    "principal00",
    "t001",
    "admin02",
    "t021",
    "itinerant",
    "inspector",
    "observer",
    "operator",
    "auditor",
)
