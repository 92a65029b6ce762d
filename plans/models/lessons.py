"""The lesson plan (教案): one for a visit or a series, drafted from the child's plan, checked by the school."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from counties.models import School
from office.fields import SealedJSONField, SealedTextField
from plans.codes import LessonState
from plans.models.plans import Plan
from plans.querysets import LessonPlanQuerySet
from plans.rules.lessons import LessonContent
from students.models import Case, Student


class LessonPlan(models.Model):
    """What is to be done at a visit (`until` is none), or at each of a series, with a child.

    `content` is sealed, and what is not a column of its own of plans.rules.lessons.LessonContent: read both as `told`. Once checked
    nothing of it changes. `reflection` is the plain form of plans.rules.lessons.Reflection. `edition` guards every change.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="lesson_plans")
    student = models.ForeignKey(Student, models.PROTECT, related_name="lesson_plans")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="lesson_plans", verbose_name="计划")
    on = models.DateField("日期")  # of a series: its first day
    until = models.DateField("到", null=True, blank=True)  # inclusive
    lessons = models.DecimalField("课时", max_digits=5, decimal_places=2, null=True, blank=True)
    title = SealedTextField("课题", blank=True, default="")
    content = SealedJSONField("内容")
    state = models.CharField("状态", max_length=8, choices=LessonState, default=LessonState.DRAFT)
    edition = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="写的人")
    writers = models.JSONField("写过的人", default=list)  # ids, as text: none of them checks it
    at = models.DateTimeField("建立时间")
    written_at = models.DateTimeField("最近修改")
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="交的人")
    submitted_at = models.DateTimeField("交的时间", null=True, blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="检查人")
    checked_at = models.DateTimeField("检查时间", null=True, blank=True)
    check_note = models.CharField("检查意见", max_length=500, blank=True)
    reflection = SealedJSONField("反思", null=True)
    reflected_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="写反思的人")
    reflected_at = models.DateTimeField("反思时间", null=True, blank=True)

    objects = LessonPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "教案"
        ordering = ["-on", "-at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "on", "author"], name="one_lesson_plan_a_day", violation_error_message="您在这一天已经有一份教案。"
            ),
            models.CheckConstraint(
                name="lesson_plan_ends_after_start",
                condition=Q(until=None) | Q(until__gt=F("on")),
                violation_error_message="最后一天要晚于第一天。",
            ),
            models.CheckConstraint(
                name="lesson_plan_checked_by_another",
                condition=~Q(state=LessonState.CHECKED)
                | (Q(checked_by__isnull=False, checked_at__isnull=False) & ~Q(checked_by=F("author")) & ~Q(checked_by=F("submitted_by"))),
                violation_error_message="教案不能由写的人自己检查。",
            ),
        ]
        indexes = [
            models.Index(fields=["student", "-on"], name="lesson_plan_by_student"),
            models.Index(fields=["school", "state"], name="lesson_plan_by_school"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def plain(self) -> dict[str, Any]:
        """All it says, as LessonContent.read takes it."""
        days = {"on": self.on.isoformat(), "until": self.until.isoformat() if self.until else None}
        return {**self.content, **days, "lessons": None if self.lessons is None else str(self.lessons), "title": self.title}

    @property
    def told(self) -> LessonContent:
        return LessonContent.read(self.plain)


def columns_of(content: LessonContent) -> dict[str, Any]:
    """What is kept of a lesson plan, by column."""
    own = {name: getattr(content, name) for name in ("on", "until", "lessons", "title")}
    return own | {"content": {name: value for name, value in content.plain().items() if name not in own}}
