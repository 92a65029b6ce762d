"""A school's submission before the bureau: the evidence beside each line, then accepted, returned or opened again."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import Request
from accounts.rules import Role
from counties.models import School
from office.audit import viewed
from reports.actions import filing
from reports.actions.printing import hidden_photos
from reports.figures.board import filed_month
from reports.forms import AcceptForm, ReopenForm, ReturnForm
from reports.models import Submission
from reports.rules.chat import return_text
from reports.rules.standing import FILED_WORDS, marks_of
from reports.sheets.compared import compared
from reports.sheets.particulars import Particulars
from reports.sheets.review import review_sheet
from reports.sheets.snapshot import Snapshot
from reports.views.seeing import of_month


@require_safe
@of_month
def review(request: Request, month: date, school: UUID) -> HttpResponse:
    """The latest version filed, or the one asked for; looking at it is a line in the audit."""
    place, versions = _filed(request, month, school)
    submission = _asked_version(versions, request.GET.get("version", ""))
    viewed("submission", subject=submission.pk, by=request.user.pk, at=request.now, county=place.county_id)
    context = {"month": month, "school": place, "submission": submission, "versions": versions, "is_latest": submission == versions[-1]}
    return render(request, "reports/review.html", context | review_context(submission, versions, localdate(request.now)))


@require_POST
@of_month
def review_accept(request: Request, month: date, school: UUID) -> HttpResponse:
    submission = _submission(request, month, school)
    form = AcceptForm(request.POST)
    filing.accept(submission=submission, version=form.version, by=request.user, at=request.now)
    messages.success(request, f"{submission.school.name}：已通过。")
    return redirect("review_board", f"{month:%Y-%m}")


@require_POST
@of_month
def review_return(request: Request, month: date, school: UUID) -> HttpResponse:
    """Sends the lines back that have a reason."""
    submission = _submission(request, month, school)
    form = ReturnForm(request.POST)
    filing.return_submission(
        submission=submission, version=form.version, lines=form.lines, reason=form.reason, by=request.user, at=request.now
    )
    messages.success(request, f"{submission.school.name}：已退回，学校会看到每一行的理由。")
    return redirect("review", f"{month:%Y-%m}", school)


@require_POST
@of_month
def review_reopen(request: Request, month: date, school: UUID) -> HttpResponse:
    submission = _submission(request, month, school)
    filing.reopen(submission=submission, reason=ReopenForm(request.POST).reason, by=request.user, at=request.now)
    messages.success(request, f"{submission.school.name}：已重新打开，学校可以修改后再报。")
    return redirect("review", f"{month:%Y-%m}", school)


def review_context(submission: Submission, versions: list[Submission], on: date) -> dict[str, Any]:
    """The submission line by line, how it stands, what differs from the version before, and what may be done now."""
    returned = dict(submission.line_returns.values_list("student", "reason"))
    sheet = review_sheet(*said_in(submission), returned=returned)
    filed, state = filed_month(submission).filed, submission.state
    before = next((version for version in reversed(versions) if version.version < submission.version), None)
    return {
        "sheet": sheet,
        "hidden_photos": hidden_photos(submission, on) if state == Submission.State.SUBMITTED else set(),
        "compared": compared(said_in(before), said_in(submission)) if before else None,
        "state_words": FILED_WORDS[state],
        "marks": marks_of(filed),
        "chat": return_text(school=sheet.snapshot.school_name, month=submission.month, lines=len(returned), version=submission.version)
        if state == Submission.State.RETURNED
        else "",
        "may_decide": state == Submission.State.SUBMITTED,
        "may_reopen": state == Submission.State.ACCEPTED,
    }


def said_in(submission: Submission) -> tuple[Snapshot, Particulars]:
    return Snapshot.read(submission.snapshot), Particulars.read(submission.particulars)


def _filed(request: Request, month: date, school: UUID) -> tuple[School, list[Submission]]:
    """The school and what it filed, the earliest version first; only for the clerks of its county."""
    if not request.user.reach.holds(Role.COUNTY_STAFF):
        raise PermissionDenied
    place = get_object_or_404(School, pk=school, county__in=request.user.reach.areas(Role.COUNTY_STAFF))
    submissions = Submission.objects.visible_to(request.user).of_month(month).filter(school=place).exclude(state=Submission.State.DRAFT)
    versions = list(submissions.select_related("submitted_by", "reviewed_by", "confirmed_by").order_by("version"))
    if not versions:
        raise Http404
    return place, versions


def _asked_version(versions: list[Submission], asked: str) -> Submission:
    if not asked:
        return versions[-1]
    found = next((version for version in versions if str(version.version) == asked), None)
    if found is None:
        raise Http404
    return found


def _submission(request: Request, month: date, school: UUID) -> Submission:
    """The one that was on the screen when the button was pressed."""
    place, versions = _filed(request, month, school)
    found = next((version for version in versions if str(version.pk) == request.POST.get("submission")), versions[-1])
    found.school = place
    return found
