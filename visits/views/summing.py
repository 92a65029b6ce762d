"""The summary of a child's term: begun, read, written, printed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import Request
from counties.models import Term
from counties.rules import school_year_of
from office import files
from office.audit import record, viewed
from office.refusals import Refused
from plans.codes import Semester
from plans.rules.differences import Difference
from plans.views.seeing import cases_to_write, child
from visits.actions.summing import SummaryMovedOn, discard_summary, finish_summary, reopen_summary, start_summary, write_summary
from visits.models import TermSummary
from visits.rules.summing import SECTIONS
from visits.sheets import print_summary, summary_page


@require_POST
def summary_add(request: Request, pk: UUID) -> HttpResponse:
    """Drafted for a term of the county's calendar, named by its first day; the one there is where there is one."""
    student = child(request, pk)
    case = cases_to_write(request).filter(student=student).select_related("student", "school").first()
    if case is None:
        raise PermissionDenied
    term = next((each for each in Term.objects.filter(county=student.county_id) if f"{each.starts_on}" == request.POST.get("term")), None)
    if term is None:
        raise Refused("请选一个学期。")
    semester = Semester.AUTUMN if term.starts_on.month >= 8 else Semester.SPRING
    told: dict[str, Any] = {"year": school_year_of(term.starts_on), "term": semester}
    told |= {"starts_on": term.starts_on, "ends_on": term.ends_on}
    made = start_summary(case=case, **told, by=request.user, at=request.now)
    return redirect("summary_edit" if made.state == TermSummary.State.DRAFT else "summary_detail", made.pk)


def _summary(request: Request, pk: UUID) -> Any:
    """One the person reads, with `writes`: whether they may work at it."""
    writable = TermSummary.objects.writable_by(request.user).filter(pk=OuterRef("pk"))
    seen = TermSummary.objects.visible_to(request.user).annotate(writes=Exists(writable))
    return get_object_or_404(seen.select_related("student", "school", "author", "written_by", "case__student", "case__school"), pk=pk)


def _to_write(request: Request, pk: UUID) -> Any:
    found = _summary(request, pk)
    if not found.writes:
        raise PermissionDenied
    return found


def _viewed(request: Request, summary: TermSummary) -> None:
    viewed("summary", subject=summary.student_id, by=request.user.pk, at=request.now, county=summary.school.county_id)


@never_cache
@require_safe
def summary_detail(request: Request, pk: UUID) -> HttpResponse:
    summary = _summary(request, pk)
    _viewed(request, summary)
    page = summary_page(summary, on=timezone.localdate(request.now))
    return render(request, "visits/summary_detail.html", {"summary": summary, "page": page})


@never_cache
@require_http_methods(["GET", "POST"])
def summary_edit(request: Request, pk: UUID) -> HttpResponse:
    """Its sections to write, beside what the records say; what is refused stays on the page."""
    summary = _to_write(request, pk)
    if request.method == "POST":
        return _posted(request, summary)
    if summary.state != TermSummary.State.DRAFT:
        return redirect("summary_detail", pk)
    _viewed(request, summary)
    return _page(request, summary)


def _page(request: Request, summary: TermSummary, *, status: int = 200, typed: dict[str, str] | None = None, **more: Any) -> HttpResponse:
    page = summary_page(summary, on=timezone.localdate(request.now), typed=typed)
    return render(request, "visits/summary_edit.html", {"summary": summary, "page": page, **more}, status=status)


def _posted(request: Request, summary: TermSummary) -> HttpResponse:
    typed = {code: request.POST.get(code, "") for code in SECTIONS}
    given = request.POST.get("version", "")
    version = int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0
    doing: dict[str, Any] = {"by": request.user, "at": request.now}
    try:
        held = write_summary(summary=summary, version=version, sections=typed, **doing)
        if "finish" in request.POST:
            finish_summary(summary=held, version=held.version, **doing)
    except SummaryMovedOn as moved:
        theirs = [Difference(SECTIONS[code], moved.held.sections[code], typed[code].replace("\r\n", "\n").strip()) for code in SECTIONS]
        differing = [each for each in theirs if each.before != each.after]
        return _page(request, moved.held, typed=typed, words=str(moved), differences=differing, status=409)
    except Refused as refusal:
        return _page(request, summary, typed=typed, words=str(refusal), status=422)
    messages.success(request, "小结已完成。" if "finish" in request.POST else "已保存。")
    return redirect("summary_detail" if "finish" in request.POST else "summary_edit", summary.pk)


@require_POST
def summary_reopen(request: Request, pk: UUID) -> HttpResponse:
    reopen_summary(summary=_to_write(request, pk), by=request.user, at=request.now)
    messages.success(request, "已重新打开，可以接着改。")
    return redirect("summary_edit", pk)


@require_POST
def summary_discard(request: Request, pk: UUID) -> HttpResponse:
    summary = _to_write(request, pk)
    discard_summary(summary=summary, by=request.user, at=request.now)
    messages.success(request, "已删除这份小结的草稿。")
    return redirect("student_progress", summary.student_id)


@never_cache
@require_safe
def summary_pdf(request: Request, pk: UUID) -> HttpResponse:
    """On paper, with a line in the audit."""
    summary = _summary(request, pk)
    content = print_summary(summary, summary_page(summary, on=timezone.localdate(request.now)))
    detail = {"summary": summary.pk, "version": summary.version}
    county = summary.school.county_id
    record("summary.exported", subject=summary.student_id, by=request.user.pk, at=request.now, county=county, detail=detail)
    return files.download(content, name=f"学期小结-{summary.year}-{summary.term}.pdf", content_type=files.PDF)
