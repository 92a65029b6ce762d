"""One month: its children, its schools, its teachers."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.middleware import Request
from accounts.rules import Role
from office.audit import record
from reports.figures.past import earlier_rates
from reports.forms import MonthFilter
from reports.models import Verdict
from reports.resources import month_workbook
from reports.sheets import school_lines
from reports.views.area import area_month
from reports.views.seeing import of_month, sheet_of, sheet_of_children, sight_for

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@of_month
def month(request: Request, month: date) -> HttpResponse:
    """The children of a month; to an observer the counties' numbers."""
    if request.user.reach.home == Role.OBSERVER:
        return area_month(request, month)
    sight = sight_for(request)
    if sight is None:
        return render(request, "reports/no_children.html", {"month": month})
    sheet = sheet_of_children(request, sight, month)
    chosen = MonthFilter(request.GET, sheet=sheet)
    page = Paginator(chosen.lines(), PAGE).get_page(request.GET.get("page"))
    shown = {"filter": chosen, "page": page, "order": chosen.order, "several_schools": "school" in chosen.fields}
    return render(request, "reports/month.html", {"sight": sight, "sheet": sheet} | shown)


@require_safe
@of_month
def month_schools(request: Request, month: date) -> HttpResponse:
    """The schools of a month side by side, for those who see more than one."""
    sight = sight_for(request)
    if sight is None or not sight.compares_schools:
        raise PermissionDenied
    sheet = sheet_of(request, sight, month)
    earlier = earlier_rates(Verdict.objects.visible_to(request.user).filter(school__county=sight.county_code).standing(), month)
    return render(request, "reports/month_schools.html", {"sight": sight, "sheet": sheet, "schools": school_lines(sheet, sight, earlier)})


@require_safe
@of_month
def month_teachers(request: Request, month: date) -> HttpResponse:
    """The workload of the month: a teacher's own, a school's, a county's."""
    sight = sight_for(request)
    if sight is None:
        return render(request, "reports/no_children.html", {"month": month})
    return render(request, "reports/month_teachers.html", {"sight": sight, "sheet": sheet_of(request, sight, month)})


@require_safe
@of_month
def month_xlsx(request: Request, month: date) -> HttpResponse:
    """The month as a workbook: the children as filtered on screen, the schools, the teachers."""
    sight = sight_for(request)
    if sight is None:
        raise PermissionDenied
    sheet = sheet_of_children(request, sight, month)
    schools = school_lines(sheet, sight, {}) if sight.compares_schools else []
    lines = MonthFilter(request.GET, sheet=sheet).lines()
    content = month_workbook(sheet, lines, schools)
    detail = {"month": f"{month:%Y-%m}", "rows": len(lines)}
    record("month.exported", subject=None, by=request.user.pk, at=request.now, county=sight.county_code, detail=detail)
    return HttpResponse(content, XLSX, headers={"Content-Disposition": f'attachment; filename="songjiao-{month:%Y-%m}.xlsx"'})
