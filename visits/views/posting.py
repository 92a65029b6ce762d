"""A visit posted by a browser without scripts: whole, or given back with words and kept as a draft."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.middleware import Request
from accounts.models import User
from office.files import Full, Unavailable
from office.refusals import Refused
from office.rules.typed import BadContent
from office.stores import AWAY
from visits.actions import Conflict, receive, save_draft, write_visit
from visits.actions.photos import OtherContent
from visits.forms import PostedVisit
from visits.models import Photo, Visit, VisitDraft
from visits.querysets.page import LogPage, edit_page, new_page
from visits.querysets.writing import hand_of, records_to_write, sent_with
from visits.rules.shape import shaped
from visits.rules.writing import VisitContent

CUT_OFF = "表单没有传完整，没有提交。收到的内容存成了草稿，请核对、补全后再提交。"
NOTHING: dict[str, list[dict[str, object]]] = {"photos": [], "confirmations": []}


@dataclass(frozen=True, slots=True)
class No:
    """Why it was not taken."""

    errors: dict[str, str]
    status: int = 422


def posted(request: Request, visit_id: UUID, visit: Visit | None) -> HttpResponse:
    """Writes what a form says of a visit and takes in its pictures; what is refused is shown again as it was typed."""
    form = PostedVisit(request.POST, request.FILES, visit_id)
    kept = sent_with(visit, set(form.fields.all("cases"))) if visit else NOTHING
    no = _write(request, form, form.plain(kept))
    if no is None:
        return redirect("visit", visit_id)
    keep_draft(form, request.user, at=request.now)
    draft = VisitDraft.objects.filter(visit=visit_id, user=request.user).first()
    whole = _old(request, visit, draft) if visit else _new(request, visit_id, draft)
    page = replace(whole, content=shaped(form.plain(NOTHING)), reason=form.fields.one("reason"), base_version=form.base_version)
    context = {"page": page, "data": page.plain(), "errors": no.errors, "reason": page.reason}
    return render(request, "visits/log.html", context, status=no.status)


def _new(request: Request, visit_id: UUID, draft: VisitDraft | None) -> LogPage:
    return new_page(request.user, visit_id=visit_id, at=request.now, draft=draft)


def _old(request: Request, visit: Visit, draft: VisitDraft | None) -> LogPage:
    records = records_to_write(visit, request.user)
    return edit_page(visit, records, request.user, hand=hand_of(visit, request.user), draft=draft)


def _write(request: Request, form: PostedVisit, plain: dict[str, object]) -> No | None:
    if not form.is_whole:
        return No({"": CUT_OFF}, 400)
    told: dict[str, Any] = {"by": request.user, "at": request.now, "base_version": form.base_version, "reason": form.fields.one("reason")}
    try:
        receipt = write_visit(visit_id=form.visit_id, content=VisitContent.read(plain), **told)
    except Conflict as conflict:
        return No({"": _moved(conflict)}, 409)
    except BadContent as bad:
        return No(bad.errors)
    except Refused as refusal:
        return No({"": str(refusal)})
    messages.success(request, f"已收到，回执号 {receipt.receipt}。")
    _take_in(request, form)
    return None


def _moved(conflict: Conflict) -> str:
    who = conflict.current.by.name if conflict.current else ""
    at = timezone.localtime(conflict.current.at if conflict.current else conflict.visit.written_at)
    return f"{conflict} 新的内容由 {who} 在 {at:%H:%M} 写成，可在另一个窗口打开这次送教查看。"


def _take_in(request: Request, form: PostedVisit) -> None:
    """Picture by picture: a bad one holds back none of the others."""
    for photo in Photo.objects.filter(visit=form.visit_id, pk__in=form.pictures):
        try:
            receive(photo=photo, content=form.pictures[str(photo.pk)], by=request.user, at=request.now)
        except (Refused, OtherContent, Full) as refusal:
            messages.error(request, str(refusal))
        except Unavailable:
            messages.error(request, AWAY)


def keep_draft(form: PostedVisit, user: User, *, at: datetime) -> None:
    """What was typed, as the page's own draft would hold it; one more than what it saved before."""
    before = VisitDraft.objects.filter(visit=form.visit_id, user=user).values_list("sequence", flat=True).first() or 0
    save_draft(
        visit_id=form.visit_id,
        base_version=form.base_version,
        sequence=before + 1,
        content=form.plain(NOTHING),
        by=user,
        at=at,
    )
