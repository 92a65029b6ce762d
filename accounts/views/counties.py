"""A county's policies and calendar, read by its bureau and kept by its staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import Request
from accounts.rules import Role
from counties import actions
from counties.actions import Day
from counties.forms import DayForm, HolidayForm, MakeUpDayForm, PolicyForm, PresetForm, TermForm, YearForm
from counties.models import Area, Holiday, MakeUpDay, Policy, Term
from counties.rules import DEFAULT_PRESET, policy_values
from counties.rules.words import policy_lines
from office.refusals import Refused

KINDS: dict[str, tuple[str, type[Day], type[DayForm]]] = {
    "terms": ("学期", Term, TermForm),
    "holidays": ("节假日", Holiday, HolidayForm),
    "workdays": ("调休上班日", MakeUpDay, MakeUpDayForm),
}


def _county(request: Request, *roles: Role) -> Area:
    """The county a person has one of the roles for; the first of several."""
    areas = request.user.reach.areas(*roles)
    if not areas:
        raise PermissionDenied
    return Area.objects.get(pk=min(areas))


def _must_keep(request: Request, county_code: str) -> None:
    if county_code not in request.user.reach.areas(Role.COUNTY_STAFF):
        raise PermissionDenied


@require_GET
def policy_list(request: Request) -> HttpResponse:
    """Every version with its values, side by side; the one in force is marked."""
    county = _county(request, Role.COUNTY_STAFF, Role.COUNTY_LEADER)
    today = timezone.localdate(request.now)
    versions = list(Policy.objects.visible_to(request.user).of_county(county.pk))
    in_force = [version for version in versions if version.is_in_force(today)]
    lines = zip(*(policy_lines(version.terms) for version in versions), strict=True)
    context = {
        "county": county,
        "versions": [(version, version.is_in_force(today), version in in_force[-1:]) for version in versions],
        "lines": [(line[0][0], [value for _, value in line], len({value for _, value in line}) > 1) for line in lines],
        "may_add": request.user.reach.holds(Role.COUNTY_STAFF),
    }
    return render(request, "counties/policy_list.html", context)


@require_http_methods(["GET", "POST"])
def policy_add(request: Request) -> HttpResponse:
    """A new version, started from the present one or from a preset."""
    county = _county(request, Role.COUNTY_STAFF)
    preset, base = _base(request, county)
    form = PolicyForm(request.POST or None, base=base)
    if form.is_valid():
        asked = {"values": form.values, "effective_on": form.cleaned_data["effective_on"]}
        try:
            actions.add_policy(county=county, preset=preset, by=request.user.pk, at=request.now, **asked)
        except Refused as refusal:
            form.add_error("effective_on", str(refusal))
        else:
            messages.success(request, "新一版政策已定下，到那个月自动启用。")
            return redirect("policy_list")
    return render(request, "counties/policy_add.html", {"form": form, "presets": PresetForm({"preset": request.GET.get("preset", "")})})


def _base(request: Request, county: Area) -> tuple[str, dict[str, Any]]:
    """The preset a new version goes by, and the values it starts from: the latest version's, unless a preset was asked for."""
    asked = PresetForm(request.GET)
    preset = asked.cleaned_data["preset"] if asked.is_valid() else ""
    latest = Policy.objects.of_county(county.pk).last()
    if preset or latest is None:
        return preset or DEFAULT_PRESET, policy_values(preset or DEFAULT_PRESET, {})
    return latest.preset, latest.terms.plain()


@require_POST
def policy_withdraw(request: Request, pk: UUID) -> HttpResponse:
    policy = get_object_or_404(Policy.objects.visible_to(request.user), pk=pk)
    _must_keep(request, policy.county_id)
    actions.withdraw_policy(policy=policy, by=request.user.pk, at=request.now)
    messages.success(request, "这一版已撤回。")
    return redirect("policy_list")


@require_GET
def calendar(request: Request) -> HttpResponse:
    """The county's terms, and the holidays and make-up days of one calendar year."""
    county = _county(request, Role.COUNTY_STAFF, Role.COUNTY_LEADER)
    form = YearForm(request.GET, on=timezone.localdate(request.now))
    year = form.cleaned_data["year"] if form.is_valid() else timezone.localdate(request.now).year
    context = {
        "county": county,
        "year": year,
        "form": form,
        "terms": Term.objects.filter(county=county),
        "holidays": Holiday.objects.filter(county=county, starts_on__year=year),
        "workdays": MakeUpDay.objects.filter(county=county, on__year=year),
        "may_edit": request.user.reach.holds(Role.COUNTY_STAFF),
    }
    return render(request, "counties/calendar.html", context)


@require_http_methods(["GET", "POST"])
def day_add(request: Request, kind: str) -> HttpResponse:
    title, model, form_class = _kind(kind)
    county = _county(request, Role.COUNTY_STAFF)
    return _day_page(request, title, form_class(request.POST or None, instance=model(county=county)))


@require_http_methods(["GET", "POST"])
def day_edit(request: Request, kind: str, pk: int) -> HttpResponse:
    title, _, form_class = _kind(kind)
    return _day_page(request, title, form_class(request.POST or None, instance=_row(request, kind, pk)))


def _day_page(request: Request, title: str, form: DayForm) -> HttpResponse:
    if form.is_valid():
        actions.save_day(row=form.instance, by=request.user.pk, at=request.now)
        messages.success(request, f"{title}已保存。")
        return redirect("calendar")
    return render(request, "counties/day_edit.html", {"form": form, "title": title})


@require_POST
def day_remove(request: Request, kind: str, pk: int) -> HttpResponse:
    title, _, _ = _kind(kind)
    actions.remove_day(row=_row(request, kind, pk), by=request.user.pk, at=request.now)
    messages.success(request, f"{title}已删除。")
    return redirect("calendar")


def _kind(kind: str) -> tuple[str, type[Day], type[DayForm]]:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def _row(request: Request, kind: str, pk: int) -> Day:
    model = _kind(kind)[1]
    row: Day = get_object_or_404(model.objects.visible_to(request.user), pk=pk)
    _must_keep(request, row.county_id)
    return row


@require_POST
def year_seed(request: Request) -> HttpResponse:
    """Fills a year from what the State Council announced, as far as the program knows it."""
    county = _county(request, Role.COUNTY_STAFF)
    form = YearForm(request.POST, on=timezone.localdate(request.now))
    if not form.is_valid():
        raise Refused("请写一个年份，如 2026。")
    holidays, days = actions.seed_year(county=county, year=form.cleaned_data["year"], by=request.user.pk, at=request.now)
    messages.success(request, f"已添加节假日 {holidays} 条、调休上班日 {days} 天；已有的没有动。请与正式通知核对。")
    return redirect("calendar")
