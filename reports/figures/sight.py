"""The part of a county's month that a person sees. Source: docs/rules.md, "People and what they see"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Subquery

from accounts.models import User
from accounts.rules import COUNTY_ROLES, SCHOOL_ROLES, SCHOOL_WIDE, Role
from office.rules import masked_name
from reports.figures.lines import ChildMonth, CountyMonth, SchoolMonthFigures, TeacherMonth
from reports.figures.month import month_figures
from students.models import Case
from visits.models import Visit, VisitRecord
from visits.querysets.writing import WRITERS


class SeenCase(NamedTuple):
    """A child at a school, and the last day on which a visit found the child."""

    student_id: UUID
    school_id: UUID
    last_visit_on: date | None


@dataclass(frozen=True)
class Sight:
    """What a person sees of one county: all of it, or some children of some schools.

    `cases` is None for the whole county, of which no question is seen before the school has filed the month. `led` are the
    schools whose teachers' workload is shown, None for all of them. `counties` are the codes a person may choose between.
    """

    user_id: UUID
    county_code: str
    counties: tuple[str, ...]
    cases: tuple[SeenCase, ...] | None
    led: frozenset[UUID] | None
    names_are_masked: bool
    own: frozenset[UUID] = frozenset()  # schools worked for: their questions are known also before they file
    logged_for: frozenset[UUID] = frozenset()  # schools whose visits the person writes down

    @property
    def compares_schools(self) -> bool:
        """Sees more than one school as a whole."""
        return self.led is None or len(self.led) > 1

    def leads(self, school_id: UUID) -> bool:
        return self.led is None or school_id in self.led

    def month(self, month: date, *, as_of: datetime) -> CountyMonth:
        """The month of the schools concerned, with only the children and teachers seen, names masked where they must be."""
        schools = None if self.cases is None else {case.school_id for case in self.cases}
        figures = month_figures(county_code=self.county_code, month=month, as_of=as_of, schools=schools)
        return replace(
            figures,
            schools=tuple(self._school(school) for school in figures.schools),
            teachers=tuple(self._teachers(figures)),
        )

    def _school(self, school: SchoolMonthFigures) -> SchoolMonthFigures:
        if self.cases is None:
            shows = school.is_filed or school.school.pk in self.own
            return replace(school, lines=tuple(self._line(line, shows_flags=shows) for line in school.lines), shows_flags=shows)
        seen = {case.student_id: case.last_visit_on for case in self.cases if case.school_id == school.school.pk}
        lines = (replace(line, last_visit_on=seen[line.student_id]) for line in school.lines if line.student_id in seen)
        return replace(school, lines=tuple(lines))

    def _line(self, line: ChildMonth, *, shows_flags: bool) -> ChildMonth:
        month = line.month if shows_flags else replace(line.month, flags=())
        return replace(line, month=month, name=masked_name(line.name) if self.names_are_masked else line.name)

    def _teachers(self, figures: CountyMonth) -> Iterable[TeacherMonth]:
        if self.names_are_masked:
            return (replace(line, name=masked_name(line.name)) for line in figures.teachers)
        if self.led is None:
            return figures.teachers
        codes = {school.school.code for school in figures.schools if school.school.pk in self.led}
        return (line for line in figures.teachers if line.school_code in codes or line.user_id == self.user_id)


def sight_of(user: User, county_code: str = "") -> Sight | None:
    """The person's sight of a county, or of their first; None when there is none to see. At most one query."""
    reach = user.reach
    cases = _cases(user) if reach.holds(*SCHOOL_ROLES) else {}
    counties = tuple(sorted(reach.areas(*COUNTY_ROLES) | set(cases)))
    chosen = county_code or next(iter(counties), "")
    if chosen not in counties:
        return None
    whole = chosen in reach.areas(*COUNTY_ROLES)
    return Sight(
        user_id=user.pk,
        county_code=chosen,
        counties=counties,
        cases=None if whole else tuple(cases[chosen]),
        led=None if whole else reach.schools(*SCHOOL_WIDE),
        names_are_masked=whole and chosen not in reach.areas(Role.COUNTY_STAFF),
        own=reach.schools(*SCHOOL_WIDE),
        logged_for=reach.schools(*WRITERS),
    )


def _cases(user: User) -> dict[str, list[SeenCase]]:
    """The cases a person sees that have a school, by county."""
    found = VisitRecord.objects.filter(
        student=OuterRef("student"), present=True, visit__state=Visit.State.DONE, on__lte=user.reach.on
    ).order_by("-on")
    rows = Case.objects.visible_to(user).filter(school__isnull=False).order_by("school__county", "pk")
    by_county: dict[str, list[SeenCase]] = {}
    for county, *case in rows.values_list("school__county", "student", "school", Subquery(found.values("on")[:1])):
        by_county.setdefault(county, []).append(SeenCase(*case))
    return by_county
