"""A school's month, as what every write of its visits waits for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from counties.models import School


class SchoolMonth(models.Model):
    """One school's month: every write of a visit of it takes this row's lock, so that filing never sees half."""

    class State(models.TextChoices):
        OPEN = "open", "汇总中"
        FILED = "filed", "已上报"
        ACCEPTED = "accepted", "已通过"

    school = models.ForeignKey(School, models.PROTECT, related_name="months")
    month = models.DateField("月份")  # its first day
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "学校月份"
        ordering = ["school", "month"]
        constraints = [
            models.UniqueConstraint(fields=["school", "month"], name="school_month_once"),
            models.CheckConstraint(name="school_month_on_the_first", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.month:%Y-%m}"
