"""A child's share of a visit as lists and pages show it, and what of it counts. Source: docs/rules.md, "Judging a month"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from counties.rules import PolicyTerms
from office.rules import day_text

HERE = ZoneInfo("Asia/Shanghai")
UNCAPPED = Decimal(999)  # more than a record holds
MODES = {"home": "入户", "centre": "集中", "remote": "远程"}
OUTCOMES = {"done": ("完成", "good"), "missed": ("未送成", "late"), "planned": ("已排", "plan"), "cancelled": ("已取消", "empty")}
"""What became of a visit for a child: its word, and the tone that word has on a page."""


def outcome(state: str, *, present: bool) -> str:
    """A child absent from a group's visit was not served, whatever the others had."""
    return "missed" if state == "done" and not present else state


# --- What counts ------------------------------------------------------------------------------------


class Cap(NamedTuple):
    """From a month on, the most lessons that count of one visit; None: uncapped."""

    since: date
    lessons: Decimal | None


@dataclass(frozen=True, slots=True)
class Measure:
    """What counts in a list: caps by county, each in the order of time, and the purposes that count."""

    caps: Mapping[str, tuple[Cap, ...]]
    purposes: frozenset[str]

    @property
    def lowest_cap(self) -> Decimal:
        """No fewer recorded lessons than this are ever cut."""
        return min((cap.lessons for caps in self.caps.values() for cap in caps if cap.lessons is not None), default=UNCAPPED)

    def credit(self, lessons: Decimal, county: str, on: date) -> Decimal:
        """What of the recorded lessons counts."""
        cap = [cap.lessons for cap in self.caps.get(county) or _caps(()) if cap.since <= on][-1]
        return lessons if cap is None else min(lessons, cap)


def measure(versions: Mapping[str, Sequence[tuple[date, PolicyTerms]]]) -> Measure:
    """From each county's policies, in order, with the day each takes effect; a county without any has the defaults."""
    terms = [terms for policies in versions.values() for _, terms in policies] or [PolicyTerms()]
    return Measure(
        caps={county: _caps(policies) for county, policies in versions.items()},
        purposes=frozenset(purpose for each in terms for purpose in each.counting_purposes),
    )


def _caps(versions: Sequence[tuple[date, PolicyTerms]]) -> tuple[Cap, ...]:
    """A policy judges from the first month that begins under it; the first one also everything before."""
    found = [Cap(_first_month(since), _most(terms)) for since, terms in versions]
    return (found[0]._replace(since=date.min), *found[1:]) if found else (Cap(date.min, _most(PolicyTerms())),)


def _most(terms: PolicyTerms) -> Decimal | None:
    return None if terms.lessons_per_visit is None else 2 * terms.lessons_per_visit


def _first_month(day: date) -> date:
    return day if day.day == 1 else date(day.year + day.month // 12, day.month % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Totals:
    """Of everything a filter lets through, whatever page is shown. `lessons` are credited ones."""

    records: int = 0
    outings: int = 0
    delivered: int = 0
    missed: int = 0
    lessons: Decimal = Decimal(0)

    @classmethod
    def read(cls, sums: Mapping[str, Decimal | int | None]) -> Totals:
        counts = {name: int(sums[name] or 0) for name in ("records", "outings", "delivered", "missed")}
        return cls(**counts, lessons=Decimal(sums["lessons"] or 0))


# --- What is shown ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A list's row. `is_open`: the reader knows the child; else the name is masked and no reason shown."""

    visit_id: UUID
    school_name: str
    on: date
    starts_at: datetime
    ends_at: datetime
    mode: str
    outcome: str
    reason: str
    child: str
    people: str
    lessons: Decimal
    credited: Decimal
    is_open: bool

    @property
    def day(self) -> str:
        """`10月28日 周三`."""
        return day_text(self.on)

    @property
    def hours(self) -> str:
        """`09:00–10:59`, in Asia/Shanghai."""
        return f"{self.starts_at.astimezone(HERE):%H:%M}–{self.ends_at.astimezone(HERE):%H:%M}"

    @property
    def mode_word(self) -> str:
        return MODES[self.mode]

    @property
    def word(self) -> str:
        return OUTCOMES[self.outcome][0]

    @property
    def tone(self) -> str:
        return OUTCOMES[self.outcome][1]

    @property
    def is_done(self) -> bool:
        return self.outcome == "done"

    @property
    def is_capped(self) -> bool:
        return self.is_done and self.credited < self.lessons


@dataclass(frozen=True, slots=True)
class Share:
    """What one child had of a visit. Not `is_open`: the name is masked, texts are left out. `has_page`: the child's page may be opened."""

    student_id: UUID
    school_name: str
    child: str
    outcome: str
    lessons: Decimal
    ends_at: datetime | None  # where it is not the visit's
    is_open: bool
    has_page: bool
    reason: str = ""
    reason_text: str = ""
    teaching: str = ""
    rehabilitation: str = ""
    family: str = ""
    practised: Sequence[Any] = ()  # querysets.practising.Told

    @property
    def word(self) -> str:
        return OUTCOMES[self.outcome][0]

    @property
    def tone(self) -> str:
        return OUTCOMES[self.outcome][1]

    @property
    def is_done(self) -> bool:
        return self.outcome == "done"
