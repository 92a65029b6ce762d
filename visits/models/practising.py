"""Which objectives of a child's plan were worked on in a visit, and how it went."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from plans.codes import PromptLevel
from plans.models import Plan
from visits.models.outings import VisitRecord

LONGEST_NOTE = 300


class Practice(models.Model):
    """One objective in one record. `plan` is the version whose words were before the teacher: it is frozen, so the words stay.

    `objective` is the key of the objective, the same in every version of a plan that keeps it and in the next term's.
    """

    record = models.ForeignKey(VisitRecord, models.CASCADE, related_name="practices")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    objective = models.UUIDField("短期目标")
    level = models.PositiveSmallIntegerField("辅助程度", choices=PromptLevel, null=True)
    tries = models.PositiveSmallIntegerField("次数", null=True)
    right = models.PositiveSmallIntegerField("做对", null=True)
    note = models.TextField("说明", blank=True, max_length=LONGEST_NOTE)
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "练习的目标"
        ordering = ["record", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["record", "objective"], name="objective_once_a_record"),
            models.CheckConstraint(
                name="practice_right_within_tries",
                condition=Q(right=None) | Q(tries__isnull=False, tries__gte=F("right")),
                violation_error_message="做对的次数不能多于总次数。",
            ),
        ]
        indexes = [models.Index(fields=["objective"], name="practice_of_an_objective")]

    def __str__(self) -> str:
        return str(self.pk)
