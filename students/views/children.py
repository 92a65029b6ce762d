"""One child: what is known of it, its schooling, who looked."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import Request
from accounts.models import User
from accounts.rules import Role
from office.audit import viewed
from office.models import AuditLine
from office.refusals import Refused
from office.rules import masked_number
from students.actions.reveal import may_reveal, needs_reason, reveal
from students.forms import PHONE, RevealForm
from students.models import Case, Consent, Student
from students.rules.identity import age
from students.rules.lines import FIELDS, STANDINGS, what_was_done
from students.rules.words import disability_text

LINES = 50
CHANGEABLE = ("active", "suspended")


@never_cache
@require_safe
def student_detail(request: Request, pk: UUID) -> HttpResponse:
    """基本信息: everything sealed is masked."""
    student = _seen(request, pk)
    return render(request, "students/student_detail.html", _facts(request, student))


@never_cache
@require_POST
def student_reveal(request: Request, pk: UUID) -> HttpResponse:
    """The same page with one value in full; a county's staff are asked for a reason first."""
    student = _seen(request, pk)
    if not may_reveal(request.user, student):
        raise PermissionDenied
    form = RevealForm(request.POST, student=student)
    if not form.is_valid():
        return redirect("student_detail", pk)
    asked = form.cleaned_data
    if needs_reason(request.user, student) and not asked["reason"]:
        return render(request, "students/reveal.html", {"student": student, "form": form, "label": form.label})
    try:
        value = reveal(student=student, by=request.user, at=request.now, **asked)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("student_detail", pk)
    return render(request, "students/student_detail.html", _facts(request, student, field=form.shown, full=value))


@never_cache
@require_safe
def student_placement(request: Request, pk: UUID) -> HttpResponse:
    """学籍与安置: the cases with their pauses and teachers."""
    student = _seen(request, pk)
    today = timezone.localdate(request.now)
    cases = Case.objects.visible_to(request.user).filter(student=student).with_standing(today).latest_first()
    cases = cases.select_related("school").prefetch_related("pauses", "teachers__user")
    own = request.user.reach.schools(Role.SCHOOL_ADMIN)
    shown = [(case, *STANDINGS[case.standing], case.school_id in own and case.standing in CHANGEABLE) for case in cases]
    standing = Consent.objects.standing([student], today).get(student.pk, {})
    context = {"student": student, "cases": shown, "consents": [(kind.label, standing.get(kind)) for kind in Consent.Kind]}
    context["may_agree"] = Student.objects.agreed_through(request.user).filter(pk=pk).exists()
    return render(request, "students/student_placement.html", context)


@never_cache
@require_safe
def student_views(request: Request, pk: UUID) -> HttpResponse:
    """查阅记录: who looked at the child, and who changed or revealed what."""
    student = _seen(request, pk)
    lines = AuditLine.objects.about(student.pk).order_by("-at", "-number")
    page = Paginator(lines, LINES).get_page(request.GET.get("page"))
    names = dict(User.objects.filter(pk__in={line.by for line in page}).values_list("pk", "name"))
    context = {
        "student": student,
        "page": page,
        "lines": [(line, names.get(line.by, "系统"), what_was_done(line.verb, line.detail)) for line in page],
    }
    return render(request, "students/student_views.html", context)


def _seen(request: Request, pk: UUID) -> Student:
    """The child, if the person may open its page; that it was opened is recorded."""
    seen = Student.objects.visible_to(request.user).select_related("county", "registered_school")
    student: Student = get_object_or_404(seen, pk=pk)
    if not Student.objects.open_to(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    viewed("student", subject=student.pk, by=request.user.pk, at=request.now, county=student.county_id)
    return student


def _facts(request: Request, student: Student, *, field: str = "", full: str = "") -> dict[str, Any]:
    """What the first tab shows; `field` is the one value shown in full."""

    def sealed(name: str, label: str, value: str) -> Sealed:
        return Sealed(name, label, masked_number(value), full if name == field else "")

    return {
        "student": student,
        "numbers": [sealed(name, label, getattr(student, name)) for name, label in FIELDS.items() if name != PHONE],
        "guardians": [(one, sealed(f"{PHONE}:{one.pk}", "联系电话", one.phone)) for one in student.guardians.all()],
        "may_reveal": may_reveal(request.user, student),
        "age": age(student.birth_on, timezone.localdate(request.now)),
        "disability": disability_text(student.disability, student.further_disabilities, student.disability_grade),
    }


class Sealed(NamedTuple):
    """A sealed value as the page shows it: masked, or in full when that was asked for."""

    field: str
    label: str
    masked: str
    full: str
