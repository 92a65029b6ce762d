"""The county's samples of plans: drawn, opened one by one with their number as the reason, findings, the table."""

from __future__ import annotations

from secrets import token_hex
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import Request
from accounts.rules import Role
from counties.models import School
from office import files
from office.audit import record, viewed
from office.refusals import Refused
from plans.actions.sampling import close_sample, draw_sample, is_as_drawn, open_sampled, record_finding
from plans.forms import ReasonForm, SampleForm
from plans.models import PlanSample, SampledPlan
from plans.resources import sample_workbook
from plans.sheets import signed_of
from plans.views.planned import page_of
from plans.views.signing import rows_of, signatures_of

SHOWN = 100


def _counties(request: Request) -> Any:
    """The counties a person staffs; nobody else has anything to do with samples."""
    areas = request.user.reach.areas(Role.COUNTY_STAFF)
    if not areas:
        raise PermissionDenied
    return areas


@never_cache
@require_http_methods(["GET", "POST"])
def sample_list(request: Request) -> HttpResponse:
    """Those there are, with how far they are; a form draws another."""
    schools = School.objects.filter(county__in=_counties(request)).select_related("county").order_by("name", "pk")
    form = SampleForm(request.POST or None, schools=schools, counties=_counties(request), seed=token_hex(8))
    if form.is_valid():
        try:
            made = draw_sample(county=form.county, asked=form.drawing, by=request.user, at=request.now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("sample_detail", made.pk)
    samples = PlanSample.objects.visible_to(request.user).with_progress().select_related("by", "school")[:SHOWN]
    status = 422 if form.errors else 200
    return render(request, "plans/sample_list.html", {"form": form, "samples": samples}, status=status)


@never_cache
@require_safe
def sample_detail(request: Request, pk: UUID) -> HttpResponse:
    sample, drawn = _sample(request, pk)
    context: dict[str, Any] = {"sample": sample, "drawn": drawn, "left": sum(not each.finding for each in drawn)}
    context["is_as_drawn"] = is_as_drawn(sample, [str(each.plan_id) for each in drawn])
    return render(request, "plans/sample_detail.html", context)


def _sample(request: Request, pk: UUID) -> tuple[PlanSample, list[SampledPlan]]:
    seen = PlanSample.objects.visible_to(request.user).select_related("by", "school", "county")
    sample: PlanSample = get_object_or_404(seen, pk=pk)
    return sample, list(sample.drawn.select_related("plan__student", "plan__school", "by").order_by("position"))


def _drawn(request: Request, pk: UUID, plan: UUID) -> SampledPlan:
    seen = SampledPlan.objects.visible_to(request.user).select_related("sample", "by")
    seen = seen.select_related("plan__student", "plan__school", "plan__author", "plan__decided_by")
    found: SampledPlan = get_object_or_404(seen, sample=pk, plan=plan)
    return found


@never_cache
@require_http_methods(["GET", "POST"])
def sampled_plan(request: Request, pk: UUID, plan: UUID) -> HttpResponse:
    """A plan of the sample: asked for with a reason once, open to that person until the sample is closed."""
    drawn = _drawn(request, pk, plan)
    form = ReasonForm(request.POST or None, initial={"reason": f"抽查 {drawn.sample.label}"})
    if form.is_valid():
        open_sampled(drawn=drawn, reason=form.cleaned_data["reason"], by=request.user, at=request.now)
        return redirect("sampled_plan", pk, plan)
    is_open = drawn.sample.closed_at is None and str(request.user.pk) in drawn.readers
    context: dict[str, Any] = {"drawn": drawn, "plan": drawn.plan, "is_open": is_open, "form": None if drawn.sample.closed_at else form}
    if is_open:
        viewed("plan", subject=drawn.plan.student_id, by=request.user.pk, at=request.now, county=drawn.sample.county_id)
        context |= _opened(request, drawn)
    return render(request, "plans/sampled_plan.html", context)


def _opened(request: Request, drawn: SampledPlan) -> dict[str, Any]:
    """What it says and who signed; not how their signatures look."""
    signatures = list(signatures_of(drawn.plan))
    return {
        "page": page_of(drawn.plan),
        "sign_rows": rows_of(request, drawn.plan, signatures, is_shown=False),
        "earlier": [each for each in signed_of(drawn.plan, signatures, is_shown=False) if not each.is_of_this],
        "findings": SampledPlan.Finding.choices,
        "finding": drawn.finding,
        "words": drawn.words,
    }


@require_POST
def sample_find(request: Request, pk: UUID, plan: UUID) -> HttpResponse:
    """What was found of a plan. What is refused stays on the page."""
    drawn = _drawn(request, pk, plan)
    told = {"finding": request.POST.get("finding", ""), "words": request.POST.get("words", "")}
    try:
        record_finding(drawn=drawn, seen=_moment(request.POST.get("seen", "")), by=request.user, at=request.now, **told)
    except Refused as refusal:
        drawn = _drawn(request, pk, plan)
        if drawn.sample.closed_at or str(request.user.pk) not in drawn.readers:
            raise
        context = {"drawn": drawn, "plan": drawn.plan, "is_open": True, "form": None} | _opened(request, drawn)
        return render(request, "plans/sampled_plan.html", context | told | {"refusal": str(refusal)}, status=422)
    messages.success(request, "结论已存下，学校会收到通知。")
    return redirect("sample_detail", pk)


def _moment(said: str) -> Any:
    try:
        return parse_datetime(said)
    except ValueError:
        return None


@require_POST
def sample_close(request: Request, pk: UUID) -> HttpResponse:
    sample, _ = _sample(request, pk)
    close_sample(sample=sample, by=request.user, at=request.now)
    messages.success(request, "这次抽查已结束。")
    return redirect("sample_detail", pk)


@never_cache
@require_safe
def sample_xlsx(request: Request, pk: UUID) -> HttpResponse:
    """What was drawn and found, and how it was drawn, with a line in the audit."""
    sample, drawn = _sample(request, pk)
    content = sample_workbook(sample, drawn)
    record("sample.exported", subject=sample.pk, by=request.user.pk, at=request.now, county=sample.county_id, detail={"rows": len(drawn)})
    return files.download(content, name=f"计划抽查-{sample.label}.xlsx", content_type=files.XLSX)
