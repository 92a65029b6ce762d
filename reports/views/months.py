"""The list of months."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import Request
from accounts.rules import COUNTY_ROLES, SCHOOL_ROLES, Role
from reports.figures.past import add_up
from reports.models import Verdict
from reports.querysets import VerdictQuerySet
from reports.sheets import month_rows


@require_safe
def month_list(request: Request) -> HttpResponse:
    """The months of this school year and every other that has been judged, the latest first."""
    added = add_up(_verdicts(request).standing(), "month")
    rows = month_rows(
        {month: judged for (month,), judged in added.items() if isinstance(month, date)}, today=timezone.localdate(request.now)
    )
    return render(request, "reports/month_list.html", {"rows": rows})


def _verdicts(request: Request) -> VerdictQuerySet:
    reach = request.user.reach
    if reach.holds(*COUNTY_ROLES, *SCHOOL_ROLES):
        return Verdict.objects.visible_to(request.user)
    if reach.holds(Role.OBSERVER):
        return Verdict.objects.within(reach.areas(Role.OBSERVER))
    raise PermissionDenied
