"""Whose lesson plans a person opens, writes and checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.middleware import Request
from accounts.rules import Role
from office.audit import viewed
from plans.actions.holding import deciders, waiting_for
from plans.codes import EDITABLE_LESSONS, LessonState
from plans.models import LessonPlan, Plan
from plans.querysets import HEADS
from plans.rules.lessons import REFLECTION_WORDS
from plans.sheets import LessonPage, lesson_page
from plans.sheets.plans import fields_of

PEOPLE = ("student", "school", "case", "plan", "author", "submitted_by", "checked_by", "reflected_by")


def lesson_of(request: Request, pk: UUID) -> LessonPlan:
    """A lesson plan the person reads, by their post or because it waits for them; that it was opened is recorded."""
    found: LessonPlan = get_object_or_404(LessonPlan.objects.select_related(*PEOPLE), pk=pk)
    if not LessonPlan.objects.visible_to(request.user).filter(pk=pk).exists() and not checks(request, found):
        raise Http404
    looked_at(request, found)
    return found


def looked_at(request: Request, lesson: LessonPlan) -> None:
    viewed("lesson", subject=lesson.student_id, by=request.user.pk, at=request.now, county=lesson.school.county_id)


def lesson_to_write(request: Request, pk: UUID) -> LessonPlan:
    found: LessonPlan = get_object_or_404(LessonPlan.objects.visible_to(request.user).select_related(*PEOPLE), pk=pk)
    if not writes_lesson(request, found):
        raise PermissionDenied
    return found


def writes_lesson(request: Request, lesson: LessonPlan) -> bool:
    return bool(LessonPlan.objects.writable_by(request.user).filter(pk=lesson.pk).exists())


def checks(request: Request, lesson: LessonPlan) -> bool:
    """Whether it waits for this person."""
    reach = request.user.reach
    is_near = lesson.school_id in reach.schools(*HEADS) or lesson.school.county_id in reach.areas(Role.COUNTY_STAFF)
    return lesson.state == LessonState.READY and is_near and request.user.pk in deciders(lesson, at=request.now)[0]


def standing_plan(lesson: LessonPlan) -> Plan:
    """The child's plan as it is in force now; where none is, the one the lesson was drafted from."""
    found: Plan | None = Plan.objects.in_force().filter(case=lesson.case_id).first()
    return found or lesson.plan


def page_of(lesson: LessonPlan, **given: Any) -> LessonPage:
    return lesson_page(lesson, standing_plan(lesson), **given)


def fresh(lesson: LessonPlan) -> LessonPlan:
    """As it is now; as it was where it is gone."""
    found: LessonPlan | None = LessonPlan.objects.select_related(*PEOPLE).filter(pk=lesson.pk).first()
    return found or lesson


def waiting_lessons(request: Request) -> list[LessonPlan]:
    """Those that wait for this person's check, the earliest lesson first."""
    ready = LessonPlan.objects.within(request.user).awaiting_check().in_short().select_related("student", "school", "submitted_by")
    return waiting_for(request.user, list(ready.order_by("on", "at", "pk")), at=request.now)


def detail_of(request: Request, lesson: LessonPlan, typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the page of one lesson plan shows; `typed` are lines of a reflection that were refused."""
    may_write, page = writes_lesson(request, lesson), page_of(lesson)
    is_member = may_write or LessonPlan.objects.visible_to(request.user).filter(pk=lesson.pk).exists()
    may = {"may_write": may_write, "is_member": is_member, "checks": checks(request, lesson)}
    may |= {"reflects": may_write and lesson.on <= timezone.localdate(request.now), "is_editable": lesson.state in EDITABLE_LESSONS}
    lines = fields_of(REFLECTION_WORDS, typed) if typed else page.lines
    return {"lesson": lesson, "page": page, "lines": lines, "is_typed": typed is not None, "note": "", **may}
