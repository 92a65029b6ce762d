"""A submission's PDF and workbook, for those who see it with its names."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from accounts.middleware import Request
from accounts.rules import SCHOOL_WIDE, Role
from office import files
from office.audit import record
from office.refusals import Refused
from reports.actions.printing import ask_for_print, file_of
from reports.models import Submission

WAITING = "文件正在生成，一般不到一分钟；请稍后再点一次。"


@require_safe
def submission_pdf(request: Request, pk: UUID) -> HttpResponse:
    return _file(request, pk, "pdf")


@require_safe
def submission_xlsx(request: Request, pk: UUID) -> HttpResponse:
    return _file(request, pk, "xlsx")


def _file(request: Request, pk: UUID, kind: str) -> HttpResponse:
    """The file of the submission as it stands, with a line in the audit; one that is not there yet is asked for."""
    seen = Submission.objects.visible_to(request.user).select_related("school", "pdf", "xlsx")
    submission: Submission = get_object_or_404(seen, pk=pk)
    _must_see_names(request, submission)
    file = file_of(submission, kind, localdate(request.now))
    if file is None:
        ask_for_print(submission=submission, by=request.user.pk, at=request.now)
        raise Refused(WAITING)
    content = files.read(file)
    detail = {"month": f"{submission.month:%Y-%m}", "version": submission.version, "file": kind}
    county = submission.school.county_id
    record("submission.exported", subject=submission.pk, by=request.user.pk, at=request.now, county=county, detail=detail)
    return files.download(content, name=file.name, content_type=file.content_type)


def _must_see_names(request: Request, submission: Submission) -> None:
    """Leaders see numbers and masked names: the files hold whole ones."""
    reach = request.user.reach
    if submission.school_id not in reach.schools(*SCHOOL_WIDE) and submission.school.county_id not in reach.areas(Role.COUNTY_STAFF):
        raise PermissionDenied
