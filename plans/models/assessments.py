"""Where a child stands: the scales a school added, and what was found with one."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import User
from counties.models import School
from office.fields import SealedTextField
from plans.codes import AssessmentKind
from plans.querysets import AssessmentQuerySet, OwnScaleQuerySet
from students.models import Case, Student


class OwnScale(models.Model):
    """A scale that a school added to the built-in ones; `definition` is the plain form of plans.rules.scales.Scale.

    Of a licensed scale it holds the domains and their highest totals, never the text of an item.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    name = models.CharField("名称", max_length=100)
    definition = models.JSONField("内容")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="添加人")
    at = models.DateTimeField("添加时间")
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = OwnScaleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "本校量表"
        ordering = ["school", "name", "id"]

    def __str__(self) -> str:
        return str(self.pk)


class Assessment(models.Model):
    """One assessment of a child with one scale, which it keeps as it was: later changes of the scale change nothing here.

    `scores` are points by item (of a scale of totals: by domain); `totals` are [points, highest] by domain, of what was scored.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "填写中"
        DONE = "done", "已完成"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="assessments")
    student = models.ForeignKey(Student, models.PROTECT, related_name="assessments")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    kind = models.CharField("类别", max_length=8, choices=AssessmentKind)
    on = models.DateField("评估日期")
    scale = models.JSONField("量表")
    scores = models.JSONField("得分", default=dict)
    totals = models.JSONField("各领域得分", default=dict)
    note = SealedTextField("观察与说明", blank=True, default="")
    state = models.CharField("状态", max_length=5, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)  # guards every change
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="评估人")
    at = models.DateTimeField("建立时间")
    done_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评估"
        ordering = ["-on", "-at", "id"]
        constraints = [
            models.CheckConstraint(name="assessment_done_has_its_moment", condition=Q(state="draft") | Q(done_at__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["student", "-on"], name="assessment_by_student"),
            models.Index(fields=["school", "on"], name="assessment_by_school"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
