"""Changes of a case, by the school that serves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.middleware import Request
from accounts.rules import Role
from office.refusals import Refused
from students.actions.cases import change_team, make_mainly_remote, pause_case, resume_case
from students.forms import PauseForm, RemoteForm, ResumeForm, TeamForm
from students.models import Case


class Change(NamedTuple):
    """A kind of change: its heading, what it is done with, and the word when it is done."""

    heading: str
    form: type[forms.Form]
    action: Callable[..., object]
    done: str


PAUSE = Change("暂停送教", PauseForm, pause_case, "已登记暂停。")
RESUME = Change("恢复送教", ResumeForm, resume_case, "已登记恢复。")
REMOTE = Change("以远程为主", RemoteForm, make_mainly_remote, "已登记以远程为主。")
TEAM = Change("更换责任教师", TeamForm, change_team, "已更换责任教师。")


@never_cache
@require_http_methods(["GET", "POST"])
def case_pause(request: Request, pk: UUID) -> HttpResponse:
    return _change(request, pk, PAUSE)


@never_cache
@require_http_methods(["GET", "POST"])
def case_resume(request: Request, pk: UUID) -> HttpResponse:
    return _change(request, pk, RESUME)


@never_cache
@require_http_methods(["GET", "POST"])
def case_remote(request: Request, pk: UUID) -> HttpResponse:
    return _change(request, pk, REMOTE)


@never_cache
@require_http_methods(["GET", "POST"])
def case_team(request: Request, pk: UUID) -> HttpResponse:
    case = _case(request, pk)
    return _change(request, pk, TEAM, case=case, on=timezone.localdate(request.now))


def _change(request: Request, pk: UUID, change: Change, **told: Any) -> HttpResponse:
    case = _case(request, pk)
    form = change.form(request.POST or None, **told)
    if form.is_valid():
        try:
            change.action(case=case, by=request.user, at=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, change.done)
            return redirect("student_placement", case.student_id)
    return render(request, "students/case_change.html", {"case": case, "form": form, "heading": change.heading})


def _case(request: Request, pk: UUID) -> Case:
    """A case the person sees; only its school's admin changes it."""
    case: Case = get_object_or_404(Case.objects.visible_to(request.user).select_related("student", "school"), pk=pk)
    if case.school_id not in request.user.reach.schools(Role.SCHOOL_ADMIN):
        raise PermissionDenied
    return case
