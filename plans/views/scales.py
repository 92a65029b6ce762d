"""A school's own scales."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import Request
from accounts.rules import Role
from counties.models import School
from office.refusals import Refused
from plans.actions.scales import add_scale, retire_scale
from plans.forms import ScaleForm
from plans.models import OwnScale
from plans.rules.scales import Scale, built_in


@require_http_methods(["GET", "POST"])
def scale_list(request: Request) -> HttpResponse:
    """The built-in scales and those of one's schools; a school's admin adds to them below."""
    run = School.objects.filter(pk__in=request.user.reach.schools(Role.SCHOOL_ADMIN))
    form = ScaleForm(request.POST or None, schools=run)
    if request.method == "POST" and not run.exists():
        raise PermissionDenied
    if form.is_valid():
        try:
            add_scale(by=request.user, at=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, "量表已添加。")
            return redirect("scale_list")
    own = OwnScale.objects.visible_to(request.user).in_use().select_related("school")
    shown = [(each, Scale.of(each.definition), each.school_id in request.user.reach.schools(Role.SCHOOL_ADMIN)) for each in own]
    return render(request, "plans/scale_list.html", {"built_in": built_in(), "own": shown, "form": form, "may_add": run.exists()})


@require_POST
def scale_retire(request: Request, pk: UUID) -> HttpResponse:
    scale: OwnScale = get_object_or_404(OwnScale.objects.visible_to(request.user).select_related("school"), pk=pk)
    if scale.school_id not in request.user.reach.schools(Role.SCHOOL_ADMIN):
        raise PermissionDenied
    retire_scale(scale=scale, by=request.user, at=request.now)
    messages.success(request, "量表已停用，用它做过的评估不变。")
    return redirect("scale_list")
