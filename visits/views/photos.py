"""Pictures of a visit: taken in from the page that announced them, and shown to those who may see them.

A page that sends pictures is a script: it is answered in JSON, never by a redirect.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import Request
from accounts.rules import Role
from office import files
from office.audit import viewed
from office.models import PrivateFile
from office.refusals import Refused
from visits.actions import receive
from visits.actions.photos import CUT_OFF, MOST_BYTES, TOO_LARGE, OtherContent
from visits.models import Photo, VisitPerson

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
    if not request.user.is_authenticated:
        over = JsonResponse({"words": "登录已过期，请重新登录。照片还在手机里。"}, status=401)
        return over if request.method == "PUT" else redirect_to_login(request.get_full_path())
    if request.method == "PUT":
        return _take_in(request, pk, photo)
    found = _shown(request, pk, photo)
    return _picture(found.file)


@require_safe
def visit_thumbnail(request: Request, pk: UUID, photo: UUID) -> HttpResponse:
    """The same at 320 pixels."""
    return _picture(_shown(request, pk, photo).thumbnail)


def _take_in(request: Request, pk: UUID, key: UUID) -> HttpResponse:
    photo = Photo.objects.visible_to(request.user).select_related("visit").filter(visit=pk, pk=key).first()
    if photo is None:
        return _words("没有登记过这张照片。请先上传文字。", 404)
    if not _may_add(request, photo):
        return _words("您不能给这次送教添加照片。", 403)
    try:
        photo = receive(photo=photo, content=_body(request), by=request.user, at=request.now)
    except files.DiskFull as refusal:
        return _words(str(refusal), 507)
    except OtherContent as refusal:
        return _words(str(refusal), 409)
    except Refused as refusal:
        return _words(str(refusal), 422)
    return JsonResponse({"receipt": photo.receipt, "digest": photo.digest}, status=201 if photo.received_at == request.now else 200)


def _words(words: str, status: int) -> JsonResponse:
    return JsonResponse({"words": words, "errors": {"photo": words}}, status=status)


def _body(request: Request) -> bytes:
    """What was sent, read no further than a picture may reach."""
    try:
        content = request.read(MOST_BYTES + 1)
    except OSError:
        raise Refused(CUT_OFF) from None
    if len(content) > MOST_BYTES:
        raise Refused(TOO_LARGE)
    return content


def _may_add(request: Request, photo: Photo) -> bool:
    """The author, the team, and the heads of the visit's school."""
    user, visit = request.user, photo.visit
    heads = user.reach.schools(Role.SCHOOL_ADMIN, Role.PRINCIPAL)
    return visit.author_id == user.pk or visit.school_id in heads or VisitPerson.objects.filter(visit=visit, user=user).exists()


def _shown(request: Request, pk: UUID, key: UUID) -> Photo:
    """A picture the person may see; that it was seen is recorded, for each child it shows."""
    seen = Photo.objects.visible_to(request.user).shown().select_related("file", "thumbnail", "visit__school")
    photo: Photo = get_object_or_404(seen, visit=pk, pk=key)
    for student in photo.records.values_list("student", flat=True):
        viewed("photos", subject=student, by=request.user.pk, at=request.now, county=photo.visit.school.county_id)
    return photo


def _picture(file: PrivateFile | None) -> HttpResponse:
    assert file is not None  # noqa: S101 — what is shown has been received
    return HttpResponse(files.read(file), content_type=file.content_type, headers=SHOWN)
