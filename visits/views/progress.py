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
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import Request
from office import files
from office.audit import record, viewed
from office.rules import full_day_text
from plans.forms import ReasonForm
from plans.querysets import READERS
from plans.views.seeing import cases_to_write, gives_reasons
from students.models import Case, Student
from visits.models import TermSummary, VisitRecord
from visits.querysets.progress import Progress, progress_of
from visits.sheets import print_progress


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
        progress = progress_of(student, on=timezone.localdate(request.now))
        context |= {"progress": progress, "terms": _terms(progress), "links": set(seen.values_list("visit", flat=True))}
        context["summaries"] = TermSummary.objects.filter(student=student).select_related("author")
    return render(request, "visits/student_progress.html", context)


@never_cache
@require_safe
def progress_pdf(request: Request, pk: UUID) -> HttpResponse:
    """On paper, for who reads the child's plans, with a line in the audit."""
    student = child_with_ways(request, pk)
    if not student.reads:
        raise PermissionDenied
    content = print_progress(student, progress_of(student, on=timezone.localdate(request.now)))
    record("progress.exported", subject=student.pk, by=request.user.pk, at=request.now, county=student.county_id)
    return files.download(content, name=f"进步-{timezone.localdate(request.now):%Y%m%d}.pdf", content_type=files.PDF)


def child_with_ways(request: Request, pk: UUID) -> Any:
    """The child, with what the person may do: `reads` its plans, `writes` about it. Who knows it only by a mask is refused."""
    taught = Case.objects.taught_by(request.user).filter(student=OuterRef("pk"))
    cases, schools = Case.objects.filter(student=OuterRef("pk")), request.user.reach.schools
    ways = {
        "is_open": Exists(Student.objects.open_to(request.user).filter(pk=OuterRef("pk"))),
        "reads": Exists(taught) | Exists(cases.filter(school__in=schools(*READERS))),
        "writes": Exists(cases_to_write(request).filter(student=OuterRef("pk"))),
    }
    student: Any = get_object_or_404(Student.objects.visible_to(request.user).annotate(**ways), pk=pk)
    if not student.is_open:
        raise PermissionDenied
    return student


def _terms(progress: Progress) -> list[tuple[str, str]]:
    """The terms of which a summary may be written: the latest three that have begun, by their first days."""
    begun = sorted((term for term in progress.known.calendar.terms if term.first <= progress.known.on), key=lambda term: term.first)
    return [(term.first.isoformat(), f"{full_day_text(term.first)}—{full_day_text(term.last)}") for term in begun[:-4:-1]]
