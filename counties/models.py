"""Where: areas, schools, the school calendar and the dated policy.

The county is the tenant: an `Area` with a six-digit code that every school and child belongs to.
"""

from __future__ import annotations

import uuid
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from counties import rules
from counties.querysets import AreaQuerySet, CountyOwnedQuerySet, PolicyQuerySet, SchoolQuerySet


class Area(models.Model):
    """An administrative division by its GB/T 2260 code; the code's prefix is the tree.

    2 digits province, 4 city, 6 county, 9 township.
    """

    code = models.CharField("代码", max_length=9, primary_key=True, validators=[RegexValidator(r"^(\d{2}|\d{4}|\d{6}|\d{9})$")])
    name = models.CharField("名称", max_length=60)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class School(models.Model):
    """A school of one county; `code` is the ten-digit 学校标识码."""

    class Kind(models.TextChoices):
        SPECIAL = "special", "特殊教育学校"
        PRIMARY = "primary", "小学"
        JUNIOR = "junior", "初中"
        NINE_YEAR = "nine_year", "九年一贯制学校"
        TWELVE_YEAR = "twelve_year", "十二年一贯制学校"
        COMPLETE = "complete", "完全中学"
        OTHER = "other", "其他"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    county = models.ForeignKey(Area, models.PROTECT, related_name="schools", verbose_name="县(区)")
    code = models.CharField("学校标识码", max_length=10, unique=True, validators=[RegexValidator(r"^\d{10}$", "学校标识码是 10 位数字。")])
    name = models.CharField("学校名称", max_length=60)
    kind = models.CharField("类别", max_length=12, choices=Kind)
    township = models.ForeignKey(Area, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="所在乡镇")
    reports_from = models.DateField("从哪个月起在本系统上报", null=True, blank=True, help_text="该月 1 日；更早导入的记录只作历史。")

    principal_confirms = models.BooleanField("月报须校长确认", default=False)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学校"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "name"], name="school_name_once_a_county", violation_error_message="本县已有同名学校。"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Term(models.Model):
    """A term of a county's school year; both days belong to it."""

    county = models.ForeignKey(Area, models.CASCADE, related_name="terms", verbose_name="县(区)")
    name = models.CharField("名称", max_length=30)
    starts_on = models.DateField("第一天")
    ends_on = models.DateField("最后一天")

    objects = CountyOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学期"
        ordering = ["county", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["county", "starts_on"], name="term_once", violation_error_message="这一天已有学期开始。"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="term_ends_after_start",
                violation_error_message="学期的最后一天不能早于第一天。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county_id} {self.starts_on}"

    def clean(self) -> None:
        if self.starts_on and self.ends_on and self.starts_on <= self.ends_on and self.county_id:
            others = Term.objects.filter(county=self.county_id).exclude(pk=self.pk).values_list("starts_on", "ends_on")
            if reason := rules.why_no_term(rules.Span(self.starts_on, self.ends_on), (rules.Span(*days) for days in others)):
                raise ValidationError({"starts_on": reason})


class Holiday(models.Model):
    """Public holidays of a county, first to last day; next year's are announced late, so people edit them."""

    county = models.ForeignKey(Area, models.CASCADE, related_name="holidays", verbose_name="县(区)")
    name = models.CharField("名称", max_length=30, blank=True)
    starts_on = models.DateField("第一天")
    ends_on = models.DateField("最后一天")

    objects = CountyOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "法定节假日"
        ordering = ["county", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["county", "starts_on"], name="holiday_once", violation_error_message="这一天已有节假日开始。"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="holiday_ends_after_start",
                violation_error_message="节假日的最后一天不能早于第一天。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county_id} {self.starts_on}"


class MakeUpDay(models.Model):
    """A weekend day worked instead of a holiday (调休上班)."""

    county = models.ForeignKey(Area, models.CASCADE, related_name="make_up_days", verbose_name="县(区)")
    on = models.DateField("日期")

    objects = CountyOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "调休上班日"
        ordering = ["county", "on"]
        constraints = [
            models.UniqueConstraint(fields=["county", "on"], name="make_up_day_once", violation_error_message="这一天已是调休上班日。")
        ]

    def __str__(self) -> str:
        return f"{self.county_id} {self.on}"


class Policy(models.Model):
    """A county's numbers from a day on. Rows are added, never edited once in force."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    county = models.ForeignKey(Area, models.CASCADE, related_name="policies", verbose_name="县(区)")
    effective_on = models.DateField("自何日起")
    preset = models.CharField("依据", max_length=30)
    values = models.JSONField("各项数值", help_text="空值表示文件没有规定。")
    created_at = models.DateTimeField("录入时间")

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "政策"
        ordering = ["county", "effective_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "effective_on"], name="policy_once_a_day", violation_error_message="这一天已有政策生效。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.county_id} {self.effective_on}"

    def clean(self) -> None:
        try:
            rules.PolicyTerms.read(self.values)
        except rules.BadPolicy as bad:
            raise ValidationError({"values": str(bad)}) from bad

    @property
    def terms(self) -> rules.PolicyTerms:
        """The values as the rules read them; raises rules.BadPolicy."""
        return rules.PolicyTerms.read(self.values)

    def is_in_force(self, on: date) -> bool:
        return self.effective_on <= on
