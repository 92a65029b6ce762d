"""What is to be done about plans: by name for the case's team and the school, as numbers by school for the county."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import Request
from accounts.rules import Role
from plans.actions.holding import waiting_for
from plans.codes import EDITABLE
from plans.models import Plan
from plans.querysets import cases_without_plan, of_county
from plans.views.planned import today_of


@never_cache
@require_safe
def plan_list(request: Request) -> HttpResponse:
    """Those that wait for this person; children without a plan; plans to be mended, to be signed, and due for review."""
    today, user = today_of(request), request.user
    waiting = Plan.objects.awaiting_approval().within(user).select_related("student", "school", "author", "submitted_by")
    seen = Plan.objects.visible_to(user).select_related("student", "school", "author")
    context: dict[str, Any] = {
        "waiting": waiting_for(user, list(waiting), at=request.now),
        "missing": cases_without_plan(user, today),
        "in_work": seen.filter(state__in=EDITABLE),
        "unsigned": seen.unsigned().order_by("decided_at", "pk"),
        "due": seen.due_for_review(today).order_by("review_on", "pk"),
        "may_sample": user.reach.holds(Role.COUNTY_STAFF),
        "counties": of_county(user.reach.areas(Role.COUNTY_STAFF, Role.COUNTY_LEADER), today),
    }
    return render(request, "plans/plan_list.html", context)
