"""Pictures of an open review: the bureau sees those of the records filed, while they wait for it, and each look is told."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.middleware import Request
from accounts.rules import Role
from office import files
from office.audit import viewed_each
from office.models import PrivateFile
from reports.models import Submission
from reports.views.seeing import of_month
from visits.models import Photo, VisitRecord

KEPT = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}


@require_safe
@of_month
def review_photo(request: Request, month: date, school: UUID, photo: UUID) -> HttpResponse:
    return _shown(_photo(request, month, school, photo).file)


@require_safe
@of_month
def review_thumbnail(request: Request, month: date, school: UUID, photo: UUID) -> HttpResponse:
    found = _photo(request, month, school, photo)
    return _shown(found.thumbnail or found.file)


def _photo(request: Request, month: date, school: UUID, photo: UUID) -> Photo:
    """404 for every picture that is not of a record filed in a submission that waits for this bureau."""
    if not request.user.reach.holds(Role.COUNTY_STAFF):
        raise PermissionDenied
    submissions = Submission.objects.visible_to(request.user).of_month(month)
    waiting = submissions.filter(
        school=school, state=Submission.State.SUBMITTED, school__county__in=request.user.reach.areas(Role.COUNTY_STAFF)
    )
    filed = VisitRecord.objects.filter(filing__submission__in=waiting)
    pictures = Photo.objects.received().agreed(request.user.reach.on).filter(records__in=filed)
    found: Photo = get_object_or_404(pictures.select_related("file", "thumbnail", "visit__school").distinct(), pk=photo)
    students = filed.filter(photos=found).values_list("student", flat=True)
    viewed_each("photos", subjects=students, by=request.user.pk, at=request.now, county=found.visit.school.county_id)
    return found


def _shown(file: PrivateFile | None) -> HttpResponse:
    if file is None:
        raise Http404
    return HttpResponse(files.read(file), content_type=file.content_type, headers=KEPT)
