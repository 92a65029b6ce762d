"""The bureau's board of a month: all schools, what they filed, and those without a question accepted together."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import Request
from accounts.rules import COUNTY_ROLES, Role
from reports.actions.reviewing import accept_clean
from reports.figures.board import filed_months
from reports.figures.sight import Sight
from reports.forms import BoardFilter, TicketForm
from reports.models import Submission
from reports.rules.filing import late_from
from reports.sheets import MonthSheet, school_lines
from reports.sheets.board import Board, board
from reports.views.seeing import of_month, sheet_of, sight_for


@require_safe
@of_month
def review_board(request: Request, month: date) -> HttpResponse:
    """Every school of the county: clerks act from here, leaders read the numbers."""
    sight = county_sight(request)
    shown = board_of(request, sight, sheet_of(request, sight, month))
    chosen = BoardFilter(request.GET, board=shown)
    may_review = sight.county_code in request.user.reach.areas(Role.COUNTY_STAFF)
    context = {"sight": sight, "board": shown, "filter": chosen, "lines": chosen.lines(), "may_review": may_review}
    return render(request, "reports/review_board.html", context)


@require_POST
@of_month
def review_accept_clean(request: Request, month: date) -> HttpResponse:
    """Accepts each school that is ticked, and says of each what came of it."""
    sight = county_sight(request)
    if sight.county_code not in request.user.reach.areas(Role.COUNTY_STAFF):
        raise PermissionDenied
    tickets = TicketForm(request.POST).tickets()
    waiting = Submission.objects.visible_to(request.user).filter(school__county=sight.county_code).of_month(month)
    for outcome in accept_clean(submissions=waiting, tickets=tickets, by=request.user, at=request.now):
        messages.add_message(request, messages.SUCCESS if outcome.is_accepted else messages.WARNING, outcome.words)
    if not tickets:
        messages.warning(request, "没有勾选学校，什么也没有改变。")
    query = f"?{urlencode({'county': sight.county_code})}" if len(sight.counties) > 1 else ""
    return redirect(reverse("review_board", args=[f"{month:%Y-%m}"]) + query)


def county_sight(request: Request) -> Sight:
    """The whole of a county; 403 for those who see none."""
    if not request.user.reach.holds(*COUNTY_ROLES):
        raise PermissionDenied
    sight = sight_for(request)
    if sight is None or sight.cases is not None:
        raise PermissionDenied
    return sight


def board_of(request: Request, sight: Sight, sheet: MonthSheet) -> Board:
    """What the schools of the county have filed, beside the month as it stands. One query."""
    submissions = Submission.objects.visible_to(request.user).filter(school__county=sight.county_code)
    deadline = late_from(sheet.month, sheet.figures.terms.submit_due_day)
    return board(sheet, school_lines(sheet, sight, {}), filed_months(submissions, sheet.month), deadline=deadline)
