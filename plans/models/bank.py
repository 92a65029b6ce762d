"""Objectives a school added to the goal bank; the built-in ones are data of the product (plans/bank/)."""

from __future__ import annotations

import uuid

from django.db import models

from accounts.models import User
from counties.models import School
from plans.codes import Area
from plans.querysets import BankObjectiveQuerySet
from plans.rules.bank import Suggestion


class BankObjective(models.Model):
    """A short-term objective ready to be taken into a plan: names no child."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    area = models.CharField("领域", max_length=13, choices=Area)
    goal = models.CharField("长期目标", max_length=200)
    text = models.CharField("短期目标", max_length=300)
    criterion = models.CharField("达成标准", max_length=200)
    steps = models.JSONField("动作分解", default=list)  # texts, in order
    materials = models.CharField("材料", max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="添加人")
    at = models.DateTimeField("添加时间")
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = BankObjectiveQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "本校目标"
        ordering = ["area", "text", "id"]
        indexes = [models.Index(fields=["school", "area"], name="objective_by_school")]

    def __str__(self) -> str:
        return str(self.pk)

    def suggestion(self) -> Suggestion:
        return Suggestion(str(self.pk), self.area, self.goal, self.text, self.criterion, tuple(self.steps), self.materials)
