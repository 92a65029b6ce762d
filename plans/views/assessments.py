"""Assessments of a child: the tab, the page on which one is scored, the printed page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import Request
from accounts.views.protocol import body_of, json_door
from office import files
from office.audit import record, viewed
from office.refusals import Refused
from plans.actions.assessing import MovedOn, discard, finish, open_again, score, start_assessment
from plans.forms import AssessmentForm, ReasonForm
from plans.models import Assessment
from plans.sheets import assessment_page, history_of, print_assessment, scale_history
from plans.views.seeing import (
    assessment_of,
    assessment_to_write,
    case_to_write,
    cases_to_write,
    child,
    gives_reasons,
    reads_files_of,
    scales_of,
)


@never_cache
@require_http_methods(["GET", "POST"])
def student_assessments(request: Request, pk: UUID) -> HttpResponse:
    """评估: the case's team and the school's readers see what was found, others which there are; a county's staff once they say why."""
    student = child(request, pk)
    is_open = reads_files_of(request, student)
    form = ReasonForm(request.POST or None) if gives_reasons(request, student) else None
    county = student.county_id
    if is_open:
        viewed("assessment", subject=student.pk, by=request.user.pk, at=request.now, county=county)
    elif form and form.is_valid():
        record("assessment.revealed", subject=student.pk, by=request.user.pk, at=request.now, county=county, detail=form.cleaned_data)
        is_open = True
    found = Assessment.objects.filter(student=student).select_related("author", "school")
    context = {"student": student, "is_open": is_open, "form": form, "history": history_of(list(found))}
    context["case"] = cases_to_write(request).filter(student=student).first()
    return render(request, "plans/student_assessments.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def assessment_add(request: Request) -> HttpResponse:
    case = case_to_write(request, request.GET.get("case"))
    has_earlier = Assessment.objects.done().filter(case=case).exists()
    today = timezone.localdate(request.now)
    form = AssessmentForm(request.POST or None, scales=scales_of(case.school_id), today=today, has_earlier=has_earlier)
    if form.is_valid():
        try:
            made = start_assessment(case=case, by=request.user, at=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("on", str(refusal))
        else:
            return redirect("assessment_edit", made.pk)
    return render(request, "plans/assessment_add.html", {"case": case, "form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def assessment_edit(request: Request, pk: UUID) -> HttpResponse:
    """The page on which a child is scored: kept at every tap by a script, by its button without one."""
    assessment = assessment_to_write(request, pk)
    if request.method == "POST":
        return _posted(request, assessment)
    if assessment.state != Assessment.State.DRAFT:
        return redirect("assessment_detail", pk)
    viewed("assessment", subject=assessment.student_id, by=request.user.pk, at=request.now, county=assessment.school.county_id)
    return render(request, "plans/assessment_edit.html", {"assessment": assessment, "page": assessment_page(assessment)})


def _posted(request: Request, assessment: Assessment) -> HttpResponse:
    """Everything that was filled in, kept; then finished, where that button was pressed. What is refused stays on the page."""
    scores = {name.removeprefix("score-"): value for name, value in request.POST.items() if name.startswith("score-")}
    note, version = request.POST.get("note", ""), request.POST.get("version", "")
    try:
        held = _kept(request, assessment, int(version) if version.isdecimal() and len(version) < 10 else 0, scores, note)
        if "finish" in request.POST:
            finish(assessment=held, version=held.version, by=request.user, at=request.now)
    except Refused as refusal:
        page = assessment_page(assessment, scores=scores, note=note)
        context = {"assessment": assessment, "page": page, "words": str(refusal)}
        return render(request, "plans/assessment_edit.html", context, status=422)
    messages.success(request, "评估已完成。" if "finish" in request.POST else "已保存。")
    return redirect("assessment_detail" if "finish" in request.POST else "assessment_edit", assessment.pk)


@never_cache
@json_door("PUT")
def assessment_scores(request: Request, pk: UUID) -> HttpResponse:
    """What the page keeps at every tap."""
    assessment, said = assessment_to_write(request, pk), body_of(request)
    version, note = said.get("version"), said.get("note")
    try:
        held = _kept(request, assessment, version if isinstance(version, int) else 0, said.get("scores"), str(note or ""))
    except MovedOn as moved:
        current = {"version": moved.held.version, "scores": moved.held.scores, "note": moved.held.note}
        return JsonResponse({"words": str(moved), "current": current}, status=409)
    return JsonResponse({"version": held.version})


def _kept(request: Request, assessment: Assessment, version: int, scores: Any, note: str) -> Assessment:
    return score(assessment=assessment, version=version, scores=scores, note=note, by=request.user, at=request.now)


@never_cache
@require_safe
def assessment_detail(request: Request, pk: UUID) -> HttpResponse:
    assessment = assessment_of(request, pk)
    may_write = Assessment.objects.writable_by(request.user).filter(pk=pk).exists()
    context: dict[str, Any] = {"assessment": assessment, "page": assessment_page(assessment), "may_write": may_write}
    if assessment.state == Assessment.State.DONE:
        context["history"] = scale_history([assessment, *_earlier(assessment)])
    return render(request, "plans/assessment_detail.html", context)


@require_POST
def assessment_reopen(request: Request, pk: UUID) -> HttpResponse:
    assessment = assessment_to_write(request, pk)
    open_again(assessment=assessment, version=assessment.version, by=request.user, at=request.now)
    return redirect("assessment_edit", pk)


@require_POST
def assessment_discard(request: Request, pk: UUID) -> HttpResponse:
    assessment = assessment_to_write(request, pk)
    discard(assessment=assessment, version=assessment.version, by=request.user, at=request.now)
    messages.success(request, "已删除这份没有完成的评估。")
    return redirect("student_assessments", assessment.student_id)


@never_cache
@require_safe
def assessment_pdf(request: Request, pk: UUID) -> HttpResponse:
    """One page of paper, with a line in the audit."""
    assessment = assessment_of(request, pk)
    content = print_assessment(assessment, _earlier(assessment))
    detail = {"assessment": assessment.pk}
    county = assessment.school.county_id
    record("assessment.exported", subject=assessment.student_id, by=request.user.pk, at=request.now, county=county, detail=detail)
    return files.download(content, name=f"评估-{assessment.on:%Y%m%d}.pdf", content_type=files.PDF)


def _earlier(assessment: Assessment) -> list[Any]:
    """Finished ones before it, of the same scale, the latest first."""
    before = Assessment.objects.done().filter(student=assessment.student_id, on__lte=assessment.on).exclude(pk=assessment.pk)
    return [each for each in before.order_by("-on", "-at") if each.scale["key"] == assessment.scale["key"]]
