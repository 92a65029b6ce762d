"""The list of visits, one visit, and a child's visits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import Request
from accounts.models import User
from accounts.rules import COUNTY_ROLES, SCHOOL_ROLES
from counties.models import Policy, School
from office.audit import record, viewed
from office.rules import masked_name
from students.models import Student
from visits.forms import VisitFilter, YearFilter
from visits.models import Visit, VisitRecord
from visits.querysets.questions import questions_of
from visits.querysets.reading import lines_of, shares_of, team_of
from visits.querysets.shown import evidence_of, timing_of
from visits.querysets.writing import WRITERS, cases_to_log, hand_of
from visits.querysets.years import year_of
from visits.resources import visits_workbook
from visits.rules.asking import Line as Question
from visits.rules.lines import MODES, OUTCOMES, Measure, measure

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def visit_list(request: Request) -> HttpResponse:
    """A row for each child and visit, with the sums of all that the filter lets through."""
    schools, chosen, measured = _asked(request)
    records = chosen.narrowed(VisitRecord.objects.visible_to(request.user), measured)
    totals = records.totals(measured)
    paginator = Paginator(chosen.ids(records), PAGE)
    paginator.count = totals.records
    page = paginator.get_page(request.GET.get("page"))
    lines = chosen.arranged(list(lines_of(list(page.object_list), request.user, measured)))
    context = {"filter": chosen, "page": page, "lines": lines, "totals": totals}
    context |= {"shows_school": len(schools) > 1, "year": timezone.localdate(request.now).year}
    context |= {"may_log": request.user.reach.holds(*WRITERS)}
    return render(request, "visits/visit_list.html", context)


@require_safe
def visit_export(request: Request) -> HttpResponse:
    """The same rows, all pages, as a workbook."""
    schools, chosen, measured = _asked(request)
    ids = list(chosen.ids(chosen.narrowed(VisitRecord.objects.visible_to(request.user), measured)))
    lines = lines_of(ids, request.user, measured)
    county = schools[0].county_id if schools else ""
    record("visits.exported", subject=None, by=request.user.pk, at=request.now, county=county, detail={"rows": len(ids)})
    name = f"songjiao-visits-{timezone.localdate(request.now):%Y%m%d}.xlsx"
    return HttpResponse(visits_workbook(lines), XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _asked(request: Request) -> tuple[list[School], VisitFilter, Measure]:
    if not request.user.reach.holds(*SCHOOL_ROLES, *COUNTY_ROLES):
        raise PermissionDenied
    schools = list(School.objects.visible_to(request.user))
    chosen = VisitFilter(request.GET.dict(), schools=schools, user=request.user, on=timezone.localdate(request.now))
    return schools, chosen, _measure({school.county_id for school in schools})


def _measure(counties: set[str]) -> Measure:
    versions: dict[str, list[Any]] = {county: [] for county in counties}
    for policy in Policy.objects.filter(county__in=counties).order_by("effective_on"):
        versions[policy.county_id].append((policy.effective_on, policy.terms))
    return measure(versions)


@require_safe
def visit(request: Request, pk: UUID) -> HttpResponse:
    """One outing: when, who went, and what each child had of it."""
    found = get_object_or_404(Visit.objects.visible_to(request.user).select_related("school"), pk=pk)
    return visit_page(request, found)


def visit_page(request: Request, found: Visit, *, refused: dict[str, Any] | None = None) -> HttpResponse:
    """The page of an outing; `refused` is an answer that was not taken, which stands there again."""
    shares = shares_of(found, request.user)
    questions = questions_of(found, request.user, as_of=request.now)
    for share in shares:
        viewed("visit", subject=share.student_id, by=request.user.pk, at=request.now, county=found.school.county_id)
    context = {
        "visit": found,
        "mode": MODES[found.mode],
        "outcome": OUTCOMES[found.state],
        "shares": shares,
        "questions": questions,
        "several": len(shares) > 1,
        "refused": _standing(refused, questions),
        "evidence": evidence_of(found, request.user),
        "timing": timing_of(found, request.user),
        "others": found.records.count() - len(shares),
        "team": team_of(found, request.user, is_open=any(share.is_open for share in shares)),
    }
    return render(request, "visits/visit.html", context | _ways_on(found, request.user))


def _ways_on(visit: Visit, user: User) -> dict[str, bool]:
    """What the person may do next."""
    may_log = user.reach.holds(*WRITERS)
    may_change = may_log and hand_of(visit, user).may_touch(set())
    may_remove = may_change and not visit.records.exclude(lock=VisitRecord.Lock.OPEN).exists()
    return {"may_change": may_change, "may_remove": may_remove, "may_log": may_log}


def _standing(refused: dict[str, Any] | None, questions: list[Question]) -> dict[str, Any]:
    """With `stands`: whether the question is still asked, so that the refused answer has its place beside it."""
    asked = {(line.raised.record, line.raised.evidence) for line in questions}
    return refused | {"stands": (refused["record"], refused["evidence"]) in asked} if refused else {}


@require_safe
def student_visits(request: Request, pk: UUID) -> HttpResponse:
    """送教与进步: a child's school year as dots, and its visits."""
    opened = Student.objects.open_to(request.user).filter(pk=OuterRef("pk"))
    student = get_object_or_404(Student.objects.visible_to(request.user).annotate(is_open=Exists(opened)), pk=pk)
    viewed("visits", subject=student.pk, by=request.user.pk, at=request.now, county=student.county_id)
    today = timezone.localdate(request.now)
    chosen = YearFilter(request.GET.dict(), on=today)
    records = VisitRecord.objects.visible_to(request.user).filter(student=student)
    year = year_of(student, records, chosen.chosen, on=today)
    context = {
        "student": student,
        "name": student.name if student.is_open else masked_name(student.name),
        "is_open": student.is_open,
        "may_log": cases_to_log(request.user).filter(student=student).exists(),
        "filter": chosen,
        "year": year.figures,
        "lines": list(lines_of(year.records, request.user, year.measure)),
        "this_month": today.replace(day=1),
    }
    return render(request, "visits/student_visits.html", context)
