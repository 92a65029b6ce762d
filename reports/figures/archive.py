"""What an archive of a child's school year holds, read in a fixed number of queries. Source: docs/rules.md, "Archives"."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from counties.models import School
from counties.rules import school_year_of, school_year_span
from plans.codes import FROZEN, LessonState
from plans.models import Assessment, LessonPlan, ObjectiveReview, Plan, PlanSignature
from students.codes import SERVED_STATES
from students.models import Case, CaseTeacher, Guardian, Pause, Student
from visits.models import Confirmation, Photo, Practice, TermSummary, Visit, VisitPerson, VisitRecord
from visits.querysets.given import known_of
from visits.querysets.progress import GoalProgress, Progress, progress_of

HAPPENED = (Visit.State.DONE, Visit.State.MISSED)


@dataclass(frozen=True)
class Scope:
    """Whose share of the year: of some schools, or of all (None); and whether guardians' signatures go along."""

    schools: frozenset[UUID] | None = None
    signatures: bool = True

    def of(self, rows: Any) -> Any:
        return rows if self.schools is None else rows.filter(school__in=self.schools)


@dataclass(frozen=True)
class YearOfChild:
    """As the database has it; everything in an order that does not depend on it."""

    student: Student
    year: int
    scope: Scope
    guardians: tuple[Guardian, ...]
    cases: tuple[Case, ...]
    assessments: tuple[Assessment, ...]  # finished ones up to the year's end, the newest first
    plans: tuple[Plan, ...]
    lessons: tuple[LessonPlan, ...]  # checked ones
    summaries: tuple[TermSummary, ...]  # finished ones
    progress: Progress  # of objectives that were practised in the year
    records: tuple[VisitRecord, ...]
    hidden: int  # pictures that are not shown, because the consent does not stand


def year_of_child(student: UUID, year: int, *, scope: Scope, on: date) -> YearOfChild:
    """Pictures are those that consent allows on the day `on`. Twenty-five queries at most, whatever there is."""
    span = school_year_span(year)
    found = Student.objects.select_related("county", "registered_school").get(pk=student)
    assessed = Assessment.objects.done().filter(student=student, on__lte=span.last).select_related("author", "school")
    pictures = Photo.objects.shown().filter(records__in=_mine(student, year, scope).order_by().values("pk"))
    return YearOfChild(
        student=found,
        year=year,
        scope=scope,
        guardians=tuple(found.guardians.order_by("-kind", "pk")),
        cases=tuple(_cases(student, span.last, scope)),
        assessments=tuple(scope.of(assessed).order_by("-on", "-at", "pk")),
        plans=tuple(_plans(student, year, scope)),
        lessons=tuple(_lessons(student, year, scope)),
        summaries=tuple(
            scope.of(TermSummary.objects.filter(student=student, year=year, state="done")).select_related("author").order_by("term", "pk")
        ),
        progress=_progress(found, year, scope),
        records=tuple(_records(student, year, scope, on)),
        hidden=pictures.hidden(on).values("pk").distinct().count(),
    )


def _cases(student: UUID, last: date, scope: Scope) -> Any:
    """Those in service up to the year's end."""
    served = scope.of(Case.objects.filter(student=student, state__in=SERVED_STATES, starts_on__lte=last))
    teachers = CaseTeacher.objects.select_related("user").order_by("pk")
    told = served.select_related("school").prefetch_related(
        Prefetch("pauses", Pause.objects.order_by("starts_on", "pk")), Prefetch("teachers", teachers)
    )
    return told.order_by("starts_on", "pk")


def _plans(student: UUID, year: int, scope: Scope) -> Any:
    plans = scope.of(Plan.objects.filter(student=student, year=year, state__in=FROZEN))
    told = plans.select_related("author", "decided_by", "school").prefetch_related(
        Prefetch("signatures", PlanSignature.objects.select_related("plan", "paper").order_by("at", "pk")),
        Prefetch("reviews", ObjectiveReview.objects.order_by("at", "pk")),
    )
    return told.order_by("term", "version", "pk")


def _lessons(student: UUID, year: int, scope: Scope) -> Any:
    span = school_year_span(year)
    checked = LessonPlan.objects.filter(student=student, state=LessonState.CHECKED, on__gte=span.first, on__lte=span.last)
    return scope.of(checked).select_related("author", "checked_by", "plan").order_by("on", "at", "pk")


def _progress(student: Student, year: int, scope: Scope) -> Progress:
    """As it stood at the year's end, of what was practised in it, in the visits of this share."""
    span = school_year_span(year)
    known = known_of(student, on=span.last)
    if scope.schools is not None:
        mine = set(scope.of(VisitRecord.objects.filter(student=student)).values_list("pk", flat=True))
        known = replace(known, given=tuple(each for each in known.given if each.pk in mine))
    found = progress_of(student, on=span.last, first=span.first, known=known)
    return replace(found, goals=tuple(goal for each in found.goals if (goal := _practised(each)).objectives))


def _practised(goal: GoalProgress) -> GoalProgress:
    return replace(goal, objectives=tuple(each for each in goal.objectives if each.trials))


def _mine(student: UUID, year: int, scope: Scope) -> Any:
    span = school_year_span(year)
    return scope.of(VisitRecord.objects.filter(student=student, visit__state__in=HAPPENED)).between(span.first, span.last)


def _records(student: UUID, year: int, scope: Scope, on: date) -> Any:
    pictures = Photo.objects.shown().agreed(on).select_related("file").order_by("position", "pk")
    told = (
        _mine(student, year, scope)
        .select_related("visit", "school")
        .with_practices()
        .prefetch_related(
            Prefetch("visit__people", VisitPerson.objects.order_by("pk")),
            Prefetch("confirmations", Confirmation.objects.select_related("photo__file").order_by("at", "pk")),
            Prefetch("photos", pictures),
        )
    )
    return told.order_by("visit__starts_at", "pk")


# --- Who, and how much ----------------------------------------------------------------------------------


def years_of(student: Student, *, today_year: int) -> list[int]:
    """The school years in which the child is or was served, the latest first. One query."""
    since = student.cases.filter(state__in=SERVED_STATES).order_by("starts_on").values_list("starts_on", flat=True).first()
    if since is None:
        return []
    first = school_year_of(since)
    return list(range(max(today_year, first), first - 1, -1))


def children_of(school: School, year: int) -> list[UUID]:
    """The children whom the school served in the year, in an order of their own. One query."""
    span = school_year_span(year)
    served = Case.objects.filter(school=school, state__in=SERVED_STATES).in_service_between(span.first, span.last)
    return sorted(set(served.values_list("student", flat=True)))


def size_of(student: UUID, year: int, *, scope: Scope) -> int:
    """About how many pages the year fills. Four queries."""
    mine = _mine(student, year, scope).order_by()
    photos = Photo.objects.shown().filter(records__in=mine.values("pk")).count()
    practised = Practice.objects.filter(record__in=mine.values("pk")).values("objective").distinct().count()
    plans = scope.of(Plan.objects.filter(student=student, year=year, state__in=FROZEN)).count()
    return 6 + int(mine.count()) // 2 + photos // 6 + 2 * int(plans) + practised // 3


def taken_back(photos: Collection[str], on: date) -> bool:
    """Whether the consent to any of these pictures no longer stands. One query, or none."""
    return bool(photos) and Photo.objects.filter(pk__in=list(photos)).hidden(on).exists()
