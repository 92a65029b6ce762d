"""The page on which a lesson plan is written: kept at every change by a script, by its buttons without one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.middleware import Request
from accounts.views.protocol import body_of, json_door
from office.refusals import Refused
from office.rules.typed import read_key
from plans.actions.lessons import LessonMovedOn, submit_lesson_plan, write_lesson_plan
from plans.codes import EDITABLE_LESSONS
from plans.models import LessonPlan
from plans.rules.content import PlanContent
from plans.rules.lesson_drafts import gaps_of
from plans.rules.lesson_filled import changed, differences, filled
from plans.rules.lessons import LessonContent
from plans.sheets import lesson_page
from plans.views.lesson_seeing import fresh, lesson_to_write, looked_at, standing_plan


@never_cache
@require_http_methods(["GET", "POST"])
def lesson_edit(request: Request, pk: Any) -> HttpResponse:
    lesson = lesson_to_write(request, pk)
    if request.method == "POST":
        return _posted(request, lesson)
    if lesson.state not in EDITABLE_LESSONS:
        return redirect("lesson_detail", pk)
    looked_at(request, lesson)
    return _page(request, lesson, lesson.told)


def _page(request: Request, lesson: LessonPlan, content: LessonContent, *, status: int = 200, **more: Any) -> HttpResponse:
    plan = standing_plan(lesson)
    known = {each.key: each.text for _, each in PlanContent.read(plan.content).objectives()}
    texts = known | {each.key: each.text for each in lesson.told.objectives}
    shown = lesson_page(lesson, plan, content=content.with_texts(texts))
    rest = [(key, text) for key, text in known.items() if key not in content.picked]
    before = LessonPlan.objects.filter(case=lesson.case_id, on__lt=lesson.on).exclude(reflected_at=None).order_by("-on").first()
    context = {"lesson": lesson, "page": shown, "rest": rest, "gaps": gaps_of(content), "before": before, **more}
    return render(request, "plans/lesson_edit.html", context, status=status)


def _posted(request: Request, lesson: LessonPlan) -> HttpResponse:
    """Everything that was filled in, with what the button asks; what is refused stays on the page, beside what another wrote."""
    fields = filled(dict(request.POST.lists()))
    content, errors = LessonContent.as_filled(fields)
    what, _, key = request.POST.get("do", "").partition(":")
    asked = content if errors else changed(content, what, read_key(key), PlanContent.read(standing_plan(lesson).content))
    try:
        held = _kept(request, lesson, request.POST.get("edition"), fields if errors else asked.plain())
        if what == "submit":
            submit_lesson_plan(lesson=held, edition=held.edition, by=request.user, at=request.now)
    except LessonMovedOn as moved:
        theirs = differences(moved.held.told, content)
        return _page(request, fresh(lesson), asked, status=422, words=str(moved), differences=theirs)
    except Refused as refusal:
        return _page(request, fresh(lesson), asked, status=422, words=str(refusal), is_short=what == "submit" and not errors)
    return _onward(request, held, what, key)


def _onward(request: Request, lesson: LessonPlan, what: str, key: str) -> HttpResponse:
    if what == "submit":
        messages.success(request, "已交，等学校检查。")
        return redirect("lesson_detail", lesson.pk)
    if not what:
        messages.success(request, "已保存。")
    place = f"#goal-{key}" if what in ("add", "up", "down") else "#objectives" if what else ""
    return redirect(f"{reverse('lesson_edit', args=[lesson.pk])}{place}")


def _kept(request: Request, lesson: LessonPlan, edition: Any, plain: Any) -> LessonPlan:
    number = int(edition) if str(edition).isascii() and str(edition).isdecimal() and len(str(edition)) < 10 else 0
    return write_lesson_plan(lesson=lesson, edition=number, content=plain, by=request.user, at=request.now)


@never_cache
@json_door("PUT")
def lesson_content(request: Request, pk: Any) -> HttpResponse:
    """What the page keeps at every change: the fields of its form."""
    lesson, said = lesson_to_write(request, pk), body_of(request)
    fields = said.get("fields")
    given = {name: values for name, values in fields.items() if isinstance(values, list)} if isinstance(fields, dict) else {}
    try:
        held = _kept(request, lesson, said.get("edition"), filled(given))
    except LessonMovedOn as moved:
        return JsonResponse({"words": str(moved)}, status=409)
    return JsonResponse({"edition": held.edition, "gaps": len(gaps_of(held.told))})
