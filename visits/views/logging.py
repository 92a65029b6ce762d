"""A visit is logged: its page, and what the page sends."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from accounts.middleware import Request
from accounts.models import User
from accounts.views.protocol import body_of, json_door
from office.audit import viewed_each
from office.rules.typed import BadContent, read_key
from visits.actions import Conflict, discard_draft, save_draft, write_visit
from visits.models import Photo, Visit, VisitDraft, VisitRevision
from visits.querysets.page import LogPage, edit_page, new_page
from visits.querysets.practising import objectives_of
from visits.querysets.writing import WRITERS, content_of, hand_of, records_to_write, with_team
from visits.rules.writing import VisitContent
from visits.views.keeping import keeps_text
from visits.views.posting import posted

MOST_DRIFT = 2**31 - 1
MOST = 2**53


@gzip_page  # for a slow line. No word of an address stands on the page, and its token is another each time: its size tells nothing
@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def visit_add(request: Request) -> HttpResponse:
    """The page of a visit nobody wrote yet; `child`, `copy` or a draft's `visit` say what stands in it."""
    _writers_only(request.user)
    if request.method == "POST":
        return _posted_anew(request, read_key(request.POST.get("visit")) or uuid4())
    asked = {name: read_key(request.GET.get(name)) for name in ("visit", "child", "copy")}
    visit_id = asked["visit"] or uuid4()
    seen = Visit.objects.visible_to(request.user)
    if asked["visit"] and seen.filter(pk=visit_id).exists():
        return redirect("visit_edit", visit_id)
    page = new_page(
        request.user,
        visit_id=visit_id,
        at=request.now,
        child=asked["child"],
        copied=seen.filter(pk=asked["copy"]).first() if asked["copy"] else None,
        draft=_draft(request, visit_id),
    )
    return _shown(request, page)


def _posted_anew(request: Request, visit_id: UUID) -> HttpResponse:
    """The form of a new visit; posted again, it finds the visit it made."""
    _reachable(request.user, visit_id)
    return posted(request, visit_id, Visit.objects.filter(pk=visit_id).select_related("school").first())


@gzip_page
@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def visit_edit(request: Request, pk: UUID) -> HttpResponse:
    """The page of a visit on record, for those who may change it; while it is filed it says why not."""
    visit = get_object_or_404(with_team(Visit.objects.visible_to(request.user)).select_related("school"), pk=pk)
    if not (hand := hand_of(visit, request.user)).may_touch(set()):
        raise PermissionDenied
    if request.method == "POST":
        return posted(request, pk, visit)
    records = records_to_write(visit, request.user)
    seen = [record.student_id for record in records if record.is_open]
    viewed_each("visit", subjects=seen, by=request.user.pk, at=request.now, county=visit.school.county_id)
    return _shown(request, edit_page(visit, records, request.user, hand=hand, draft=_draft(request, pk)))


def _shown(request: Request, page: LogPage) -> HttpResponse:
    return render(request, "visits/log.html", {"page": page, "data": page.plain(), "errors": {}, "reason": page.reason})


def _draft(request: Request, visit_id: UUID) -> VisitDraft | None:
    return VisitDraft.objects.filter(visit=visit_id, user=request.user).first()


def _writers_only(user: User) -> None:
    if not user.reach.holds(*WRITERS):
        raise PermissionDenied


def _reachable(user: User, visit_id: UUID) -> None:
    """A visit beyond one's reach is as if it did not exist; of what one wrote oneself the receipt is still found."""
    if not Visit.objects.filter(pk=visit_id).exists() or Visit.objects.visible_to(user).filter(pk=visit_id).exists():
        return
    if not VisitRevision.objects.filter(visit=visit_id, by=user).exists():
        raise Http404


# --- What the page sends ----------------------------------------------------------------------------------


@json_door("PUT")
def visit_text(request: Request, pk: UUID) -> HttpResponse:
    """The text of a visit, with the manifest of the photos that follow. Answers with the receipt."""
    _writers_only(request.user)
    _reachable(request.user, pk)
    sent = body_of(request)
    content = VisitContent.read(sent.get("content"))
    try:
        receipt = write_visit(
            visit_id=pk,
            content=content,
            base_version=_whole(sent, "base_version"),
            by=request.user,
            at=request.now,
            reason=str(sent.get("reason") or ""),
            **_device(sent.get("device"), now=request.now),
        )
    except Conflict as conflict:
        return _conflict(conflict, request.user)
    is_new = receipt.at == request.now
    return JsonResponse(_receipt(receipt, is_first=is_new and receipt.version == 1), status=201 if is_new else 200)


def _receipt(receipt: VisitRevision, *, is_first: bool) -> dict[str, Any]:
    """With the pictures still awaited: of a visit's first writing all that it announced."""
    announced = [each["id"] for each in receipt.content["photos"]]
    return {
        "receipt": receipt.receipt,
        "version": receipt.version,
        "digest": receipt.digest,
        "missing": announced if is_first else _missing(receipt.visit_id, announced),
    }


def _missing(visit: UUID, announced: list[str]) -> list[str]:
    awaited = Photo.objects.filter(visit=visit, pk__in=announced, file=None).order_by("position", "pk")
    return [str(pk) for pk in awaited.values_list("pk", flat=True)]


def _conflict(conflict: Conflict, user: User) -> JsonResponse:
    """Both texts, side by side: the page holds the one, this brings the other."""
    current = {
        "version": conflict.visit.version,
        "content": content_of(conflict.visit, user),
        "objectives": objectives_of(conflict.visit, user),
        "by": conflict.current.by.name if conflict.current else "",
        "at": conflict.current.at if conflict.current else conflict.visit.written_at,
    }
    return JsonResponse({"current": current, "words": str(conflict)}, status=409)


def _device(plain: Any, *, now: datetime) -> dict[str, Any]:
    """When it was written and how far off the device's clock is, by what the device says of both; nothing where it says nothing."""
    device = plain if isinstance(plain, dict) else {}
    at, sent_at = _moment(device.get("at")), _moment(device.get("sent_at"))
    drift = int((sent_at - now).total_seconds()) if sent_at else 0
    counted = device.get("sequence")
    sequence = counted if isinstance(counted, int) and not isinstance(counted, bool) and 0 <= counted < MOST else None
    return {"device_at": at, "drift": max(-MOST_DRIFT, min(MOST_DRIFT, drift)), "sequence": sequence}


def _moment(said: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said)
        aware = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        return aware if 2000 <= aware.year <= 2200 else None
    except (TypeError, ValueError, OverflowError):
        return None


def _whole(plain: dict[str, Any], name: str) -> int:
    value = plain.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST:
        return value
    raise BadContent({name: "内容的格式不对。"})


@json_door("PUT", "DELETE")
def visit_draft(request: Request, pk: UUID) -> HttpResponse:
    """What the page holds, kept as it is; a DELETE discards it."""
    _writers_only(request.user)
    _reachable(request.user, pk)
    if request.method == "DELETE":
        discard_draft(visit_id=pk, by=request.user)
        return JsonResponse({})
    sent = body_of(request)
    if not isinstance(content := sent.get("content"), dict):
        raise BadContent({"content": "内容的格式不对。"})
    numbers = {name: _whole(sent, name) for name in ("base_version", "sequence")}
    kept = save_draft(visit_id=pk, content=content, by=request.user, at=request.now, **numbers)
    return JsonResponse({"sequence": kept.sequence, "saved_at": kept.saved_at})
