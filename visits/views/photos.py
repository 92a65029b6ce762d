"""Pictures of a visit: taken in from the page that announced them, and shown to those who may see them.

A page that sends pictures is a script: it is answered in JSON, never by a redirect.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import Request
from accounts.views.protocol import json_door, said
from office import files
from office.audit import viewed_each
from office.models import PrivateFile
from office.refusals import Refused
from visits.actions import receive, remove
from visits.actions.photos import CUT_OFF, MOST_BYTES, TOO_LARGE, OtherContent
from visits.models import Photo

SHOWN = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Accept-Ranges": "none",
    "Content-Disposition": "inline",
}


@login_not_required  # a script is told 401
@require_http_methods(["GET", "HEAD", "PUT"])
def visit_photo(request: Request, pk: UUID, photo: UUID) -> HttpResponse:
    """The picture; PUT brings its file."""
    if request.method == "PUT":
        return _take_in(request, pk, photo)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return _picture(_shown(request, pk, photo).file)


@require_safe
def visit_thumbnail(request: Request, pk: UUID, photo: UUID) -> HttpResponse:
    """The same at 320 pixels."""
    return _picture(_shown(request, pk, photo).thumbnail)


@require_POST
def visit_photo_remove(request: Request, pk: UUID, photo: UUID) -> HttpResponse:
    """Takes a picture off its visit, while that may be changed."""
    seen = Photo.objects.visible_to(request.user).shown().select_related("visit__school")
    found = get_object_or_404(seen, visit=pk, pk=photo)
    remove(photo=found, by=request.user, at=request.now)
    messages.success(request, "照片已删除。")
    return redirect("visit", pk)


@json_door("PUT")
def _take_in(request: Request, pk: UUID, key: UUID) -> HttpResponse:
    photo = Photo.objects.to_bring(request.user, visit=pk, key=key)
    if photo is None:
        get_object_or_404(Photo.objects.visible_to(request.user), visit=pk, pk=key)
        raise PermissionDenied
    try:
        photo = receive(photo=photo, content=_body(request), by=request.user, at=request.now)
    except files.Full as refusal:
        return said(507, str(refusal))
    except OtherContent as refusal:
        return said(409, str(refusal))
    return JsonResponse({"receipt": photo.receipt, "digest": photo.digest}, status=201 if photo.received_at == request.now else 200)


def _body(request: Request) -> bytes:
    """What was sent, read no further than a picture may reach."""
    try:
        content = request.read(MOST_BYTES + 1)
    except OSError:
        raise Refused(CUT_OFF) from None
    if len(content) > MOST_BYTES:
        raise Refused(TOO_LARGE)
    return content


def _shown(request: Request, pk: UUID, key: UUID) -> Photo:
    """A picture the person may see; that it was seen is recorded, for each child it shows."""
    seen = Photo.objects.visible_to(request.user).shown().agreed(request.user.reach.on)
    seen = seen.select_related("file", "thumbnail", "visit__school")
    photo: Photo = get_object_or_404(seen, visit=pk, pk=key)
    students = photo.records.values_list("student", flat=True)
    viewed_each("photos", subjects=students, by=request.user.pk, at=request.now, county=photo.visit.school.county_id)
    return photo


def _picture(file: PrivateFile | None) -> HttpResponse:
    assert file is not None  # noqa: S101 — what is shown has been received
    return HttpResponse(files.read(file), content_type=file.content_type, headers=SHOWN)
