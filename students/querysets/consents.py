"""Chainable words about what guardians agreed to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery


class ConsentQuerySet(models.QuerySet[Any]):
    def in_force(self, on: date) -> ConsentQuerySet:
        """The latest word of each guardian about each matter on a day, whether yes or no."""
        later = self.model._default_manager.filter(_runs(on), student=OuterRef("student"), kind=OuterRef("kind")).order_by(
            "-starts_on", "-pk"
        )
        return self.filter(_runs(on), pk=Subquery(later.values("pk")[:1]))

    def to_photos(self, on: date) -> ConsentQuerySet:
        """The yeses to photos in force on a day."""
        return self.in_force(on).filter(kind="photos", is_given=True)


def _runs(on: date) -> Q:
    return Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gt=on))
