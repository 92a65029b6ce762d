"""A child's plans: the tab, one of them to read, what is done to it by a button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Q, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import Request
from office import files
from office.audit import record, viewed
from office.refusals import Refused
from plans.actions.deciding import approve_plan, close_plan, return_plan
from plans.actions.planning import discard_plan, start_plan, withdraw_plan
from plans.actions.signing import SIGNABLE
from plans.codes import FROZEN, PlanState
from plans.forms import PlanForm, ReasonForm
from plans.models import Plan
from plans.rules.content import PlanContent
from plans.rules.differences import differences
from plans.sheets import NAMES, papers_of, print_plan, signed_of
from plans.views.planned import decides, edition_of, page_of, plan_of, plan_to_write, terms_of, today_of
from plans.views.seeing import case_to_write, cases_to_write, child, gives_reasons, reads_files_of
from plans.views.signing import rows_of, signatures_of


@never_cache
@require_http_methods(["GET", "POST"])
def student_plans(request: Request, pk: UUID) -> HttpResponse:
    """个别化教育（康复）计划: the case's team and the school's readers see what is planned, others that it is; county staff say why."""
    student = child(request, pk)
    is_open = reads_files_of(request, student)
    form = ReasonForm(request.POST or None) if gives_reasons(request, student) else None
    if is_open:
        viewed("plan", subject=student.pk, by=request.user.pk, at=request.now, county=student.county_id)
    elif form and form.is_valid():
        detail = form.cleaned_data
        record("plan.revealed", subject=student.pk, by=request.user.pk, at=request.now, county=student.county_id, detail=detail)
        is_open = True
    plans = list(Plan.objects.filter(student=student).select_related("author", "school", "decided_by"))
    shown = next((plan for plan in plans if plan.state == PlanState.IN_FORCE), None)
    context: dict[str, Any] = {"student": student, "is_open": is_open, "form": form, "plans": plans, "shown": shown}
    context["links"] = set(Plan.objects.visible_to(request.user).filter(student=student).values_list("pk", flat=True))
    context["case"] = cases_to_write(request).filter(student=student).first()
    context["page"] = page_of(shown) if shown and is_open else None
    return render(request, "plans/student_plans.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def plan_add(request: Request) -> HttpResponse:
    case = case_to_write(request, request.GET.get("case"))
    has_earlier = Plan.objects.filter(case=case, state__in=FROZEN).exists()
    form = PlanForm(request.POST or None, terms=terms_of(case.student.county_id, today_of(request)), has_earlier=has_earlier)
    if form.is_valid():
        try:
            made = start_plan(case=case, by=request.user, at=request.now, **form.cleaned_data["term"], is_copied=form.copies)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("plan_edit", made.pk)
    return render(request, "plans/plan_add.html", {"case": case, "form": form})


@never_cache
@require_safe
def plan_detail(request: Request, pk: UUID) -> HttpResponse:
    """One plan to read; whoever it waits for decides on the same page."""
    plan = plan_of(request, pk)
    return render(request, "plans/plan_detail.html", _detail(request, plan))


def _detail(request: Request, plan: Any, typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    may_write = plan.is_writable
    return {
        "plan": plan,
        "page": page_of(plan, typed=typed),
        "reason": (typed or {}).get("reason", ""),
        "may_write": may_write,
        "may_version": may_write and plan.state in (PlanState.APPROVED, PlanState.IN_FORCE),
        "is_frozen": plan.state in FROZEN,
        "decides": decides(request, plan),
        "is_member": plan.is_member,
        "before": _before(plan),
        **(_signed(request, plan) if plan.state in FROZEN else {}),
    }


def _signed(request: Request, plan: Any) -> dict[str, Any]:
    """Who is to sign and who has, for those who read it."""
    signatures = list(signatures_of(plan))
    rows = rows_of(request, plan, signatures)
    return {
        "sign_rows": rows,
        "earlier": [each for each in signed_of(plan, signatures, is_shown=False) if not each.is_of_this],
        "is_signed": any(row.signed for row in rows),
        "sampled": plan.sampled.found().select_related("sample").order_by("-at"),
        "may_sign": plan.state in SIGNABLE and plan.is_signable,
    }


def _before(plan: Plan) -> Plan | None:
    """The version it goes on from: the term's own before it, or the last plan of the term before."""
    own, before = Q(year=plan.year, term=plan.term, version__lt=plan.version), Q(starts_on__lt=plan.starts_on)
    earlier = Plan.objects.filter(own | before, case=plan.case_id, state__in=FROZEN).exclude(pk=plan.pk)
    first = earlier.annotate(is_own=Case(When(own, then=1), default=0)).order_by("-is_own", "-starts_on", "-version")
    found: Plan | None = first.first()
    return found


@never_cache
@require_safe
def plan_changes(request: Request, pk: UUID) -> HttpResponse:
    """What it says otherwise than the one before."""
    plan = plan_of(request, pk)
    before = _before(plan)
    found = differences(PlanContent.read(before.content), PlanContent.read(plan.content), NAMES) if before else []
    return render(request, "plans/plan_changes.html", {"plan": plan, "before": before, "differences": found})


@require_POST
def plan_decide(request: Request, pk: UUID) -> HttpResponse:
    """Approved, or sent back with what was written beside the goals."""
    plan = plan_of(request, pk)
    if not decides(request, plan):
        raise PermissionDenied
    told: dict[str, Any] = {"plan": plan, "edition": edition_of(request), "reason": request.POST.get("reason", "")}
    told |= {"by": request.user, "at": request.now}
    try:
        if "return" in request.POST:
            return_plan(**told, comments=_comments(request, plan))
        else:
            approve_plan(**told)
    except Refused as refusal:
        context = _detail(request, plan, request.POST) | {"words": str(refusal)}
        return render(request, "plans/plan_detail.html", context, status=422)
    messages.success(request, "已退回，意见已转给老师。" if "return" in request.POST else "已批准。")
    return redirect("plan_list")


def _comments(request: Request, plan: Plan) -> list[tuple[UUID | None, str]]:
    goals = PlanContent.read(plan.content).goals
    return [(goal.key, request.POST.get(f"comment-{goal.key}", "")) for goal in goals]


@require_POST
def plan_version(request: Request, pk: UUID) -> HttpResponse:
    """The next version of one that was approved."""
    plan = plan_to_write(request, pk)
    days: dict[str, Any] = {"year": plan.year, "term": plan.term, "starts_on": plan.starts_on, "ends_on": plan.ends_on}
    made = start_plan(case=plan.case, by=request.user, at=request.now, **days)
    return redirect("plan_edit", made.pk)


@require_POST
def plan_withdraw(request: Request, pk: UUID) -> HttpResponse:
    plan = plan_to_write(request, pk)
    withdraw_plan(plan=plan, edition=edition_of(request), by=request.user, at=request.now)
    messages.success(request, "已撤回，可以接着改。")
    return redirect("plan_edit", pk)


@require_POST
def plan_discard(request: Request, pk: UUID) -> HttpResponse:
    plan = plan_to_write(request, pk)
    discard_plan(plan=plan, edition=edition_of(request), by=request.user, at=request.now)
    messages.success(request, "已删除这份草稿。")
    return redirect("student_plans", plan.student_id)


@require_POST
def plan_close(request: Request, pk: UUID) -> HttpResponse:
    """Before its last day."""
    plan = plan_to_write(request, pk)
    close_plan(plan=plan, edition=edition_of(request), by=request.user, at=request.now)
    messages.success(request, "这份计划已结束。")
    return redirect("student_plans", plan.student_id)


@never_cache
@require_safe
def plan_pdf(request: Request, pk: UUID) -> HttpResponse:
    """On paper, with a line in the audit."""
    plan = plan_of(request, pk)
    signatures = list(signatures_of(plan).filter(plan=plan).select_related("paper"))
    content = print_plan(plan, page_of(plan), rows_of(request, plan, signatures), papers_of(signatures))
    detail = {"plan": plan.pk, "version": plan.version}
    county = plan.school.county_id
    record("plan.exported", subject=plan.student_id, by=request.user.pk, at=request.now, county=county, detail=detail)
    name = f"计划-{plan.year}-{plan.term}-第{plan.version}版.pdf"
    return files.download(content, name=name, content_type=files.PDF)
