"""The goal bank: looked through by area and words, added to by a school, taken from into a plan."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import Request
from accounts.rules import Role
from counties.models import School
from office.refusals import Refused
from office.rules.typed import read_key
from plans.actions.bank import add_objective, retire_objective
from plans.codes import Area
from plans.forms import ObjectiveForm
from plans.models import BankObjective, Plan
from plans.rules.bank import grouped, search
from plans.views.planned import plan_to_write
from plans.views.seeing import bank_of
from plans.views.writing import take_from_bank


@never_cache
@require_http_methods(["GET", "POST"])
def bank_list(request: Request) -> HttpResponse:
    """The built-in objectives and those of one's schools; a school's admin and teachers add to them below."""
    plan = _plan(request)
    run = School.objects.filter(pk__in=request.user.reach.schools(Role.SCHOOL_ADMIN, Role.TEACHER)).order_by("name")
    form = ObjectiveForm(request.POST or None, schools=run)
    if request.method == "POST" and not run.exists():
        raise PermissionDenied
    if form.is_valid():
        add_objective(by=request.user, at=request.now, **form.cleaned_data)
        messages.success(request, "已加进本校目标库。")
        return redirect(request.get_full_path())
    area, text = request.GET.get("area", ""), request.GET.get("q", "").strip()[:50]
    found = search(bank_of(request.user, plan.school_id if plan else None), area=area, text=text)
    context: dict[str, Any] = {"plan": plan, "form": form, "may_add": run.exists(), "areas": Area.choices, "area": area, "q": text}
    context |= {"groups": grouped(found, dict(Area.choices)), "count": len(found), "is_narrow": bool(area or text)}
    context["own"] = {str(pk) for pk in _retirable(request).values_list("pk", flat=True)}
    return render(request, "plans/bank_list.html", context)


def _plan(request: Request) -> Plan | None:
    """The plan for which it is looked through."""
    key = read_key(request.GET.get("plan"))
    return plan_to_write(request, key) if key else None


def _retirable(request: Request) -> Any:
    return BankObjective.objects.in_use().filter(school__in=request.user.reach.schools(Role.SCHOOL_ADMIN))


@require_POST
def plan_take(request: Request, pk: UUID) -> HttpResponse:
    """Those that were ticked go into the plan."""
    plan, codes = plan_to_write(request, pk), request.POST.getlist("code")
    if not codes:
        raise Refused("一条也没有选。请在目标前面打勾，再放进计划。")
    take_from_bank(request, plan, codes)
    messages.success(request, f"放进了 {len(codes)} 条，请补上现在的提示程度。")
    return redirect(f"{reverse('plan_edit', args=[pk])}#goals")


@require_POST
def bank_retire(request: Request, pk: UUID) -> HttpResponse:
    objective: BankObjective = get_object_or_404(BankObjective.objects.visible_to(request.user).select_related("school"), pk=pk)
    if objective.school_id not in request.user.reach.schools(Role.SCHOOL_ADMIN):
        raise PermissionDenied
    retire_objective(objective=objective, by=request.user, at=request.now)
    messages.success(request, "已停用，用过它的计划不变。")
    return redirect("bank_list")
