"""The lesson plan (教案) of a visit: which a person reads of its children and its day, in one query."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.urls import reverse

from accounts.models import User
from plans.models import LessonPlan


def lesson_plans_of(user: User, students: Iterable[UUID], on: date) -> list[LessonPlan]:
    """Of these children for that day, alone or within a series; without their content."""
    found = LessonPlan.objects.visible_to(user).for_day(on).filter(student__in=list(students))
    return list(found.select_related("student").in_short().order_by("student__name_key", "on", "at"))


def lesson_links(user: User, students: Iterable[UUID], on: date) -> dict[UUID, dict[str, str]]:
    """By child where its lesson plan of the day is, and its title; of several the latest."""
    found = lesson_plans_of(user, students, on)
    return {each.student_id: {"url": reverse("lesson_detail", args=[each.pk]), "title": each.title} for each in found}
