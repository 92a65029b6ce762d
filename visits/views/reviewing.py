"""A plan looked back on: how each objective went, and the mark a person gives it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.middleware import Request
from office.audit import viewed
from office.refusals import Refused
from plans.actions.reviewing import REVIEWED, ReviewedMeanwhile, review_objectives
from plans.codes import Mark
from plans.models import Plan
from plans.views.planned import writes
from visits.querysets.progress import ObjectiveProgress, Progress, progress_of


@never_cache
@require_http_methods(["GET", "POST"])
def plan_review(request: Request, pk: UUID) -> HttpResponse:
    """Read by those who read the plan, marked by those who write it."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("student", "school"), pk=pk)
    may_write = writes(request, plan)
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        return _posted(request, plan)
    if plan.state not in REVIEWED:
        return redirect("plan_detail", pk)
    viewed("progress", subject=plan.student_id, by=request.user.pk, at=request.now, county=plan.school.county_id)
    return _page(request, plan, may_write=may_write)


def _posted(request: Request, plan: Plan) -> HttpResponse:
    today = timezone.localdate(request.now)
    seen = request.POST.get("seen", "")
    told: dict[str, Any] = {"marks": _marks(request.POST), "on": _day(request.POST.get("on", ""), today)}
    told["seen"] = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 15 else 0
    try:
        added = review_objectives(plan=plan, by=request.user, at=request.now, **told)
    except ReviewedMeanwhile as moved:
        theirs = {each.objective: each for each in moved.theirs}
        return _page(request, plan, typed=request.POST, words=str(moved), theirs=theirs, status=409)
    except Refused as refusal:
        return _page(request, plan, typed=request.POST, words=str(refusal), status=422)
    messages.success(request, f"已记下 {added} 个目标的评价。" if added else "这些评价已经记下了。")
    return redirect("plan_detail", plan.pk)


def _day(text: str, today: date) -> date:
    """As typed; a day that is none is after every day, and refused as such."""
    try:
        return parse_date(text) or (date.max if text else today)
    except ValueError:
        return date.max


def _marks(posted: Mapping[str, str]) -> dict[UUID, tuple[str, str]]:
    """Marks by objective, with their notes; those left open are not among them."""
    found = {}
    for name, mark in posted.items():
        if name.startswith("mark-") and mark:
            try:
                key = UUID(name.removeprefix("mark-"))
            except ValueError:
                continue
            found[key] = mark, posted.get(f"note-{key}", "")
    return found


def _page(
    request: Request,
    plan: Plan,
    *,
    typed: Mapping[str, str] | None = None,
    theirs: Mapping[UUID, Any] | None = None,
    status: int = 200,
    may_write: bool = True,
    words: str = "",
) -> HttpResponse:
    today = timezone.localdate(request.now)
    progress = progress_of(plan.student, on=today, plan=plan)
    goals = [(goal, [_row(each, typed, theirs or {}) for each in goal.objectives]) for goal in progress.goals]
    context = {"plan": plan, "progress": progress, "goals": goals, "may_write": may_write, "words": words, "marks": Mark.choices}
    context |= {"on": (typed or {}).get("on") or today.isoformat(), "today": today.isoformat(), "seen": _seen(progress)}
    return render(request, "visits/plan_review.html", context, status=status)


def _seen(progress: Progress) -> int:
    return max((each.review.pk for each in progress.objectives if each.review), default=0)


def _row(each: ObjectiveProgress, typed: Mapping[str, str] | None, theirs: Mapping[UUID, Any]) -> dict[str, Any]:
    """An objective with what is chosen: what was typed, else what its visits propose and no review said yet."""
    key, (mark, word, why) = each.objective.key, each.proposed
    chosen = "" if each.review and each.review.mark == mark else mark
    note = ""
    if typed is not None:
        chosen, note = typed.get(f"mark-{key}", ""), typed.get(f"note-{key}", "")
    return {"each": each, "chosen": chosen, "note": note, "word": word, "why": why, "other": theirs.get(key)}
