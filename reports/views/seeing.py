"""What the views of a month share: which month, whose, and what of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.middleware import Request
from accounts.rules import COUNTY_ROLES, SCHOOL_ROLES
from reports import rules
from reports.figures.sight import Sight, sight_of
from reports.figures.year import children_made_good
from reports.sheets import MonthSheet, month_sheet

View = Callable[..., HttpResponse]


def of_month(view: View) -> View:
    """Hands the view the first day of the month in the address; one that does not exist is told so."""

    @wraps(view)
    def with_month(request: Request, month: str, **rest: Any) -> HttpResponse:
        first = rules.month_of(month, today=timezone.localdate(request.now))
        if first is None:
            return render(request, "reports/no_month.html", {"asked": month[:20]}, status=404)
        return view(request, first, **rest)

    return with_month


def sight_for(request: Request) -> Sight | None:
    """What the person sees of the county asked for, or of their first; None when no child is theirs yet."""
    county = request.GET.get("county", "")
    sight = sight_of(request.user, county)
    if sight is None and not request.user.reach.holds(*COUNTY_ROLES, *SCHOOL_ROLES):
        raise PermissionDenied
    if sight is None and county:
        raise Http404
    return sight


def sheet_of(request: Request, sight: Sight, month: date) -> MonthSheet:
    """The month as it stands now."""
    return month_sheet(sight.month(month, as_of=request.now), led=sight.led)


def sheet_of_children(request: Request, sight: Sight, month: date) -> MonthSheet:
    """The same, with what later months made good of each child's; before the next has begun, none can have."""
    figures = sight.month(month, as_of=request.now)
    schools = [school.school.pk for school in figures.schools]
    is_past = figures.is_over and not figures.days_left
    return month_sheet(figures, made_good=children_made_good(month=month, schools=schools) if is_past else (), led=sight.led)
