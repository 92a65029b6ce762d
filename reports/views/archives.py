"""档案: of one child, and of a school's year; made at once or by a job, handed out to those who may."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import Request
from accounts.rules import Role
from counties.models import School
from counties.rules import school_year_of
from office import files
from office.audit import viewed
from office.models import Job, JobState
from office.refusals import Refused
from plans.querysets import HEADS
from reports.actions import archiving
from reports.figures.archive import Scope, years_of
from reports.forms.archive import ArchiveForm, ArchivesForm
from students.models import Student

YEARS_BACK = 6  # on the page of a school


@never_cache
@require_http_methods(["GET", "POST"])
def student_archive(request: Request, pk: UUID) -> HttpResponse:
    """The child's tab: a school year is chosen; a small one comes at once, a larger one by a job."""
    student = _child(request, pk)
    scope = archiving.scope_for(request.user, student)
    years = years_of(student, today_year=school_year_of(timezone.localdate(request.now)))
    if scope is None or not years:
        return render(request, "reports/student_archive.html", {"student": student, "may": scope is not None, "form": None})
    needs = archiving.needs_reason(request.user, student.county_id)
    form = ArchiveForm(request.POST or None, years=years, needs_reason=needs and scope.schools is None)
    if form.is_valid():
        try:
            return _asked(request, student, scope, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "reports/student_archive.html", {"student": student, "may": True, "form": form})


def _child(request: Request, pk: UUID) -> Student:
    student: Student = get_object_or_404(Student.objects.visible_to(request.user), pk=pk)
    if not Student.objects.open_to(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    viewed("student", subject=student.pk, by=request.user.pk, at=request.now, county=student.county_id)
    return student


def _asked(request: Request, student: Student, scope: Scope, asked: dict[str, Any]) -> HttpResponse:
    year, reason = asked["year"], asked.get("reason", "")
    if not archiving.is_small(student=student, year=year, scope=scope):
        told: dict[str, Any] = {"reason": reason, "by": request.user, "at": request.now}
        return redirect("job_detail", archiving.ask_for_archive(student=student, year=year, scope=scope, **told).pk)
    made = archiving.build(student=student.pk, year=year, scope=scope, on=timezone.localdate(request.now))
    said: dict[str, Any] = {"digest": made.digest, "pages": made.pages, "county": student.county_id, "reason": reason}
    archiving.told(students=[student.pk], year=year, by=request.user, at=request.now, **said)
    return files.download(made.content, name=made.name, content_type=files.PDF)


@never_cache
@require_http_methods(["GET", "POST"])
def archives(request: Request) -> HttpResponse:
    """A school's year as one zip, made in the background."""
    schools = _schools(request)
    this_year = school_year_of(timezone.localdate(request.now))
    years, needs = [this_year - back for back in range(YEARS_BACK)], request.user.reach.holds(Role.COUNTY_STAFF)
    form = ArchivesForm(request.POST or None, schools=schools, years=years, needs_reason=needs)
    if form.is_valid():
        try:
            return redirect("job_detail", _all_asked(request, form.cleaned_data).pk)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    done = Job.objects.filter(kind=archiving.SCHOOL, by=request.user.pk).order_by("-at")[:5]
    return render(request, "reports/archives.html", {"form": form, "jobs": done})


def _schools(request: Request) -> Any:
    reach = request.user.reach
    if not reach.holds(*HEADS, Role.COUNTY_STAFF):
        raise PermissionDenied
    mine, counties = reach.schools(*HEADS), reach.areas(Role.COUNTY_STAFF)
    seen = School.objects.visible_to(request.user).order_by("code")
    return seen.filter(pk__in=mine) | seen.filter(county__in=counties)


def _all_asked(request: Request, asked: dict[str, Any]) -> Job:
    school = asked["school"]
    scope = archiving.scope_of_school(request.user, school)
    if scope is None:
        raise PermissionDenied
    said: dict[str, Any] = {"reason": asked.get("reason", ""), "by": request.user, "at": request.now}
    return archiving.ask_for_archives(school=school, year=asked["year"], scope=scope, **said)


@never_cache
@require_safe
def archive_file(request: Request, pk: UUID) -> HttpResponse:
    """What a job made, to who asked for it, as long as they still may."""
    kinds = (archiving.CHILD, archiving.SCHOOL)
    job: Job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk, kind__in=kinds, by=request.user.pk, state=JobState.DONE)
    county = _still_may(request, job)
    file = archiving.file_of(job, on=timezone.localdate(request.now))
    content = files.read(file)
    children, said = [UUID(each) for each in job.result["students"]], {"pages": job.result["pages"], "digest": file.digest}
    archiving.told(students=children, year=job.payload["year"], county=county, by=request.user, at=request.now, **said)
    return files.download(content, name=file.name, content_type=file.content_type)


def _still_may(request: Request, job: Job) -> str:
    """The county of what was asked for. A post may have ended since."""
    if job.payload is None:
        raise Http404
    pk = job.payload["of"]
    if job.kind == archiving.CHILD:
        student = get_object_or_404(Student.objects.open_to(request.user), pk=pk)
        county, scope = student.county_id, archiving.scope_for(request.user, student)
    else:
        school = get_object_or_404(School.objects.visible_to(request.user), pk=pk)
        county, scope = school.county_id, archiving.scope_of_school(request.user, school)
    if scope is None:
        raise Http404
    return str(county)
