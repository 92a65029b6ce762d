"""Accounts from a sheet: look first, then make them; what is wrong goes back as a sheet."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions.people import create_accounts
from accounts.forms import SheetForm
from accounts.middleware import Request
from accounts.resources import bad_people_workbook, people_template
from accounts.rules.appointments import roles_to_give
from accounts.sheets_in import Judge, Judged, Typed, read_people
from accounts.views.people import XLSX, slips_page
from office.refusals import Refused

SALT = "accounts.batch"
HOURS = 12


@require_http_methods(["GET", "POST"])
def person_import(request: Request) -> HttpResponse:
    """The sheet, and what would become of each of its rows. Nothing is written yet."""
    _must_staff(request)
    form = SheetForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            rows = read_people(form.cleaned_data["sheet"])
        except Refused as refusal:
            form.add_error("sheet", str(refusal))
        else:
            judged = Judge(request.user.reach).judge(rows)
            good = sum(row.person is not None for row in judged)
            context |= {"judged": judged, "good": good, "bad": len(judged) - good, "rows": _sealed(rows, request)}
    return render(request, "accounts/person_import.html", context)


@require_POST
def person_import_confirm(request: Request) -> HttpResponse:
    """Makes the accounts of the good rows; the answer is their slips, shown this once."""
    people = [row.person for row in _judged(request) if row.person is not None]
    if not people:
        raise Refused("没有可以建立的账号：这些人已经建好，或每一行都有错。初始密码没有打印的，请在人员列表里重设。")
    return slips_page(request, create_accounts(people=people, by=request.user, at=request.now))


@require_POST
def person_import_rejected(request: Request) -> HttpResponse:
    """The bad rows as typed, with a column 错误: to be put right and uploaded again."""
    bad = [row for row in _judged(request) if row.person is None]
    return HttpResponse(
        bad_people_workbook(bad), XLSX, headers={"Content-Disposition": 'attachment; filename="songjiao-people-errors.xlsx"'}
    )


@require_GET
def person_import_template(request: Request) -> HttpResponse:
    _must_staff(request)
    return HttpResponse(people_template(), XLSX, headers={"Content-Disposition": 'attachment; filename="songjiao-people.xlsx"'})


def _must_staff(request: Request) -> None:
    if not roles_to_give(request.user.reach):
        raise PermissionDenied


def _sealed(rows: list[Typed], request: Request) -> str:
    """The rows, to come back with the confirmation unaltered and from the same person."""
    return signing.dumps([[row.number, *row.values] for row in rows], salt=f"{SALT}.{request.user.pk}", compress=True)


def _judged(request: Request) -> list[Judged]:
    """The rows of the preview, judged once more: the record may have moved on."""
    _must_staff(request)
    try:
        rows = signing.loads(request.POST.get("rows", ""), salt=f"{SALT}.{request.user.pk}", max_age=HOURS * 3600)
    except signing.BadSignature:
        raise Refused("预览已过期，请重新上传。") from None
    return Judge(request.user.reach).judge(Typed(*row) for row in rows)
