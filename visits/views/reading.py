"""The list of visits, one visit, and a child's visits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import Request
from accounts.models import User
from accounts.rules import COUNTY_ROLES, SCHOOL_ROLES
from counties.models import Policy, School
from office.audit import record, viewed, viewed_each
from office.rules import masked_name
from students.models import Student
from visits.forms import VisitFilter, YearFilter
from visits.models import Visit, VisitRecord
from visits.querysets.lesson_plans import lesson_plans_of
from visits.querysets.practising import told_in
from visits.querysets.questions import questions_of
from visits.querysets.reading import lines_of, records_of, share_of, shown_to, team_of
from visits.querysets.shown import evidence_of, timing_of
from visits.querysets.writing import WRITERS, cases_to_log, hand_of
from visits.querysets.years import year_of
from visits.resources import visits_workbook
from visits.rules.asking import Line as Question
from visits.rules.lines import MODES, OUTCOMES, Measure, Share, measure

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def visit_list(request: Request) -> HttpResponse:
    """A row for each child and visit, with the sums of all that the filter lets through."""
    schools, chosen, measured = _asked(request)
    records = chosen.narrowed(VisitRecord.objects.visible_to(request.user), measured)
    totals = records.totals(measured)
    page = chosen.page(records, size=PAGE)
    lines = chosen.arranged(list(lines_of([pk for *_, pk in page.rows], request.user, measured)))
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
    return visit_page(request, pk)


def visit_page(request: Request, pk: UUID, *, refused: dict[str, Any] | None = None) -> HttpResponse:
    """The page of an outing; `refused` is an answer that was not taken, which stands there again."""
    records = records_of(pk, request.user)
    if not records:
        raise Http404
    told = told_in([each for each in records if each.is_open])
    found, shares = records[0].visit, [share_of(each, told.get(each.pk, ())) for each in records]
    policy = Policy.objects.judging(found.school.county_id, found.on.replace(day=1))
    questions = questions_of(found, records, request.user, policy=policy, as_of=request.now)
    seen = [share.student_id for share in shares]
    viewed_each("visit", subjects=seen, by=request.user.pk, at=request.now, county=found.school.county_id)
    context = {"visit": found, "shares": shares, "questions": questions, "refused": _standing(refused, questions)}
    context |= {"evidence": evidence_of(found, request.user), "timing": timing_of(found, request.user, policy)}
    context |= {"lesson_plans": lesson_plans_of(request.user, seen, found.on), "others": records[0].of_visit - len(shares)}
    context["team"] = list(shown_to(request.user, team_of(found), is_open=any(each.is_open for each in shares)))
    return render(
        request, "visits/visit.html", context | _words_of(found, shares) | _ways_on(found, request.user, any_locked=records[0].any_locked)
    )


def _words_of(visit: Visit, shares: list[Share]) -> dict[str, Any]:
    return {"mode": MODES[visit.mode], "outcome": OUTCOMES[visit.state], "several": len(shares) > 1}


def _ways_on(visit: Visit, user: User, *, any_locked: bool) -> dict[str, bool]:
    """What the person may do next."""
    may_log = user.reach.holds(*WRITERS)
    may_change = may_log and hand_of(visit, user).may_touch(set())
    may_remove = may_change and not any_locked
    return {"may_change": may_change, "may_remove": may_remove, "may_log": may_log}


def _standing(refused: dict[str, Any] | None, questions: list[Question]) -> dict[str, Any]:
    """With `stands`: whether the question is still asked, so that the refused answer has its place beside it."""
    asked = {(line.raised.record, line.raised.evidence) for line in questions}
    return refused | {"stands": (refused["record"], refused["evidence"]) in asked} if refused else {}


@require_safe
def student_visits(request: Request, pk: UUID) -> HttpResponse:
    """送教与进步: a child's school year as dots, and its visits."""
    opened = Exists(Student.objects.open_to(request.user).filter(pk=OuterRef("pk")))
    to_log = Exists(cases_to_log(request.user).filter(student=OuterRef("pk")))
    student = get_object_or_404(Student.objects.visible_to(request.user).annotate(is_open=opened, may_log=to_log), pk=pk)
    viewed("visits", subject=student.pk, by=request.user.pk, at=request.now, county=student.county_id)
    today = timezone.localdate(request.now)
    chosen = YearFilter(request.GET.dict(), on=today)
    year = year_of(student, VisitRecord.objects.visible_to(request.user).filter(student=student), chosen.chosen, on=today)
    context = {
        "student": student,
        "name": student.name if student.is_open else masked_name(student.name),
        "is_open": student.is_open,
        "may_log": student.may_log,
        "filter": chosen,
        "year": year.figures,
        "lines": list(lines_of(year.records, request.user, year.measure)),
        "this_month": today.replace(day=1),
    }
    return render(request, "visits/student_visits.html", context)
