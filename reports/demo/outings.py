"""The visits of some months: who went where, when, and what came of it, up to the day before `today` and a little ahead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from counties.rules import Calendar, PolicyTerms, Span, days_of, school_year_of
from reports.demo.children import DemoChild, Stay
from reports.demo.names import Namer
from reports.demo.places import SPECIAL_SCHOOL, YEARS_BACK, DemoSchool
from students.rules.service import MonthDemand, Service, month_span, next_month

SATURDAY = 5
MORNINGS = (time(8, 30), time(9, 0), time(9, 20), time(9, 30), time(10, 0))
AFTERNOONS = (time(14, 0), time(14, 20), time(14, 30), time(15, 0), time(15, 10))
LENGTHS = (120, 120, 120, 125, 130, 140, 160)
REASONS = ("住院", "住院", "外出", "外出", "道路天气", "拒绝", "教师公务", "其他")

# How likely a child's planned visit is done and, if not, made up for later; what of it is already in the plan.
DONE = {"steady": 0.94, "early": 0.97, "behind": 0.5, "unplanned": 0.8, "remote": 0.95}
MADE_UP = {"steady": 0.85, "early": 1.0, "behind": 0.1, "unplanned": 0.3, "remote": 0.8}
PLANNED = {"steady": 1.0, "early": 1.0, "behind": 0.4, "unplanned": 0.0, "remote": 1.0}


@dataclass(frozen=True, slots=True)
class DemoOuting:
    """One visit. `missed` is the reason when nobody was found; `absent` the reasons of those who stayed away, by child."""

    on: date
    start: time
    minutes: int
    school: DemoSchool
    mode: str
    children: tuple[DemoChild, ...]
    teachers: tuple[str, ...]
    companions: tuple[str, ...] = ()
    missed: str = ""
    absent: tuple[tuple[int, str], ...] = ()
    lessons: float | None = None
    is_planned: bool = False
    repeats: bool = False  # its teaching text is copied from the child's visit before

    @property
    def end(self) -> time:
        return (datetime.combine(self.on, self.start) + timedelta(minutes=self.minutes)).time()


def first_month(today: date) -> date:
    """Where the history begins: the school year's first month, or six months ago if that is earlier."""
    month = today.replace(day=1)
    for _ in range(6):
        month = (month - timedelta(days=1)).replace(day=1)
    return min(month, date(school_year_of(today), 9, 1))


class Diary:
    """Fills the half-days of teachers with visits, none of them in two places at once."""

    def __init__(self, rng: Random, namer: Namer, calendar: Calendar, *, teachers: dict[str, tuple[str, ...]], today: date) -> None:
        self._rng, self._calendar, self._teachers, self._today = rng, calendar, teachers, today
        self._busy: set[tuple[str, date, bool]] = set()
        self._demands: dict[date, MonthDemand] = {}
        self._visited: set[tuple[str, date]] = set()
        self._helpers = [namer.adult() for _ in range(6)]

    def months(self, children: list[DemoChild]) -> list[DemoOuting]:
        """All visits, the earliest first."""
        return self._between(first_month(self._today), self._today, children)

    def long_ago(self, children: list[DemoChild]) -> list[DemoOuting]:
        """The visits before the county's months, of children who are remembered for longer."""
        year = school_year_of(self._today) - YEARS_BACK
        return self._between(date(year, 9, 1), first_month(self._today) - timedelta(days=1), children)

    def _between(self, month: date, last: date, children: list[DemoChild]) -> list[DemoOuting]:
        outings: list[DemoOuting] = []
        while month <= last:
            outings += self._groups(month, [child for child in children if child.group])
            for child in children:
                for stay in child.stays:
                    outings += self._visits(month, child, stay)
            month = next_month(month)
        return sorted(outings, key=lambda outing: (outing.on, outing.start, outing.school.code, outing.children[0].number))

    # --- one child's month -----------------------------------------------------------------------

    def _visits(self, month: date, child: DemoChild, stay: Stay) -> Iterable[DemoOuting]:
        days = self._days(month, child, stay)
        owed = self._owed(month, child, stay) - (1 if child.group else 0)
        for part in self._parts(days, owed, child.habit):
            yield from self._try(child, stay, part, [day for day in days if day > part[-1]])

    def _owed(self, month: date, child: DemoChild, stay: Stay) -> int:
        pauses = tuple((since, until) for since, until, _ in child.pauses)
        service = Service(stay.since, stay.until, pauses)
        return self._demand_of(month).total((service.spans(month_span(month)),))

    def _demand_of(self, month: date) -> MonthDemand:
        if month not in self._demands:
            self._demands[month] = MonthDemand(month, PolicyTerms(), self._calendar)
        return self._demands[month]

    def _days(self, month: date, child: DemoChild, stay: Stay) -> list[date]:
        """The school days of the month on which the child is served."""
        return [
            day
            for day in days_of(month_span(month))
            if day.weekday() < SATURDAY
            and self._calendar.is_term_day(day)
            and not self._calendar.is_public_holiday(day)
            and stay.since <= day
            and (stay.until is None or day < stay.until)
            and not any(since <= day and (until is None or day < until) for since, until, _ in child.pauses)
        ]

    def _parts(self, days: list[date], owed: int, habit: str) -> list[list[date]]:
        """The days cut into one stretch a visit, so that visits are spaced; early birds have theirs in the first week."""
        if owed <= 0 or len(days) < owed:
            return []
        if habit == "early":
            days = days[: 3 * owed]
        size = len(days) // owed
        return [days[number * size : (number + 1) * size] for number in range(owed)]

    def _try(self, child: DemoChild, stay: Stay, part: list[date], later: list[date]) -> Iterable[DemoOuting]:
        outing = self._book(child, stay, part)
        if outing is None:
            return
        if outing.on >= self._today:
            if self._rng.random() < PLANNED[child.habit]:
                yield self._as_plan(outing)
        elif self._rng.random() < DONE[child.habit]:
            yield outing
        else:
            yield self._as_missed(outing)
            if later and self._rng.random() < MADE_UP[child.habit] and (again := self._book(child, stay, later)):
                yield self._as_plan(again) if again.on >= self._today else again

    def _book(self, child: DemoChild, stay: Stay, days: list[date]) -> DemoOuting | None:
        """A free half-day of two teachers, the child's own first."""
        everyone = self._teachers[stay.school.code]
        others = [name for name in everyone if name not in stay.teachers]
        for day in self._rng.sample(days, k=len(days)):
            if (child.name, day) in self._visited:
                continue
            for is_afternoon in self._rng.sample((False, True), k=2):
                free = [name for name in (*stay.teachers, *others) if (name, day, is_afternoon) not in self._busy]
                if len(free) >= min(2, len(everyone)):
                    return self._outing(child, stay.school, day, is_afternoon=is_afternoon, team=tuple(free[:2]))
        return None

    def _outing(self, child: DemoChild, school: DemoSchool, day: date, *, is_afternoon: bool, team: tuple[str, ...]) -> DemoOuting:
        self._busy |= {(name, day, is_afternoon) for name in team}
        self._visited.add((child.name, day))
        rng, is_remote = self._rng, child.habit == "remote"
        minutes = rng.choice(LENGTHS)
        return DemoOuting(
            on=day,
            start=rng.choice(AFTERNOONS if is_afternoon else MORNINGS),
            minutes=minutes,
            school=school,
            mode="远程" if is_remote or rng.random() < 0.02 else "入户",
            children=(child,),
            teachers=team[:1] if is_remote and rng.random() < 0.5 else team,
            companions=(rng.choice(self._helpers),) if not is_remote and rng.random() < 0.12 else (),
            lessons=None if rng.random() < 0.5 else minutes // 20 / 2,
        )

    def _as_plan(self, outing: DemoOuting) -> DemoOuting:
        return replace(outing, is_planned=True, companions=(), lessons=None)

    def _as_missed(self, outing: DemoOuting) -> DemoOuting:
        return replace(outing, missed=self._rng.choice(REASONS), mode="入户", minutes=30, lessons=None)

    # --- groups -------------------------------------------------------------------------------------

    def _groups(self, month: date, children: list[DemoChild]) -> Iterable[DemoOuting]:
        """Each group meets once a month at the special school, in its first half."""
        for group in sorted({child.group for child in children}):
            members = [child for child in children if child.group == group]
            days = [day for day in days_of(Span(month.replace(day=6), month.replace(day=16))) if self._is_common(day, month, members)]
            if days:
                yield self._group(self._rng.choice(days), tuple(members))

    def _is_common(self, day: date, month: date, members: list[DemoChild]) -> bool:
        is_free = (SPECIAL_SCHOOL.code, day, False) not in self._busy
        return is_free and all(day in self._days(month, child, child.stays[0]) for child in members)

    def _group(self, day: date, members: tuple[DemoChild, ...]) -> DemoOuting:
        team = self._teachers[SPECIAL_SCHOOL.code][:3]
        self._busy |= {(name, day, False) for name in (*team, SPECIAL_SCHOOL.code)}
        self._visited |= {(child.name, day) for child in members}
        missing = ((members[-1].number, self._rng.choice(REASONS[:4])),) if self._rng.random() < 0.25 else ()
        outing = DemoOuting(day, time(9, 0), 130, SPECIAL_SCHOOL, "集中", members, team, absent=missing, lessons=3)
        return outing if day < self._today else replace(outing, is_planned=True, absent=(), lessons=None)
