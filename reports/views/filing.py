"""A school's own page of a month: what is missing, child by child; confirmed by the principal, filed in one click."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import Request
from accounts.rules import SCHOOL_WIDE, Role
from counties.models import School
from office.refusals import Refused
from reports.actions import drafting
from reports.actions import filing as acts
from reports.figures.own_month import OwnMonth, own_month
from reports.forms import SubmitForm
from reports.models import Submission
from reports.rules.filing import late_from, why_no_month
from reports.sheets import MonthSheet
from reports.sheets.compared import compared
from reports.sheets.filing import FilingSheet, OwnStand, filing_sheet
from reports.sheets.review import review_sheet
from reports.views.review import said_in
from reports.views.seeing import of_month
from students.models import Case
from visits.actions import answer_flag
from visits.forms import AnswerForm
from visits.models import VisitRecord

State = Submission.State


@require_safe
@of_month
def filing_list(request: Request, month: date) -> HttpResponse:
    """The school's page; a choice where somebody looks after several."""
    schools = list(School.objects.filter(pk__in=request.user.reach.schools(*SCHOOL_WIDE)))
    if not schools:
        raise PermissionDenied
    if len(schools) == 1:
        return redirect("filing", f"{month:%Y-%m}", schools[0].pk)
    return render(request, "reports/filing_list.html", {"month": month, "schools": schools})


@require_safe
@of_month
def filing(request: Request, month: date, school: UUID) -> HttpResponse:
    """What the month would be filed as now, or as it was filed."""
    place = _school(request, school, *SCHOOL_WIDE)
    context = {"month": month, "school": place}
    if words := why_no_month(month, place.reports_from, today=localdate(request.now)):
        return render(request, "reports/filing_none.html", context | {"why": words})
    own, reach = own_month(place, month, at=request.now), request.user.reach
    context |= {"own": own, "sheet": sheet_of_own(request, own), "submission": own.filed, "versions": _filed_versions(own)}
    context |= {"may_file": school in reach.schools(Role.SCHOOL_ADMIN), "may_confirm": school in reach.schools(Role.PRINCIPAL)}
    context |= {"may_write": context["may_file"] or context["may_confirm"], "may_decide": False}
    return render(request, "reports/filing.html", context)


@require_POST
@of_month
def filing_refresh(request: Request, month: date, school: UUID) -> HttpResponse:
    """Stores the draft as the month stands now, so that a principal has something to stand for."""
    place = _school(request, school, Role.SCHOOL_ADMIN, Role.PRINCIPAL)
    drafting.refresh_draft(school=place, month=month, at=request.now)
    messages.success(request, "已按现在的记录汇总。")
    return redirect("filing", f"{month:%Y-%m}", school)


@require_POST
@of_month
def filing_submit(request: Request, month: date, school: UUID) -> HttpResponse:
    place, form = _school(request, school, Role.SCHOOL_ADMIN), SubmitForm(request.POST)
    acts.submit(school=place, month=month, version=form.version, by=request.user, at=request.now, requests=form.requests, nil=form.is_nil)
    messages.success(request, "已上报，等县局审核。")
    return redirect("filing", f"{month:%Y-%m}", school)


@require_POST
@of_month
def filing_confirm(request: Request, month: date, school: UUID) -> HttpResponse:
    """The principal stands for what was on the screen: anything else is shown first."""
    place = _school(request, school, Role.PRINCIPAL)
    draft = drafting.refresh_draft(school=place, month=month, at=request.now)
    if draft.state == State.DRAFT and said_in(draft)[0].substance != request.POST.get("substance"):
        raise Refused("您打开页面之后，记录有了变化。请看过现在的内容，再确认。")
    acts.confirm(submission=draft, by=request.user, at=request.now)
    messages.success(request, "已确认。之后记录有变化的，要再确认一次。")
    return redirect("filing", f"{month:%Y-%m}", school)


@require_POST
@of_month
def filing_answer(request: Request, month: date, school: UUID) -> HttpResponse:
    """A word to a question, and back to what else is missing."""
    _school(request, school, Role.SCHOOL_ADMIN, Role.PRINCIPAL)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    said = {name: form.cleaned_data[name] for name in ("record", "code", "evidence", "text")}
    get_object_or_404(VisitRecord.objects.visible_to(request.user).filter(school=school), pk=said["record"])
    answer_flag(by=request.user, at=request.now, **said)
    messages.success(request, "说明已保存。")
    return redirect("filing", f"{month:%Y-%m}", school)


def sheet_of_own(request: Request, own: OwnMonth) -> FilingSheet:
    """The month line by line, with what each child lacks; after a return its reasons and what is different since."""
    returned = dict(own.former.line_returns.values_list("student", "reason")) if own.former and own.filed is None else {}
    review = review_sheet(own.snapshot, own.particulars, returned=returned, at_school=True)
    cases = Case.objects.visible_to(request.user).filter(school=own.school).order_by("starts_on").values_list("student", "pk")
    since = compared(said_in(own.former), (own.snapshot, own.particulars)) if own.former else None
    return filing_sheet(review, dict(cases), state=own.state, confirmed=own.is_confirmed, deadline=own.deadline, at=own.at, compared=since)


def own_months_of(request: Request, sheet: MonthSheet) -> list[OwnStand]:
    """How the month of each of one's schools stands, for the first page."""
    own, theirs = request.user.reach.schools(*SCHOOL_WIDE), request.user.reach.schools(Role.SCHOOL_ADMIN, Role.PRINCIPAL)
    deadline = late_from(sheet.month, sheet.figures.terms.submit_due_day)
    return [
        OwnStand(each.school.pk, each.school.name, each.filed, deadline, request.now, each.school.pk in theirs)
        for each in sheet.figures.schools
        if each.school.pk in own
    ]


def _filed_versions(own: OwnMonth) -> list[Submission]:
    return [version for version in own.versions if version.state != State.DRAFT]


def _school(request: Request, school: UUID, *roles: Role) -> School:
    """404 for a school that is not one's own, 403 for a role that does not do this."""
    place: School = get_object_or_404(School.objects.filter(pk__in=request.user.reach.schools(*SCHOOL_WIDE)), pk=school)
    if school not in request.user.reach.schools(*roles):
        raise PermissionDenied
    return place
