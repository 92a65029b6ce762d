"""What a county file says once it is read: frozen values, every one checked against the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.rules.standing import Role
from counties.rules import Span


@dataclass(frozen=True, slots=True)
class PlannedSchool:
    code: str
    name: str
    kind: str
    township: str


@dataclass(frozen=True, slots=True)
class PlannedDays:
    """A term or a holiday, first to last day."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """`school` is a code of ten digits or empty, `area` an area code or empty; `until` does not count."""

    role: Role
    school: str
    area: str
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    username: str
    name: str
    posts: tuple[PlannedPost, ...]


@dataclass(frozen=True, slots=True)
class PlannedPolicy:
    preset: str
    effective_on: date
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CountyPlan:
    """What a county file says, every value read and checked against the others."""

    code: str
    name: str
    townships: dict[str, str]
    terms: tuple[PlannedDays, ...]
    holidays: tuple[PlannedDays, ...]
    workdays: tuple[date, ...]
    policy: PlannedPolicy | None
    schools: tuple[PlannedSchool, ...]
    people: tuple[PlannedPerson, ...]
