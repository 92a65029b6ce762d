"""The page on which a plan is written: kept at every change by a script, by its buttons without one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.middleware import Request
from accounts.views.protocol import body_of, json_door
from office.audit import viewed
from office.refusals import Refused
from office.rules.typed import read_key
from plans.actions.holding import PlanMovedOn
from plans.actions.planning import submit_plan, write_plan
from plans.codes import EDITABLE, Area, Measure, PromptLevel
from plans.models import Plan
from plans.rules.content import PlanContent
from plans.rules.differences import differences
from plans.rules.filled import changed, filled, taken
from plans.rules.planning import missing_of
from plans.sheets import NAMES
from plans.views.planned import page_of, plan_to_write
from plans.views.seeing import bank_of

NOBODY = [{"name": "", "role": ""}] * 2  # room for two more
CHOICES = {"areas": Area.choices, "levels": PromptLevel.choices, "measures": Measure.choices}


@never_cache
@require_http_methods(["GET", "POST"])
def plan_edit(request: Request, pk: Any) -> HttpResponse:
    plan = plan_to_write(request, pk)
    if request.method == "POST":
        return _posted(request, plan)
    if plan.state not in EDITABLE:
        return redirect("plan_detail", pk)
    viewed("plan", subject=plan.student_id, by=request.user.pk, at=request.now, county=plan.school.county_id)
    return _page(request, plan, PlanContent.read(plan.content))


def _page(request: Request, plan: Plan, content: PlanContent, *, status: int = 200, **more: Any) -> HttpResponse:
    people = [*content.participants, *NOBODY]
    context = {"plan": plan, "page": page_of(plan, content=content), "gaps": missing_of(content), "people": people, **CHOICES, **more}
    return render(request, "plans/plan_edit.html", context, status=status)


def _posted(request: Request, plan: Plan) -> HttpResponse:
    """Everything that was filled in, with what the button asks; what is refused stays on the page, beside what another wrote."""
    content, errors = PlanContent.as_filled(filled(dict(request.POST.lists())))
    what, _, key = request.POST.get("do", "").partition(":")
    asked = changed(content, what, read_key(key), uuid4)
    try:
        held = _kept(request, plan, request.POST.get("edition"), filled(dict(request.POST.lists())) if errors else asked.plain())
        if what == "submit":
            submit_plan(plan=held, edition=held.edition, by=request.user, at=request.now)
    except PlanMovedOn as moved:
        theirs = differences(PlanContent.read(moved.held.content), content, NAMES)
        return _page(request, moved.held, content, status=422, words=str(moved), differences=theirs)
    except Refused as refusal:
        return _page(request, _fresh(plan), asked, status=422, words=str(refusal), is_short=what == "submit" and not errors)
    return _onward(request, held, what, key)


def _fresh(plan: Plan) -> Plan:
    found: Plan | None = Plan.objects.select_related("student", "school", "author", "decided_by").filter(pk=plan.pk).first()
    return found or plan


def _onward(request: Request, plan: Plan, what: str, key: str) -> HttpResponse:
    if what == "submit":
        messages.success(request, "已提交，等学校审批。")
        return redirect("plan_detail", plan.pk)
    if what == "bank":
        return redirect(f"{reverse('bank_list')}?{urlencode({'plan': plan.pk})}")
    if not what:
        messages.success(request, "已保存。")
    goals = PlanContent.read(plan.content).goals
    place = f"#goal-{goals[-1].key}" if what == "goal" else f"#goal-{key}" if what == "objective" else "#goals" if what else ""
    return redirect(f"{reverse('plan_edit', args=[plan.pk])}{place}")


def _kept(request: Request, plan: Plan, edition: Any, plain: Any) -> Plan:
    number = int(edition) if str(edition).isascii() and str(edition).isdecimal() and len(str(edition)) < 10 else 0
    return write_plan(plan=plan, edition=number, content=plain, by=request.user, at=request.now)


@never_cache
@json_door("PUT")
def plan_content(request: Request, pk: Any) -> HttpResponse:
    """What the page keeps at every change: the fields of its form."""
    plan, said = plan_to_write(request, pk), body_of(request)
    fields = said.get("fields")
    given = {name: values for name, values in fields.items() if isinstance(values, list)} if isinstance(fields, dict) else {}
    try:
        held = _kept(request, plan, said.get("edition"), filled(given))
    except PlanMovedOn as moved:
        return JsonResponse({"words": str(moved)}, status=409)
    return JsonResponse({"edition": held.edition, "gaps": len(missing_of(PlanContent.read(held.content)))})


def take_from_bank(request: Request, plan: Plan, codes: list[str]) -> Plan:
    """Objectives of the bank into a plan, as its edition stands: nothing that others wrote is touched."""
    found = [each for each in bank_of(request.user, plan.school_id) if each.code in codes]
    content = taken(PlanContent.read(plan.content), found, uuid4)
    return write_plan(plan=plan, edition=plan.edition, content=content.plain(), by=request.user, at=request.now)
