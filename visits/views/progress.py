"""送教与进步: how a child's objectives went from visit to visit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.middleware import Request
from accounts.rules import Role
from office.audit import record, viewed
from plans.forms import ReasonForm
from plans.querysets import READERS
from plans.views.seeing import gives_reasons
from students.models import Case, Student
from visits.models import VisitRecord
from visits.querysets.progress import progress_of


@never_cache
@require_http_methods(["GET", "POST"])
def student_progress(request: Request, pk: UUID) -> HttpResponse:
    """Who reads the child's plans sees it; a county's staff once they say why."""
    student = child_with_ways(request, pk)
    is_open = student.reads
    form = ReasonForm(request.POST or None) if gives_reasons(request, student) else None
    if is_open:
        viewed("progress", subject=student.pk, by=request.user.pk, at=request.now, county=student.county_id)
    elif form and form.is_valid():
        detail = form.cleaned_data
        record("progress.revealed", subject=student.pk, by=request.user.pk, at=request.now, county=student.county_id, detail=detail)
        is_open = True
    context: dict[str, Any] = {"student": student, "is_open": is_open, "form": form}
    if is_open:
        seen = VisitRecord.objects.visible_to(request.user).filter(student=student)
        context |= {
            "progress": progress_of(student, on=timezone.localdate(request.now)),
            "links": set(seen.values_list("visit", flat=True)),
        }
    return render(request, "visits/student_progress.html", context)


def child_with_ways(request: Request, pk: UUID) -> Any:
    """The child, with what the person may do, in one query: `reads` its plans, `writes` at them. Who knows it only by a mask is refused."""
    taught = Case.objects.taught_by(request.user).filter(student=OuterRef("pk"))
    cases, schools = Case.objects.filter(student=OuterRef("pk")), request.user.reach.schools
    ways = {
        "is_open": Exists(Student.objects.open_to(request.user).filter(pk=OuterRef("pk"))),
        "reads": Exists(taught) | Exists(cases.filter(school__in=schools(*READERS))),
        "writes": Exists(taught) | Exists(cases.filter(school__in=schools(Role.SCHOOL_ADMIN))),
    }
    student: Any = get_object_or_404(Student.objects.visible_to(request.user).annotate(**ways), pk=pk)
    if not student.is_open:
        raise PermissionDenied
    return student
