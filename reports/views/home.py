"""The first page after signing in, by role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import Request
from accounts.rules import COUNTY_ROLES, SCHOOL_WIDE, Role
from plans.querysets import work_of, work_of_county
from reports.figures.past import earlier_rates
from reports.figures.returned import returned_to
from reports.figures.sight import Sight
from reports.models import Verdict
from reports.rules import month_after
from reports.sheets import school_lines
from reports.views.area import area_month
from reports.views.board import board_of
from reports.views.filing import own_months_of
from reports.views.seeing import sheet_of, sight_for
from visits.querysets.writing import unfinished


@require_safe
def home(request: Request) -> HttpResponse:
    """Where a person lands: the first of their roles decides."""
    role = request.user.reach.home
    return HOMES[role](request) if role in HOMES else render(request, "reports/home_office.html")


def _this_month(request: Request) -> date:
    return timezone.localdate(request.now).replace(day=1)


def _teacher(request: Request) -> HttpResponse:
    sight, month = sight_for(request), _this_month(request)
    if sight is None:
        return render(request, "reports/no_children.html", {"month": month})
    sheet = sheet_of(request, sight, month)
    today = timezone.localdate(request.now)
    mine = {"drafts": unfinished(request.user), "returned": returned_to(request.user), "plans": work_of(request.user, today)}
    return render(request, "reports/home_teacher.html", {"sight": sight, "sheet": sheet, "today": today} | mine)


def _school(request: Request) -> HttpResponse:
    sight, month = sight_for(request), _this_month(request)
    if sight is None:
        return render(request, "reports/no_children.html", {"month": month})
    context = _board(request, sight, month) | {"plans": work_of(request.user, timezone.localdate(request.now))}
    return render(request, "reports/home_school.html", context | {"own_months": own_months_of(request, context["sheet"])})


def _county(request: Request) -> HttpResponse:
    sight, month = sight_for(request), _this_month(request)
    if sight is None:
        return render(request, "reports/no_children.html", {"month": month})
    context = _board(request, sight, month)
    areas = request.user.reach.areas(Role.COUNTY_STAFF, Role.COUNTY_LEADER)
    context["plans"] = work_of_county(request.user, areas, timezone.localdate(request.now))
    return render(request, "reports/home_county.html", context | {"board": board_of(request, sight, context["sheet"])})


def _board(request: Request, sight: Sight, month: date) -> dict[str, Any]:
    """The month, with the schools side by side where more than one is seen."""
    sheet = sheet_of(request, sight, month)
    if not sight.compares_schools:
        return {"sight": sight, "sheet": sheet, "schools": []}
    earlier = earlier_rates(Verdict.objects.visible_to(request.user).filter(school__county=sight.county_code).standing(), month)
    return {"sight": sight, "sheet": sheet, "schools": school_lines(sheet, sight, earlier)}


def _observer(request: Request) -> HttpResponse:
    """The last month that is over: the running one has no verdicts yet."""
    return area_month(request, month_after(_this_month(request), -1))


HOMES: dict[Role | None, Callable[[Request], HttpResponse]] = {
    Role.TEACHER: _teacher,
    **dict.fromkeys(SCHOOL_WIDE, _school),
    **dict.fromkeys(COUNTY_ROLES, _county),
    Role.OBSERVER: _observer,
}
