"""A good row against the record: is it that child, and what of its case would change.

An import never moves a child to another school, ends a case or changes its teachers by itself.
Source: docs/rules.md, "The roster sheet".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from uuid import UUID

from students.rules.roster import Entry


@dataclass(frozen=True, slots=True)
class CaseOnRecord:
    id: UUID
    state: str
    is_served: bool  # from 在送 on
    school: UUID | None
    starts_on: date | None
    ends_on: date | None
    team: frozenset[UUID]
    reason: str = ""


class Step(Enum):
    """What a row asks of a child's cases."""

    NONE = "none"
    OPEN = "open"  # a first case, or another one after the last ended
    START = "start"  # an identified child is now served
    AMEND = "amend"  # details of the case there is
    MOVE = "move"  # to another school: only when somebody confirms it
    END = "end"  # only when somebody confirms it


@dataclass(frozen=True, slots=True)
class CasePlan:
    """Steps in their order on one case; `changes` are the case's columns that an amendment sets."""

    steps: frozenset[Step]
    case: CaseOnRecord | None = None
    changes: tuple[tuple[str, object], ...] = ()
    joins: frozenset[UUID] = frozenset()  # teachers of a case that had none
    keeps_team: bool = False  # the row names other teachers than the record


NOTHING = CasePlan(frozenset({Step.NONE}))


def plan_case(entry: Entry, cases: Sequence[CaseOnRecord]) -> CasePlan:
    """What the row asks, `cases` being the child's in the order of their time."""
    if not entry.makes_case:
        return NOTHING
    case = _meant(entry, cases)
    if case is None or _comes_back(entry, case):
        return CasePlan(frozenset({Step.OPEN}))
    steps = set()
    if entry.school and case.school and entry.school != case.school:
        steps.add(Step.MOVE)
    if case.is_served and entry.ends_on and entry.ends_on != case.ends_on:
        steps.add(Step.END)
    if steps:
        return CasePlan(frozenset(steps), case)
    if not case.is_served and entry.is_served:
        return CasePlan(frozenset({Step.START}), case)
    return _amendment(entry, case, is_only=len(cases) == 1)


def _meant(entry: Entry, cases: Sequence[CaseOnRecord]) -> CaseOnRecord | None:
    """The case of that school and first day (a sheet of last year tells of last year's case), else the latest."""
    same = (case for case in cases if entry.is_served and (case.school, case.starts_on) == (entry.school, entry.starts_on))
    return next(same, cases[-1] if cases else None)


def _comes_back(entry: Entry, case: CaseOnRecord) -> bool:
    """The case is over, and the row tells of another time, or found the child for another school."""
    if not case.is_served or case.ends_on is None:
        return False
    if entry.is_served and entry.starts_on:
        return entry.starts_on >= case.ends_on and (entry.school, entry.starts_on) != (case.school, case.starts_on)
    return entry.school is not None and entry.school != case.school


def _amendment(entry: Entry, case: CaseOnRecord, *, is_only: bool) -> CasePlan:
    changes: list[tuple[str, object]] = []
    if entry.school and not case.school:
        changes.append(("school_id", entry.school))
    if case.is_served and entry.is_served and is_only and entry.starts_on != case.starts_on:
        changes.append(("starts_on", entry.starts_on))
    if entry.reason and entry.reason != case.reason:
        changes.append(("reason", entry.reason))
    team = frozenset(entry.team) if case.is_served else frozenset()
    joins = team if not case.team else frozenset()
    steps = frozenset({Step.AMEND if changes or joins else Step.NONE})
    return CasePlan(steps, case, tuple(changes), joins, keeps_team=bool(team and case.team and team != case.team))


def move_day(entry: Entry, case: CaseOnRecord, on: date) -> date:
    """The first day at the new school: the row's first day if it is later than the old case's, else the present day."""
    first = case.starts_on or date.min
    return entry.starts_on if entry.starts_on and entry.starts_on > first else max(on, first)
