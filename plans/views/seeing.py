"""Whose assessments and plans a person opens, and how that is recorded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.middleware import Request
from accounts.models import User
from accounts.rules import Role
from office.audit import viewed
from plans.models import Assessment, BankObjective, OwnScale
from plans.querysets import READERS
from plans.rules import bank, scales
from plans.rules.bank import Suggestion
from plans.rules.scales import Scale
from students.codes import SERVED_STATES
from students.models import Case, Student


def child(request: Request, pk: UUID) -> Student:
    """The child, if the person may open its page; who knows it only by a mask is refused."""
    student: Student = get_object_or_404(Student.objects.visible_to(request.user), pk=pk)
    if not Student.objects.open_to(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return student


def reads_files_of(request: Request, student: Student) -> bool:
    """Whether the person is of the case's team or one of the school's readers; a county's staff are not, unless they say why."""
    cases = Case.objects.filter(student=student)
    taught = Case.objects.taught_by(request.user).filter(student=student).exists()
    return taught or cases.filter(school__in=request.user.reach.schools(*READERS)).exists()


def gives_reasons(request: Request, student: Student) -> bool:
    return student.county_id in request.user.reach.areas(Role.COUNTY_STAFF)


def case_to_write(request: Request, pk: Any) -> Case:
    """A case in service that the person teaches, or whose school they run."""
    try:
        case: Case = get_object_or_404(cases_to_write(request).select_related("student", "school"), pk=pk)
    except (ValidationError, ValueError):
        raise Http404 from None
    return case


def cases_to_write(request: Request) -> Any:
    today = timezone.localdate(request.now)
    ways = Q(pk__in=Case.objects.taught_by(request.user).order_by().values("pk"))
    ways |= Q(school__in=request.user.reach.schools(Role.SCHOOL_ADMIN))
    return Case.objects.filter(ways, Q(ends_on=None) | Q(ends_on__gt=today), state__in=SERVED_STATES)


def assessment_of(request: Request, pk: UUID) -> Assessment:
    """An assessment the person reads; that it was opened is recorded."""
    seen = Assessment.objects.visible_to(request.user).select_related("student", "school", "author")
    found: Assessment = get_object_or_404(seen, pk=pk)
    viewed("assessment", subject=found.student_id, by=request.user.pk, at=request.now, county=found.school.county_id)
    return found


def assessment_to_write(request: Request, pk: UUID) -> Assessment:
    seen = Assessment.objects.visible_to(request.user).select_related("student", "school", "author")
    found: Assessment = get_object_or_404(seen, pk=pk)
    if not Assessment.objects.writable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return found


def scales_of(school: Any) -> list[Scale]:
    """The built-in ones, then the school's own that are in use."""
    own = OwnScale.objects.in_use().filter(school=school)
    return [*scales.built_in(), *(Scale.of(each.definition) for each in own)]


def bank_of(user: User, school: Any = None) -> list[Suggestion]:
    """The built-in objectives, then those in use that the person's schools added (of one of them, where it is named)."""
    own = BankObjective.objects.visible_to(user).in_use()
    if school:
        own = own.filter(school=school)
    return [*bank.built_in(), *(each.suggestion() for each in own)]
