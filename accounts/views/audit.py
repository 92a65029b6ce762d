"""The audit, read by auditors and, for its own county, by the bureau's staff. Nobody writes here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from operator import attrgetter

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.actions.audit import ask_for_verification, latest_verification
from accounts.forms.audit import AuditFilter
from accounts.middleware import Request
from accounts.models import User
from accounts.resources import audit_workbook
from accounts.rules import Role
from accounts.rules.audit_details import detail_words
from accounts.rules.audit_words import Line, subject_words, verb_words
from accounts.views.people import XLSX
from office.audit import record
from office.models import INSTALLATION, AuditChain, AuditLine
from office.paging import stretch
from office.querysets import AuditLineQuerySet
from office.refusals import Refused

PAGE = 50
AT_ONCE = 500
MOST = 50_000


@require_GET
def audit_list(request: Request) -> HttpResponse:
    lines, chosen = _asked(request)
    page = stretch(lines, chosen.columns, request.GET, size=PAGE, values=attrgetter("at", "chain_id", "number"))
    context = {
        "filter": chosen,
        "page": page,
        "lines": list(_told(page.rows)),
        "chains": [
            {"scope": scope, "name": _chain_name(scope), "count": count, "walk": latest_verification(scope)}
            for scope, count in _chains(request.user)
        ],
    }
    return render(request, "accounts/audit_list.html", context)


@require_GET
def audit_export(request: Request) -> HttpResponse:
    """The same lines, all pages, as a workbook; the taking out is a line itself."""
    lines, _ = _asked(request)
    count = lines.count()
    if count > MOST:
        raise Refused(f"一次最多导出 {MOST} 行，请缩小日期范围。")
    record("audit.exported", subject=None, by=request.user.pk, at=request.now, county=request.user.reach.county, detail={"rows": count})
    name = f"songjiao-audit-{timezone.localdate(request.now):%Y%m%d}.xlsx"
    told = _told(lines.iterator(AT_ONCE))
    return HttpResponse(audit_workbook(told), XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_POST
def audit_verify(request: Request) -> HttpResponse:
    """Has one chain walked in the background."""
    _must_read(request)
    scope = request.POST.get("scope", "")
    if scope not in dict(_chains(request.user)):
        raise Http404
    ask_for_verification(scope=scope, by=request.user, at=request.now)
    messages.success(request, "正在核对，稍后刷新这一页看结果。")
    return redirect("audit_list")


def _must_read(request: Request) -> None:
    if not request.user.reach.holds(Role.AUDITOR, Role.COUNTY_STAFF):
        raise PermissionDenied


def _asked(request: Request) -> tuple[AuditLineQuerySet, AuditFilter]:
    _must_read(request)
    chosen = AuditFilter(request.GET, scopes=request.user.audit_scopes, on=timezone.localdate(request.now))
    return chosen.narrowed(AuditLine.objects.visible_to(request.user)), chosen


def _chains(user: User) -> list[tuple[str, int]]:
    chains = AuditChain.objects.order_by("scope")
    if user.audit_scopes is not None:
        chains = chains.filter(scope__in=user.audit_scopes)
    return list(chains.values_list("scope", "count"))


def _chain_name(scope: str) -> str:
    return "本系统" if scope == INSTALLATION else scope


def _told(lines: Iterable[AuditLine]) -> Iterator[Line]:
    """The lines in words; names are looked up for some hundred at once."""
    waiting = iter(lines)
    while some := list(islice(waiting, AT_ONCE)):
        ids = {key for key in chain.from_iterable((line.by, line.subject) for line in some) if key}
        people = {
            pk: f"{name}（{username}）" for pk, name, username in User.objects.filter(pk__in=ids).values_list("pk", "name", "username")
        }
        for line in some:
            yield Line(
                at=line.at,
                who=people.get(line.by, "系统") if line.by else "系统",
                what=verb_words(line.verb),
                whom=subject_words(line.subject, people) if line.subject != line.by else "",
                detail=detail_words(line.detail),
                place=f"{_chain_name(line.chain_id)} 第 {line.number} 行",
            )
