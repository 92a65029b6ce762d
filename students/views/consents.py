"""知情同意: of one child, and the papers of many at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.middleware import Request
from accounts.rules import Role
from office.refusals import Refused
from students.actions.consents import record_consent, record_papers, withdraw_consent
from students.forms import ConsentForm, PapersForm
from students.models import Case, Consent, Student
from students.rules.consents import TEXT_VERSION

MOST = 300  # children on one sheet


@never_cache
@require_http_methods(["GET", "POST"])
def student_consents(request: Request, pk: UUID) -> HttpResponse:
    """One child: yes, no, or taken back."""
    student = get_object_or_404(Student.objects.visible_to(request.user), pk=pk)
    if not Student.objects.agreed_through(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    form = ConsentForm(request.POST or None, student=student, on=timezone.localdate(request.now))
    if form.is_valid():
        try:
            _write_down(request, student, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已登记知情同意。")
            return redirect("student_placement", pk)
    return render(request, "students/student_consents.html", {"student": student, "form": form, "text_version": TEXT_VERSION})


def _write_down(request: Request, student: Student, asked: dict[str, Any]) -> None:
    told: dict[str, Any] = {"student": student, "by": request.user, "at": request.now}
    if asked["answer"] == "back":
        for kind in asked["kinds"]:
            withdraw_consent(kind=kind, on=asked["on"], **told)
        return
    said = {name: asked[name] for name in ("kinds", "given_by", "relation")}
    record_consent(is_given=asked["answer"] == "yes", starts_on=asked["on"], **said, **told)


@never_cache
@require_http_methods(["GET", "POST"])
def consents(request: Request) -> HttpResponse:
    """The signed papers of a school's children, ticked in one table."""
    if not request.user.reach.holds(Role.SCHOOL_ADMIN, Role.TEACHER):
        raise PermissionDenied
    today = timezone.localdate(request.now)
    served = Case.objects.in_service_between(today, today).filter(student=OuterRef("pk"))
    children = list(Student.objects.agreed_through(request.user).filter(Exists(served)).prefetch_related("guardians")[:MOST])
    form = PapersForm(request.POST or None, children=children, standing=Consent.objects.standing(children, today), on=today)
    if form.is_valid():
        try:
            count = record_papers(papers=form.papers(), starts_on=form.cleaned_data["on"], by=request.user, at=request.now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已登记 {count} 名学生的知情同意。")
            return redirect("consents")
    return render(request, "students/consents.html", {"form": form, "text_version": TEXT_VERSION})
