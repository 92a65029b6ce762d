"""The individualized education plan (个别化教育（康复）计划): its versions, what was said of it, who signed, how it went."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from counties.models import School
from office.fields import SealedJSONField
from office.models import PrivateFile
from plans.codes import Mark, PlanState, Semester
from plans.querysets import PlanQuerySet
from students.models import Case, Student

IN_WORK = ["draft", "submitted", "returned"]


class Plan(models.Model):
    """One version of a child's plan for a term. `content` is the plain form of plans.rules.content.PlanContent, sealed: it holds
    health facts. From approval on it never changes, and `digest` is the SHA-256 of its canonical form.

    `edition` guards every change of a draft; `version` counts approved versions of the term's plan.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="plans")
    student = models.ForeignKey(Student, models.PROTECT, related_name="plans")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    year = models.PositiveSmallIntegerField("学年")  # 2026: from 1 September 2026
    term = models.PositiveSmallIntegerField("学期", choices=Semester)
    version = models.PositiveIntegerField("版本", default=1)
    edition = models.PositiveIntegerField(default=1)
    starts_on = models.DateField("自")
    ends_on = models.DateField("至")  # inclusive
    state = models.CharField("状态", max_length=10, choices=PlanState, default=PlanState.DRAFT)
    content = SealedJSONField("内容")
    digest = models.CharField("SHA-256", max_length=64, blank=True)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="制定人")
    writers = models.JSONField("写过的人", default=list)  # ids, as text: none of them decides about it
    at = models.DateTimeField("建立时间")
    written_at = models.DateTimeField("最近修改")
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="提交人")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="审批人")
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decision_reason = models.CharField("审批意见", max_length=500, blank=True)
    in_force_at = models.DateTimeField("开始执行", null=True, blank=True)
    ended_at = models.DateTimeField("结束执行", null=True, blank=True)
    review_on = models.DateField("应复核", null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个别化教育（康复）计划"
        ordering = ["-year", "-term", "-version", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "year", "term", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="in_force"), name="one_plan_in_force", violation_error_message="已有一份计划在执行。"
            ),
            models.UniqueConstraint(
                fields=["case", "year", "term"],
                condition=Q(state__in=["draft", "submitted", "returned"]),
                name="one_plan_in_work",
                violation_error_message="这个学期已有一份计划在制定。",
            ),
            models.UniqueConstraint(
                fields=["case", "year", "term"],
                condition=Q(state="approved"),
                name="one_plan_approved",
                violation_error_message="这个学期已有一份批准的计划。",
            ),
            models.CheckConstraint(
                name="plan_approved_by_another",
                condition=Q(state__in=IN_WORK)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("author")) & ~Q(decided_by=F("submitted_by"))),
                violation_error_message="计划不能由制定人自己批准。",
            ),
            models.CheckConstraint(
                name="plan_frozen_has_digest", condition=Q(state__in=["draft", "submitted", "returned"]) | ~Q(digest="")
            ),
            models.CheckConstraint(
                name="plan_ends_after_start", condition=Q(ends_on__gt=F("starts_on")), violation_error_message="结束日期要晚于开始日期。"
            ),
        ]
        indexes = [
            models.Index(fields=["student", "-year", "-term"], name="plan_by_student"),
            models.Index(fields=["school", "state"], name="plan_by_school"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class GoalComment(models.Model):
    """What a reader of a plan says to one of its goals (`goal`: its key), or to the whole of it (none)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="comments")
    goal = models.UUIDField("目标", null=True, blank=True)
    text = models.TextField("意见", max_length=1000)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    at = models.DateTimeField("时间")
    settled_at = models.DateTimeField("已处理", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "目标意见"
        ordering = ["plan", "at", "id"]

    def __str__(self) -> str:
        return str(self.pk)


class PlanSignature(models.Model):
    """Who signed a plan: strokes or a paper, over the digest of what was signed."""

    class Kind(models.TextChoices):
        GUARDIAN = "guardian", "监护人"
        TEACHER = "teacher", "教师"
        LEADER = "leader", "学校负责人"
        OTHER = "other", "其他参加人"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # made by the page: what is sent twice is kept once
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="signatures")
    kind = models.CharField("身份", max_length=8, choices=Kind)
    name = models.CharField("姓名", max_length=100)
    relation = models.CharField("与学生关系", max_length=100, blank=True)
    digest = models.CharField("SHA-256", max_length=64)
    strokes = SealedJSONField("笔迹", null=True)
    paper = models.ForeignKey(PrivateFile, models.PROTECT, related_name="+", null=True, verbose_name="纸质签字")
    on = models.DateField("签字日期")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "计划签字"
        ordering = ["plan", "at", "id"]

    def __str__(self) -> str:
        return str(self.pk)


class ObjectiveReview(models.Model):
    """How an objective (its key, the same in every version that keeps it) stood when it was reviewed; the latest one stands."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="reviews")
    objective = models.UUIDField("短期目标")
    mark = models.CharField("结果", max_length=1, choices=Mark)
    on = models.DateField("日期")
    note = models.TextField("说明", blank=True, max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="记录人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "目标评价"
        ordering = ["plan", "objective", "-at", "-id"]

    def __str__(self) -> str:
        return str(self.pk)
