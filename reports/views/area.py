"""What an observer sees: numbers of counties, no names."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.middleware import Request
from counties.models import Area
from reports.figures import month_figures
from reports.figures.area import counties_of, county_lines
from reports.sheets import month_sheet


def area_month(request: Request, month: date) -> HttpResponse:
    """The counties below the observer's area, or one of them as it stands now."""
    counties = counties_of(request.user)
    asked = request.GET.get("county", "")
    if asked and asked not in {county.code for county in counties}:
        raise Http404
    county = next((county for county in counties if len(counties) == 1 or county.code == asked), None)
    if county is not None:
        return _county_month(request, month, county, alone=len(counties) == 1)
    lines = county_lines(request.user, counties, month)
    return render(request, "reports/month_area.html", {"month": month, "lines": lines})


def _county_month(request: Request, month: date, county: Area, *, alone: bool) -> HttpResponse:
    sheet = month_sheet(month_figures(county_code=county.code, month=month, as_of=request.now))
    return render(request, "reports/month_county.html", {"month": month, "county": county, "sheet": sheet, "alone": alone})
