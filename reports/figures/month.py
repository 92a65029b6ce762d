"""The judgement of a county's month: children, schools and teachers. Source: docs/rules.md, "Judging a month"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, compress
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils.timezone import get_default_timezone

from accounts.rules import Role
from counties.models import School
from counties.rules import Span, school_year_of
from reports.figures.lines import ChildMonth, CountyMonth, SchoolMonthFigures, TeacherMonth
from reports.figures.loading import (
    ChildRow,
    Demands,
    PersonRow,
    PostRow,
    Scope,
    YearSum,
    load_children,
    load_demands,
    load_facts,
    load_people,
    load_posts,
    load_year,
)
from reports.figures.tallies import ChildTally, Tallies
from reports.models import Submission
from students.rules.service import (
    MonthDemand,
    Service,
    YearDemand,
    YearOwed,
    judged_span,
    latest_safe_day,
    month_span,
    next_month,
    visits_for,
)
from visits.querysets.showing import key
from visits.rules.flags import page_flags
from visits.rules.judging import (
    Fact,
    Flag,
    Key,
    Month,
    PeriodFacts,
    Team,
    Year,
    forecast,
    is_mostly_remote,
    judge,
    visit_flags,
    workload,
)
from visits.rules.overlaps import Outing, overlapping_visits


def month_figures(*, county_code: str, month: date, as_of: datetime, schools: Collection[UUID] | None = None) -> CountyMonth:
    """The month of a county, or of some of its schools, in seven queries.

    `month` is its first day; `as_of` the moment whose knowledge counts.
    """
    filed = Submission.objects.filed().filter(school=OuterRef("pk"), month=month).order_by("-version").values("state")[:1]
    schools_of = School.objects.of_county(county_code).select_related("county").annotate(key=key("pk"), filed=Subquery(filed))
    everyone = list(schools_of.order_by("code"))
    chosen = {school.key: school for school in everyone if schools is None or school.pk in schools}
    scope = Scope(chosen, is_whole_county=schools is None)
    return _Judging(county_code, month, as_of, scope, load_demands(county_code, month)).result()


NOBODY = Team(0, 0)


class _Asked(NamedTuple):
    """What is asked of children with the same cases: visits per period and case, the year, and which case is in service in the month."""

    owing: tuple[tuple[int, ...], ...]
    year: YearOwed
    is_served: tuple[bool, ...]


class _Judging:
    """One judgement: what was loaded, grouped once, and asked school by school."""

    def __init__(self, county_code: str, month: date, as_of: datetime, scope: Scope, demands: Demands) -> None:
        self.county_code, self.month, self.as_of, self.scope, self.demands = county_code, month, as_of, scope, demands
        self.terms = demands.terms
        self.calendar_month = month_span(month)
        self.judged = judged_span(month, self.terms)
        self.year = self._year_demand()
        self.demand = next(each for each in self.year_months if each.month == month)
        self.term_days = demands.calendar.term_days(self.year.year)
        self.is_over = as_of >= _first_instant(_day_after(self.judged if self.terms.period == "week" else self.calendar_month))
        # Many children stand alike: each of these is worked out once.
        self._asked: dict[tuple[Service, ...], _Asked] = {}
        self._months: dict[tuple[Any, ...], Month] = {}
        self._years: dict[tuple[YearOwed, YearSum], Year] = {}
        self._load()

    def _year_demand(self) -> YearDemand:
        self.year_months = [MonthDemand(month, terms, self.demands.calendar) for month, terms in self.demands.terms_of.items()]
        return YearDemand(school_year_of(self.month), self.year_months, self.terms)

    def _load(self) -> None:
        reading = Span(min(self.judged.first, self.calendar_month.first), max(self.judged.last, self.calendar_month.last))
        self.children = load_children(self.scope, self.calendar_month, self.year.window)
        facts, self.shown = load_facts(self.scope, reading, self.as_of, self.demands, self.calendar_month)
        self.sums = load_year(self.scope, self.year.span, self.as_of, self.demands, self.calendar_month)
        self.posts = load_posts(self.scope, self.calendar_month)
        self.people = load_people(self.scope, reading, self.as_of, (post.user_id for post in self.posts))
        self.tallies = Tallies(facts, self.demand.periods, self.calendar_month, self.terms)
        self.teams = _teams(self.people)
        self.clashing = overlapping_visits(_outings(facts, self.people))

    def result(self) -> CountyMonth:
        return CountyMonth(
            county_code=self.county_code,
            month=self.month,
            as_of=self.as_of,
            is_over=self.is_over,
            days_left=max(0, (next_month(self.month) - self.as_of.astimezone(get_default_timezone()).date()).days),
            policy=self.demands.policy,
            terms=self.terms,
            schools=tuple(self._school(school_id, lines) for school_id, lines in self._lines().items()),
            teachers=tuple(sorted(self._teachers(), key=lambda line: (line.school_code, line.name, str(line.user_id)))),
        )

    # --- children -------------------------------------------------------------------------------

    def _lines(self) -> dict[Key, list[ChildMonth]]:
        lines: dict[Key, list[ChildMonth]] = {school_id: [] for school_id in self.scope.schools}
        for cases in self.children.values():
            for school_id in dict.fromkeys(case.school_id for case in cases if case.service.touches(self.calendar_month)):
                if school_id in self.scope.schools:
                    lines[school_id].append(self._line(school_id, cases))
        return lines

    def _line(self, school_id: Key, cases: list[ChildRow]) -> ChildMonth:
        here = tuple(case.school_id == school_id for case in cases)
        tally = self.tallies.children[cases[0].student_id, school_id]
        asked = self._asked_of(tuple(case.service for case in cases))
        return ChildMonth(
            student_id=UUID(cases[0].student_id),
            school_id=self.scope.schools[school_id].pk,
            name=cases[0].name,
            birth_on=cases[0].birth_on,
            month=self._month(asked, here, tally, frozenset(self._flags(tally.counted, cases))),
            year=self._year(asked.year, self.sums.get(cases[0].student_id, YearSum(Decimal(0), 0))),
            is_paused=not any(compress(asked.is_served, here)),
            last_visit_on=tally.last_on,
        )

    def _asked_of(self, services: tuple[Service, ...]) -> _Asked:
        if services not in self._asked:
            self._asked[services] = _Asked(
                owing=self.demand.owed(tuple(service.spans(self.judged) for service in services)),
                year=self.year.owed(tuple(service.spans(self.year.window) for service in services)),
                is_served=tuple(bool(service.spans(self.calendar_month)) for service in services),
            )
        return self._asked[services]

    def _month(self, asked: _Asked, here: tuple[bool, ...], tally: ChildTally, flags: frozenset[Flag]) -> Month:
        owing = (sum(compress(shares, here)) for shares in asked.owing)
        periods = tuple(map(PeriodFacts, owing, tally.delivered, tally.planned))
        facts = (periods, tally.lessons, tally.missed, tally.excused, flags)
        if facts not in self._months:
            self._months[facts] = judge(
                periods,
                lessons=tally.lessons,
                missed=tally.missed,
                excused=tally.excused,
                flags=flags,
                terms=self.terms,
                is_over=self.is_over,
            )
        return self._months[facts]

    def _flags(self, counted: list[Fact], cases: list[ChildRow]) -> Iterable[Flag]:
        for fact in counted:
            team = self.teams.get(fact.visit_id, NOBODY)
            yield from visit_flags(fact, team, overlaps=fact.visit_id in self.clashing, terms=self.terms)
            if shown := self.shown.get((fact.visit_id, fact.student_id)):
                yield from page_flags(fact, shown, self.terms)
        remote = sum(fact.mode == "remote" for fact in counted)
        if remote and is_mostly_remote(remote, len(counted), self.terms) and not self._is_mainly_remote(cases):
            yield Flag.REMOTE_SHARE

    def _is_mainly_remote(self, cases: list[ChildRow]) -> bool:
        return any(case.mainly_remote_until is not None and case.mainly_remote_until >= self.month for case in cases)

    def _year(self, owed: YearOwed, sums: YearSum) -> Year:
        if (owed, sums) not in self._years:
            self._years[owed, sums] = self._judge_year(owed, sums)
        return self._years[owed, sums]

    def _judge_year(self, owed: YearOwed, sums: YearSum) -> Year:
        reached = forecast(sums.delivered, sums.planned, self.terms)
        missing = Decimal(0) if owed.lessons is None or reached is None else max(Decimal(0), owed.lessons - reached)
        return Year(
            owed=owed.lessons,
            delivered=sums.delivered,
            forecast=reached,
            gap=owed.gap,
            missing_visits=visits_for(missing, self.terms),
            latest_safe_on=latest_safe_day(missing, self.terms, self.term_days),
        )

    # --- schools and teachers ---------------------------------------------------------------------

    def _school(self, school_id: Key, lines: list[ChildMonth]) -> SchoolMonthFigures:
        tally = self.tallies.schools[school_id]
        return SchoolMonthFigures(
            school=self.scope.schools[school_id],
            lines=tuple(sorted(lines, key=lambda line: (line.name, line.birth_on, str(line.student_id)))),
            by_mode=dict(tally.modes),
            missed=tally.missed,
            filed=self.scope.schools[school_id].filed or "",  # type: ignore[attr-defined]  # annotated
        )

    def _teachers(self) -> Iterable[TeacherMonth]:
        outings: dict[tuple[Key, Key], list[PersonRow]] = defaultdict(list)
        line_of = _lines_of_posts(self.posts)
        for person in self.people:
            if person.user_id is None or not self.calendar_month.holds(person.on):
                continue
            theirs = line_of.get(person.user_id, [])
            post = next((post for post in theirs if post.school_id == person.school_id), next(iter(theirs), None))
            if post is not None:
                outings[post.user_id, post.school_id].append(person)
        for post in chain.from_iterable(line_of.values()):
            went = outings[post.user_id, post.school_id]
            if post.school_id in self.scope.schools and (went or post.role == Role.TEACHER):
                yield self._teacher(post, went)

    def _teacher(self, post: PostRow, went: list[PersonRow]) -> TeacherMonth:
        visits = sum(person.found_somebody for person in went)
        missed = len(went) - visits
        return TeacherMonth(UUID(post.user_id), post.name, post.school_code, visits, missed, workload(visits, missed, self.terms))


def _lines_of_posts(posts: list[PostRow]) -> dict[Key, list[PostRow]]:
    """Each person's lines: their posts as a teacher, one a school; without any, their first other post."""
    lines: dict[Key, dict[Key, PostRow]] = defaultdict(dict)
    for post in posts:
        if post.role == Role.TEACHER:
            lines[post.user_id].setdefault(post.school_id, post)
    for post in posts:
        if not any(line.role == Role.TEACHER for line in lines[post.user_id].values()):
            lines[post.user_id].setdefault(post.school_id, post)
    return {user: list(by_school.values()) for user, by_school in lines.items()}


def _teams(people: list[PersonRow]) -> dict[Key, Team]:
    counts: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for person in people:
        counts[person.visit_id][0] += 1
        counts[person.visit_id][1] += person.user_id is not None
    return {visit: Team(everyone, teachers) for visit, (everyone, teachers) in counts.items()}


def _outings(facts: list[Fact], people: list[PersonRow]) -> Iterable[Outing]:
    """Who was where and when: children by their facts, teachers by the teams they were in."""
    for fact in facts:
        if fact.state != "planned":
            yield Outing(fact.student_id, fact.starts_at, fact.ends_at, fact.visit_id)
    for person in people:
        if person.user_id is not None:
            yield Outing(person.user_id, person.starts_at, person.ends_at, person.visit_id)


def _day_after(span: Span) -> date:
    return span.last + timedelta(days=1)


def _first_instant(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=get_default_timezone())
