"""A roster sheet from the desk: upload, what was found, take in, the rejected rows back."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import Request
from office import files
from office.audit import record
from office.refusals import Refused
from students.actions.roster_upload import KEPT, confirm_roster, counties_of_importer, upload_roster
from students.forms import AgreedRows, RosterForm
from students.models import RosterUpload
from students.rules.roster import HEADERS

SHOWN = 200  # lines of each kind on the page; the workbook has them all
RECENT = 10


@never_cache
@require_http_methods(["GET", "POST"])
def roster_upload(request: Request) -> HttpResponse:
    """The form, and what became of the sheets one sent before."""
    counties = counties_of_importer(request.user)
    if not counties:
        raise PermissionDenied
    form = RosterForm(request.POST or None, request.FILES or None, counties=counties)
    if form.is_valid():
        sheet, county = form.cleaned_data["sheet"], form.cleaned_data["county"]
        try:
            upload = upload_roster(stream=sheet, county=county, by=request.user, at=request.now, limit=settings.UPLOAD_LIMIT)
            return redirect("roster_import", upload.pk)
        except Refused as refusal:
            form.add_error("sheet", str(refusal))
    recent = RosterUpload.objects.visible_to(request.user).with_work()[:RECENT]
    return render(request, "students/roster_upload.html", {"form": form, "recent": recent, "headers": HEADERS.values()})


@never_cache
@require_safe
def roster_import(request: Request, pk: UUID) -> HttpResponse:
    """How far the sheet is, and what was found in it."""
    upload = _upload(request, pk)
    found = _findings(upload)
    context = {
        "upload": upload,
        "found": {kind: lines[:SHOWN] for kind, lines in found.items()},
        "hidden": {kind: len(lines[SHOWN:]) for kind, lines in found.items()},
        "good": upload.counts.get("created", 0) + upload.counts.get("updated", 0),
        "kept_until": timezone.localdate(upload.at + KEPT),
    }
    return render(request, "students/roster_import.html", context)


@require_POST
def roster_confirm(request: Request, pk: UUID) -> HttpResponse:
    """Takes the good rows in, and the ticked ones of those that move or end."""
    upload = _upload(request, pk)
    form = AgreedRows(request.POST, rows=[line["row"] for line in _findings(upload)["asks"]])
    if form.is_valid():
        confirm_roster(upload=upload, confirmed=frozenset(form.cleaned_data["row"]), by=request.user, at=request.now)
    else:
        messages.error(request, "勾选的行不在这份表格里，请重新勾选。")
    return redirect("roster_import", pk)


@never_cache
@require_safe
def roster_rejects(request: Request, pk: UUID) -> HttpResponse:
    """The rejected rows as a workbook with a column 错误, to be corrected and sent again."""
    upload = _upload(request, pk)
    if upload.rejects is None:
        raise Http404
    record("roster.rejects_exported", subject=upload.pk, by=request.user.pk, at=request.now, county=upload.county_id)
    name = f"退回的行-{timezone.localdate(upload.at):%Y%m%d}.xlsx"
    return files.download(files.read(upload.rejects), name=name, content_type=files.XLSX)


def _upload(request: Request, pk: UUID) -> RosterUpload:
    upload: RosterUpload = get_object_or_404(RosterUpload.objects.visible_to(request.user).with_work(), pk=pk)
    if upload.county_id not in counties_of_importer(request.user):
        raise PermissionDenied
    return upload


def _findings(upload: RosterUpload) -> dict[str, list[dict[str, Any]]]:
    if upload.findings is None:
        return {"rejected": [], "warnings": [], "asks": []}
    found: dict[str, list[dict[str, Any]]] = json.loads(files.read(upload.findings))
    return found
