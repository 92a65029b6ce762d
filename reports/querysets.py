from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery


class VerdictQuerySet(models.QuerySet[Any]):
    def standing(self) -> VerdictQuerySet:
        """Only the latest revision of each child's month."""
        latest = (
            self.model._default_manager.filter(student=OuterRef("student"), school=OuterRef("school"), month=OuterRef("month"))
            .order_by("-revision")
            .values("revision")[:1]
        )
        return self.filter(revision=Subquery(latest))

    def of_month(self, month: date) -> VerdictQuerySet:
        return self.filter(month=month)
