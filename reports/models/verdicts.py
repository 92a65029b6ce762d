"""A verdict is a judgement of one child's month, made once the period is over."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from counties.models import Policy, School
from reports.querysets import VerdictQuerySet
from reports.rules import Balance
from students.models import Student


class Verdict(models.Model):
    """One child's month as judged for one school; late or corrected records add a revision, nothing of a judgement is overwritten.

    The latest revision is the one that stands: years and areas are added up from those alone.
    """

    class Outcome(models.TextChoices):
        MET = "met", "已达标"
        SHORT = "short", "欠课"
        NOT_OWED = "not_owed", "本月不要求"

    student = models.ForeignKey(Student, models.PROTECT, related_name="verdicts")
    school = models.ForeignKey(School, models.PROTECT, related_name="verdicts")
    month = models.DateField("月份")  # its first day
    revision = models.PositiveIntegerField("修订", default=1)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+", null=True)
    outcome = models.CharField("结论", max_length=8, choices=Outcome)
    owed = models.PositiveIntegerField("应送")
    delivered = models.PositiveIntegerField("已送")
    reachable = models.PositiveIntegerField("可控应送")
    lessons = models.DecimalField("课时", max_digits=6, decimal_places=2)
    short_visits = models.PositiveIntegerField("欠次数")
    short_lessons = models.DecimalField("欠课时", max_digits=6, decimal_places=2, null=True)
    surplus_visits = models.PositiveIntegerField("多送次数")
    surplus_lessons = models.DecimalField("多送课时", max_digits=6, decimal_places=2, null=True)
    flags = models.JSONField("需说明事项", default=list)
    made_at = models.DateTimeField("判定时间")
    is_standing = models.BooleanField("现行", default=True)

    objects = VerdictQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "判定"
        ordering = ["month", "school", "student", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["student", "school", "month", "revision"], name="verdict_revision_once"),
            models.UniqueConstraint(fields=["student", "school", "month"], condition=Q(is_standing=True), name="verdict_stands_once"),
            models.CheckConstraint(name="verdict_on_the_first", condition=Q(month__day=1)),
        ]
        indexes = [
            models.Index(fields=["school", "month"], name="verdict_by_school_month"),
            models.Index(fields=["month", "school"], condition=Q(is_standing=True), name="verdict_standing"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def says_the_same(self, other: Verdict) -> bool:
        return all(getattr(self, name) == getattr(other, name) for name in JUDGED)

    @property
    def balance(self) -> Balance:
        """What the month leaves short or over; lessons that the policy does not know weigh nothing."""
        return Balance(self.short_visits, self.short_lessons or Decimal(0), self.surplus_visits, self.surplus_lessons or Decimal(0))


JUDGED = (
    *("policy_id", "outcome", "owed", "delivered", "reachable", "lessons"),
    *("short_visits", "short_lessons", "surplus_visits", "surplus_lessons", "flags"),
)
"""What a verdict says: a revision is made when one of these differs."""
