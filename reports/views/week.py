"""Next week's plan as text for the chat group."""

from __future__ import annotations

from datetime import date, timedelta
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
from reports.rules.chat import Outing, plan_text


@require_safe
def week_plan(request: Request) -> HttpResponse:
    """The planned visits from next Monday to Sunday of each of one's schools."""
    schools = list(School.objects.filter(pk__in=request.user.reach.schools(*SCHOOL_WIDE)).order_by("code"))
    if not schools:
        raise PermissionDenied
    today = localdate(request.now)
    first = today + timedelta(days=7 - today.weekday())
    last = first + timedelta(days=6)
    planned = planned_outings(schools=schools, first=first, last=last, user=request.user)
    plans = [_plan(school, first, last, planned.get(school.pk, [])) for school in schools]
    return render(request, "reports/week.html", {"plans": plans})


def _plan(school: School, first: date, last: date, outings: list[Outing]) -> dict[str, Any]:
    text = plan_text(school=school.name, first=first, last=last, outings=outings)
    return {"id": f"plan-{school.code}", "school": school.name, "text": text, "count": len(outings), "first": first, "last": last}
