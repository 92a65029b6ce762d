"""What a county's staff drew of the plans in force to look at, and what they found."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import User
from counties.models import Area, School
from plans.models.plans import Plan
from plans.querysets import PlanSampleQuerySet, SampledPlanQuerySet


class PlanSample(models.Model):
    """A drawing: whoever has the same frame and seed draws the same. The frame is the plans in force at that moment, of the county
    or one school; `frame_digest` says which they were. Open until `closed_at`: so long its plans are opened with its number as the reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    county = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="县(区)")
    year = models.PositiveSmallIntegerField("年")
    number = models.PositiveIntegerField("编号")  # within the county and year
    school = models.ForeignKey(School, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="学校")
    count = models.PositiveIntegerField("份数", null=True, blank=True)
    percent = models.PositiveSmallIntegerField("百分比", null=True, blank=True)
    by_school = models.BooleanField("每所学校分别抽", default=False)
    note = models.CharField("说明", max_length=200, blank=True)
    seed = models.CharField("种子", max_length=64)
    frame_size = models.PositiveIntegerField("名单份数")
    frame_digest = models.CharField("名单 SHA-256", max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="抽样人")
    at = models.DateTimeField("抽样时间")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = PlanSampleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "计划抽查"
        ordering = ["-year", "-number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["county", "year", "number"], name="sample_number_once"),
            models.UniqueConstraint(fields=["county", "seed"], name="sample_seed_once"),
            models.CheckConstraint(
                name="sample_count_or_percent",
                condition=Q(count__isnull=True, percent__isnull=False) | Q(count__isnull=False, percent__isnull=True),
                violation_error_message="请写份数或百分比，只写一个。",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def label(self) -> str:
        return f"{self.year}-{self.number:03}"

    @property
    def where(self) -> str:
        return self.school.name if self.school else "全县"


class SampledPlan(models.Model):
    """A plan that was drawn. `readers` are the ids, as text, of those who opened it for the sample."""

    class Finding(models.TextChoices):
        GOOD = "good", "合格"
        IMPROVE = "improve", "需改进"

    sample = models.ForeignKey(PlanSample, models.CASCADE, related_name="drawn")
    position = models.PositiveIntegerField("序号")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="sampled")
    readers = models.JSONField("看过的人", default=list)
    finding = models.CharField("结论", max_length=8, choices=Finding, blank=True)
    words = models.TextField("意见", max_length=500, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="填写人")
    at = models.DateTimeField("填写时间", null=True, blank=True)

    objects = SampledPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "抽中的计划"
        ordering = ["sample", "position"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "plan"], name="sampled_once"),
            models.CheckConstraint(name="finding_has_its_author", condition=Q(finding="") | Q(by__isnull=False, at__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(self.pk)
