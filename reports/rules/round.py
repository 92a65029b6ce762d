"""The month's round: what is due of it at a moment. Source: docs/rules.md, "The month's round".

Nothing here happens at a time: from the moment it is due a step stays due until it has been taken or is of no use any more. So whoever asks
late hears what was missed. Days and hours are Beijing's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from counties.rules import PolicyTerms
from reports.rules.filing import BEIJING, due_on, late_from
from students.rules.service import judged_span, next_month

NIGHT = timedelta(hours=2)  # after midnight: drafts and verdicts are made while nobody works
MORNING = time(9)  # reminders and the list of the missing
REMINDED_BEFORE = (7, 3, 1, 0)  # days before the last day
MONTHS_BACK = 11  # how far an installation looks back for what it missed
DONE_WITH = frozenset({"done", "failed", "cancelled"})  # states of a job that is over


class Kind(StrEnum):
    """The steps, in the order in which what was missed is caught up."""

    DRAFT = "draft"
    REMIND = "remind"
    FILE = "file"
    MISSING = "missing"
    VERDICTS = "verdicts"


class Stand(StrEnum):
    """How far a school's month has come."""

    NEVER = "never"  # filed, that is
    AGAIN = "again"  # returned or reopened
    FILED = "filed"


def stand_of(state: str, version: int) -> Stand:
    """From its latest version."""
    if state in ("submitted", "accepted"):
        return Stand.FILED
    return Stand.NEVER if state == "draft" and version == 1 else Stand.AGAIN


@dataclass(frozen=True, slots=True)
class Occasion:
    """A step for one school or county: `key` names it once and for all, so that it is taken once."""

    kind: Kind
    county: str
    month: date
    day: date
    school: UUID | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.school or self.county}:{self.month:%Y-%m}:{self.day:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class InForce:
    """A version of a county's policy. `known_at`: when this installation learned of it."""

    effective_on: date
    known_at: datetime
    terms: PolicyTerms


@dataclass(frozen=True)
class County:
    """What the round knows of a county: its policies in order, at least one, and its schools with the month they report from."""

    code: str
    policies: tuple[InForce, ...]
    schools: tuple[tuple[UUID, date | None], ...] = ()

    @cached_property
    def begins(self) -> date:
        """Nothing is due of earlier months: no policy of this installation asks for them."""
        return self.policies[0].effective_on.replace(day=1)

    def round_of(self, month: date) -> MonthRound:
        """The month under the policy in force on its first day; before the first policy, under the first."""
        standing = [each for each in self.policies if each.effective_on <= month]
        return MonthRound(month, (standing or self.policies[:1])[-1])

    def months(self, now: datetime) -> list[date]:
        """The months whose round may still be on, the oldest first."""
        month = now.astimezone(BEIJING).date().replace(day=1)
        found = [month]
        while len(found) <= MONTHS_BACK:
            found.append((found[-1] - timedelta(days=1)).replace(day=1))
        return [each for each in reversed(found) if each >= self.begins]

    def asked(self, month: date) -> Iterator[UUID]:
        """The schools that report the month in this system."""
        return (school for school, since in self.schools if since is None or since <= month)


@dataclass(frozen=True)
class MonthRound:
    """When the steps of one month fall."""

    month: date
    policy: InForce

    @cached_property
    def due_on(self) -> date:
        return due_on(self.month, self.policy.terms.submit_due_day)

    @cached_property
    def late_from(self) -> datetime:
        return late_from(self.month, self.policy.terms.submit_due_day)

    @property
    def prepare_on(self) -> date:
        """From this day on drafts are made every night; never after the last day on time."""
        return min(due_on(self.month, self.policy.terms.prepare_day), self.due_on)

    @property
    def list_from(self) -> datetime:
        return _at(self.due_on + timedelta(days=1), MORNING)

    @property
    def over_on(self) -> date:
        """The first day after its last period."""
        if self.policy.terms.period == "week":
            return judged_span(self.month, self.policy.terms).last + timedelta(days=1)
        return next_month(self.month)

    @property
    def was_asked(self) -> bool:
        """This installation knew of the deadline before it passed."""
        return self.policy.known_at < self.late_from

    def is_filed_by_itself(self, now: datetime) -> bool:
        return self.policy.terms.auto_submit and self.was_asked and now >= self.late_from

    def reminder(self, now: datetime) -> date | None:
        """The day of the reminder that is due: the latest, while it is on time and the next one is not for the same day."""
        days = [day for ago in REMINDED_BEFORE if (day := self.due_on - timedelta(days=ago)) >= self.month]
        passed = [day for day in days if now >= _at(day, MORNING)]
        if not passed or now >= self.late_from:
            return None
        today, following = now.astimezone(BEIJING).date(), days[len(passed) :]
        return None if following and today >= following[0] else passed[-1]


def due(county: County, stands: Mapping[tuple[UUID, date], Stand], *, now: datetime) -> list[Occasion]:
    """Everything that is due in a county, done already or not, in the order of `Kind`, the oldest month first."""
    rounds = [county.round_of(month) for month in county.months(now)]
    steps = [*_of_schools(county, rounds, stands, now), *_missing(county, rounds, stands, now), *_verdicts(county, rounds, now)]
    order = list(Kind)
    return sorted(steps, key=lambda step: (order.index(step.kind), step.month))


def _of_schools(county: County, rounds: list[MonthRound], stands: Mapping[tuple[UUID, date], Stand], now: datetime) -> Iterator[Occasion]:
    today, night = now.astimezone(BEIJING).date(), night_of(now)
    filing: set[UUID] = set()  # a school's months are filed one after the other: an earlier one may hold what a later one would take
    for each in rounds:
        reminded_on, by_itself, prepares = each.reminder(now), each.is_filed_by_itself(now), night >= each.prepare_on
        for school in county.asked(each.month):
            stand = stands.get((school, each.month), Stand.NEVER)
            if stand == Stand.FILED:
                continue
            if stand == Stand.NEVER and by_itself:
                if school not in filing:
                    yield Occasion(Kind.FILE, county.code, each.month, today, school)
                filing.add(school)
            elif prepares:
                yield Occasion(Kind.DRAFT, county.code, each.month, night, school)
            if stand == Stand.NEVER and reminded_on is not None:
                yield Occasion(Kind.REMIND, county.code, each.month, reminded_on, school)


def _missing(county: County, rounds: list[MonthRound], stands: Mapping[tuple[UUID, date], Stand], now: datetime) -> Iterator[Occasion]:
    """Of the latest month alone: an older list is of no use."""
    passed = [each for each in rounds if now >= each.list_from]
    if passed and passed[-1].was_asked and missing(county, passed[-1].month, stands):
        yield Occasion(Kind.MISSING, county.code, passed[-1].month, passed[-1].list_from.date())


def _verdicts(county: County, rounds: list[MonthRound], now: datetime) -> Iterator[Occasion]:
    """One a night for all months that are over: late records and corrections may have come for any of them."""
    if over := [each.month for each in rounds if night_of(now) >= each.over_on]:
        yield Occasion(Kind.VERDICTS, county.code, over[-1], night_of(now))


def missing(county: County, month: date, stands: Mapping[tuple[UUID, date], Stand]) -> list[UUID]:
    """The schools that have never filed the month."""
    return [school for school in county.asked(month) if stands.get((school, month), Stand.NEVER) == Stand.NEVER]


def months_over(county: County, now: datetime) -> list[date]:
    return [month for month in county.months(now) if now >= _at(county.round_of(month).over_on, time())]


def ready(steps: Iterable[Occasion], states: Mapping[str, str]) -> list[Occasion]:
    """Those without a job yet; a county's list of the missing only after what files by itself is over. `states`: of jobs, by key."""
    steps = list(steps)
    filing = {step.county for step in steps if step.kind == Kind.FILE and states.get(step.key) not in DONE_WITH}
    return [step for step in steps if step.key not in states and not (step.kind == Kind.MISSING and step.county in filing)]


def night_of(now: datetime) -> date:
    """The day whose night has come, at two in the morning."""
    return (now.astimezone(BEIJING) - NIGHT).date()


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=BEIJING)
