"""What is to be done about plans."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import Request
from plans.models import Plan
from plans.views.planned import decides


@never_cache
@require_safe
def plan_list(request: Request) -> HttpResponse:
    """Those that wait for this person."""
    waiting = Plan.objects.awaiting_approval().within(request.user).select_related("student", "school", "author", "submitted_by")
    return render(request, "plans/plan_list.html", {"waiting": [plan for plan in waiting if decides(request, plan)]})
