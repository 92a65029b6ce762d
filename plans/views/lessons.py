"""Lesson plans: what is to be done about them, those of a child, one of them to read, the beginning of one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import Request
from counties.models import Policy
from counties.rules import PolicyTerms
from office.audit import record, viewed
from office.paging import stretch
from office.refusals import Refused
from plans.actions.lessons import last_of, start_lesson_plan
from plans.forms import LessonForm, ReasonForm
from plans.models import LessonPlan, Plan
from plans.querysets import HEADS, cases_without_lesson_plan
from plans.rules.content import PlanContent
from plans.sheets import lesson_page
from plans.views.lesson_seeing import detail_of, lesson_of, waiting_lessons
from plans.views.planned import today_of
from plans.views.seeing import case_to_write, cases_to_write, child, gives_reasons, reads_files_of

MOST, ON_A_PAGE = 100, 20
ORDER = ("-on", "-at", "pk")


@never_cache
@require_safe
def lesson_list(request: Request) -> HttpResponse:
    """For whoever teaches: what to write, what came back, what has no reflection yet. For the heads of a school: what to check."""
    today = today_of(request)
    mine = LessonPlan.objects.visible_to(request.user).taught_by(request.user).in_short().select_related("student", "school")
    context: dict[str, Any] = {
        "waiting": waiting_lessons(request)[:MOST],
        "heads": bool(request.user.reach.schools(*HEADS)),
        "missing": list(cases_without_lesson_plan(request.user, today)[:MOST]),
        "in_work": list(mine.in_work().order_by("on", "pk")[:MOST]),
        "unreflected": list(mine.without_reflection(today).order_by("on", "pk")[:MOST]),
    }
    return render(request, "plans/lesson_list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def student_lessons(request: Request, pk: UUID) -> HttpResponse:
    """A child's lesson plans: the case's team and the school's readers open them; county staff say why and read them here."""
    student = child(request, pk)
    is_reader = is_open = reads_files_of(request, student)
    form = ReasonForm(request.POST or None) if gives_reasons(request, student) and not is_reader else None
    if is_open:
        viewed("lesson", subject=student.pk, by=request.user.pk, at=request.now, county=student.county_id)
    elif form and form.is_valid():
        detail = form.cleaned_data
        record("lesson.revealed", subject=student.pk, by=request.user.pk, at=request.now, county=student.county_id, detail=detail)
        is_open = True
    rows = LessonPlan.objects.filter(student=student).select_related("author", "plan")
    page = stretch(rows, ORDER, request.GET, size=ON_A_PAGE, values=lambda row: (row.on, row.at, row.pk))
    context: dict[str, Any] = {"student": student, "is_open": is_open, "form": form, "page": page}
    context["links"] = set(LessonPlan.objects.visible_to(request.user).filter(student=student).values_list("pk", flat=True))
    context["case"] = cases_to_write(request).filter(student=student).first()
    context["opened"] = [(each, lesson_page(each, each.plan)) for each in page.rows] if is_open and not is_reader else []
    return render(request, "plans/student_lessons.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def lesson_add(request: Request) -> HttpResponse:
    case = case_to_write(request, request.GET.get("case"))
    plan: Plan | None = Plan.objects.in_force().filter(case=case).first()
    form = _add_form(request, case, plan) if plan else None
    if form and form.is_valid():
        try:
            made = start_lesson_plan(case=case, by=request.user, at=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("lesson_edit", made.pk)
    return render(request, "plans/lesson_add.html", {"case": case, "form": form})


def _add_form(request: Request, case: Any, plan: Plan) -> LessonForm:
    on = _asked_day(request) or today_of(request)
    policy = Policy.objects.judging(case.student.county_id, on.replace(day=1))
    lessons = (policy.terms if policy else PolicyTerms()).lessons_per_visit or Decimal(1)
    goals = PlanContent.read(plan.content).goals
    named = [
        (str(each.key), f"{number}.{place}　{each.text}")
        for number, goal in enumerate(goals, 1)
        for place, each in enumerate(goal.objectives, 1)
    ]
    has_earlier = last_of(case) is not None
    return LessonForm(request.POST or None, objectives=named, on=on, lessons=Decimal(lessons), has_earlier=has_earlier)


def _asked_day(request: Request) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None


@never_cache
@require_safe
def lesson_detail(request: Request, pk: UUID) -> HttpResponse:
    lesson = lesson_of(request, pk)
    return render(request, "plans/lesson_detail.html", detail_of(request, lesson))
