"""The summary of a child's term (学期小结): drafted from what is on record, then the teacher's own words."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import User
from counties.models import School
from office.fields import SealedJSONField
from plans.codes import Semester
from plans.querysets import CaseTeamQuerySet
from students.models import Case, Student


class TermSummary(models.Model):
    """One term of a case. `sections` are texts by code (visits.rules.summing.SECTIONS). A finished one is read only, and keeps the
    `figures` it was finished with; until then they are counted anew each time.

    `version` guards every change.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "正在写"
        DONE = "done", "已完成"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="summaries")
    student = models.ForeignKey(Student, models.PROTECT, related_name="summaries")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    year = models.PositiveSmallIntegerField("学年")  # 2026: from 1 September 2026
    term = models.PositiveSmallIntegerField("学期", choices=Semester)
    starts_on = models.DateField("自")
    ends_on = models.DateField("至")  # inclusive
    sections = SealedJSONField("内容")
    figures = SealedJSONField("数字", null=True)
    state = models.CharField("状态", max_length=5, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="撰写人")
    at = models.DateTimeField("建立时间")
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="最近修改的人")
    written_at = models.DateTimeField("最近修改")
    done_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = CaseTeamQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学期小结"
        ordering = ["-year", "-term", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "year", "term"], name="summary_once_a_term", violation_error_message="这个学期已有小结。"
            ),
            models.CheckConstraint(name="summary_done_keeps_its_figures", condition=Q(state="draft") | Q(done_at__isnull=False)),
        ]
        indexes = [models.Index(fields=["student", "-year", "-term"], name="summary_by_student")]

    def __str__(self) -> str:
        return str(self.pk)
