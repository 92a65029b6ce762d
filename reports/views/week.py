"""Next week's plan as text for the chat group."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from accounts.middleware import Request
from accounts.rules import SCHOOL_WIDE
from counties.models import School
from reports.figures.week import planned_outings
from reports.rules.chat import plan_text


@require_safe
def week_plan(request: Request) -> HttpResponse:
    """The planned visits from next Monday to Sunday of each of one's schools."""
    schools = School.objects.filter(pk__in=request.user.reach.schools(*SCHOOL_WIDE)).order_by("code")
    plans = [_plan(request, school) for school in schools]
    if not plans:
        raise PermissionDenied
    return render(request, "reports/week.html", {"plans": plans})


def _plan(request: Request, school: School) -> dict[str, Any]:
    today = localdate(request.now)
    first = today + timedelta(days=7 - today.weekday())
    last = first + timedelta(days=6)
    outings = planned_outings(school=school, first=first, last=last, user=request.user)
    text = plan_text(school=school.name, first=first, last=last, outings=outings)
    return {"id": f"plan-{school.code}", "school": school.name, "text": text, "count": len(outings), "first": first, "last": last}
