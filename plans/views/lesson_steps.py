"""What is done to a lesson plan by a button: checked or sent back, taken back, thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import Request
from office import files
from office.audit import record
from office.refusals import Refused
from office.rules.typed import read_key
from plans.actions.checking import check_each, check_lesson_plan, return_lesson_plan
from plans.actions.lessons import discard_lesson_plan, reflect_on_lesson_plan, withdraw_lesson_plan
from plans.rules.lessons import REFLECTION_WORDS
from plans.sheets import print_lesson
from plans.views.lesson_seeing import checks, detail_of, fresh, lesson_of, lesson_to_write, page_of, waiting_lessons
from plans.views.planned import edition_of


@require_POST
def lesson_check(request: Request, pk: UUID) -> HttpResponse:
    """Checked, or sent back with words."""
    lesson = lesson_of(request, pk)
    if not checks(request, lesson):
        raise PermissionDenied
    note, is_return = request.POST.get("note", ""), "return" in request.POST
    told: dict[str, Any] = {"lesson": lesson, "edition": edition_of(request), "by": request.user, "at": request.now, "note": note}
    try:
        if is_return:
            return_lesson_plan(**told)
        else:
            check_lesson_plan(**told)
    except Refused as refusal:
        context = detail_of(request, fresh(lesson)) | {"words": str(refusal), "note": note}
        return render(request, "plans/lesson_detail.html", context, status=422)
    messages.success(request, "已退回，意见已转给老师。" if is_return else "已检查。")
    return redirect("lesson_list")


@require_POST
def lesson_check_many(request: Request) -> HttpResponse:
    """Those that are ticked, as they were when the list was shown."""
    ticked = dict(_ticked(request))
    waiting = [lesson for lesson in waiting_lessons(request) if lesson.pk in ticked]
    checked, left = check_each(lessons=[(each, ticked[each.pk]) for each in waiting], by=request.user, at=request.now)
    left += len(ticked) - len(waiting)
    if not ticked:
        messages.warning(request, "请先勾选要检查的教案。")
    if checked:
        messages.success(request, f"已检查 {checked} 份。")
    if left:
        messages.warning(request, f"{left} 份没有检查：有人改过或检查过，或者要打开写明理由。")
    return redirect("lesson_list")


def _ticked(request: Request) -> Iterator[tuple[UUID, int]]:
    for value in request.POST.getlist("lesson"):
        key, _, edition = value.partition(":")
        if (found := read_key(key)) and edition.isascii() and edition.isdecimal() and len(edition) < 10:
            yield found, int(edition)


@require_POST
def lesson_reflect(request: Request, pk: UUID) -> HttpResponse:
    """Three lines afterwards; what is refused stays on the page, beside what another wrote."""
    lesson = lesson_to_write(request, pk)
    lines = {name: request.POST.get(name, "") for name in REFLECTION_WORDS}
    told: dict[str, Any] = {"lesson": lesson, "edition": edition_of(request), "by": request.user, "at": request.now}
    try:
        reflect_on_lesson_plan(lines=lines, **told)
    except Refused as refusal:
        context = detail_of(request, fresh(lesson), typed=lines) | {"words": str(refusal)}
        return render(request, "plans/lesson_detail.html", context, status=422)
    messages.success(request, "反思已保存。")
    return redirect("lesson_detail", pk)


@never_cache
@require_safe
def lesson_pdf(request: Request, pk: UUID) -> HttpResponse:
    """On paper, with a line in the audit."""
    lesson = lesson_of(request, pk)
    content = print_lesson(lesson, page_of(lesson))
    detail, county = {"lesson": lesson.pk}, lesson.school.county_id
    record("lesson.exported", subject=lesson.student_id, by=request.user.pk, at=request.now, county=county, detail=detail)
    return files.download(content, name=f"教案-{lesson.on:%Y%m%d}.pdf", content_type=files.PDF)


@require_POST
def lesson_withdraw(request: Request, pk: UUID) -> HttpResponse:
    lesson = lesson_to_write(request, pk)
    withdraw_lesson_plan(lesson=lesson, edition=edition_of(request), by=request.user, at=request.now)
    messages.success(request, "已收回，可以接着改。")
    return redirect("lesson_edit", pk)


@require_POST
def lesson_discard(request: Request, pk: UUID) -> HttpResponse:
    lesson = lesson_to_write(request, pk)
    discard_lesson_plan(lesson=lesson, edition=edition_of(request), by=request.user, at=request.now)
    messages.success(request, "已删除这份教案。")
    return redirect("student_lessons", lesson.student_id)
