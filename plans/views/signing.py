"""Who signs a plan: the list, the pad and the paper; what was wrong is taken away again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import Request
from accounts.rules import Role
from office import files
from office.audit import viewed
from office.refusals import Refused
from plans.actions.holding import leader_of, teachers_of
from plans.actions.signing import SIGNABLE, remove_signature, sign_plan
from plans.forms import SignatureForm
from plans.models import Plan, PlanSignature
from plans.sheets import SignRow, sign_rows, signed_of
from plans.views.planned import today_of

SHOWN = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff", "Content-Disposition": "inline"}


def _plan_to_sign(request: Request, pk: UUID) -> Plan:
    """A plan at which the person takes signatures: of a case they teach, or of a school they head."""
    seen = Plan.objects.visible_to(request.user).select_related("student", "school", "author", "decided_by")
    found: Plan = get_object_or_404(seen, pk=pk)
    if not Plan.objects.signable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return found


@never_cache
@require_http_methods(["GET", "POST"])
def plan_sign(request: Request, pk: UUID) -> HttpResponse:
    """Who is to sign and who has; a row's link fills the form in for it."""
    plan = _plan_to_sign(request, pk)
    form = SignatureForm(request.POST, request.FILES) if request.method == "POST" else None
    status, words = 200, ""
    if form:
        status = 422
        try:
            if form.is_valid():
                made = sign_plan(plan=plan, by=request.user, at=request.now, **form.cleaned_data)
                return redirect(f"{reverse('plan_sign', args=[pk])}?done={made.pk}#signed")
        except Refused as refusal:
            words = str(refusal)
    viewed("plan", subject=plan.student_id, by=request.user.pk, at=request.now, county=plan.school.county_id)
    return render(request, "plans/plan_sign.html", _page(request, plan, form) | {"words": words}, status=status)


def _page(request: Request, plan: Plan, form: SignatureForm | None) -> dict[str, Any]:
    signatures = list(signatures_of(plan))
    rows = rows_of(request, plan, signatures)
    asked = request.GET.get("as", "")
    chosen = next((row for row in rows if str(row.place) == asked), None) or next((row for row in rows if not row.signed), None)
    return {
        "plan": plan,
        "rows": rows,
        "earlier": [each for each in signed_of(plan, signatures, is_shown=True) if not each.is_of_this],
        "form": form or SignatureForm(initial=_usual(chosen) | {"on": today_of(request), "key": uuid4()}),
        "done": next((row.signed for row in rows if row.signed and str(row.signed.pk) == request.GET.get("done")), None),
        "may_sign": plan.state in SIGNABLE,
        "may_remove_all": plan.school_id in request.user.reach.schools(Role.SCHOOL_ADMIN),
    }


def rows_of(request: Request, plan: Plan, signatures: Sequence[PlanSignature], *, is_shown: bool = True) -> list[SignRow]:
    """Who is to sign the plan, with what they signed; how that looks only where it `is_shown`."""
    names: dict[str, Any] = {"teachers": teachers_of(plan, at=request.now), "leader": leader_of(plan, at=request.now)}
    return sign_rows(plan, signatures, is_shown=is_shown, **names)


def _usual(row: SignRow | None) -> dict[str, str]:
    return {"kind": row.signer.kind, "name": row.signer.name, "relation": row.signer.relation} if row else {"kind": "guardian"}


def signatures_of(plan: Plan) -> Any:
    """Those of the plan and of the term's versions before it."""
    versions = Plan.objects.filter(case=plan.case_id, year=plan.year, term=plan.term, version__lte=plan.version)
    return PlanSignature.objects.filter(plan__in=versions.order_by()).select_related("plan").order_by("-plan__version", "at", "pk")


@require_POST
def plan_unsign(request: Request, pk: UUID) -> HttpResponse:
    """Takes away a signature that is wrong: one's own, or any of the school's for its admin."""
    plan = _plan_to_sign(request, pk)
    given = request.POST.get("signature", "")
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else 0
    found = get_object_or_404(PlanSignature.objects.select_related("plan"), plan=plan, pk=number)
    if found.by_id != request.user.pk and plan.school_id not in request.user.reach.schools(Role.SCHOOL_ADMIN):
        raise PermissionDenied
    remove_signature(signature=found, reason=request.POST.get("reason", ""), by=request.user, at=request.now)
    messages.success(request, "已去掉这个签字，留有记录。")
    return redirect("plan_sign", pk)


@require_safe
def plan_paper(request: Request, pk: UUID, paper: UUID) -> HttpResponse:
    """A signed paper, for those who read the plan; that it was seen is recorded."""
    seen = PlanSignature.objects.select_related("paper", "plan__school").filter(plan__in=Plan.objects.visible_to(request.user).order_by())
    found = get_object_or_404(seen, plan=pk, paper=paper)
    file = found.paper
    assert file is not None  # noqa: S101 — it was found by it
    viewed("plan", subject=found.plan.student_id, by=request.user.pk, at=request.now, county=found.plan.school.county_id)
    return HttpResponse(files.read(file), content_type=file.content_type, headers=SHOWN)
