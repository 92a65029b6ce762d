"""Chainable words about what guardians agreed to."""

from __future__ import annotations

from collections.abc import Iterable
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

    def agreed_to_photos(self, students: Iterable[Any], on: date) -> set[Any]:
        """Those of the children whose guardian's latest word about photos on a day is yes. One plain query."""
        words = self.filter(_runs(on), student__in=list(students), kind="photos").order_by("starts_on", "pk")
        return {student for student, is_given in dict(words.values_list("student", "is_given")).items() if is_given}

    def standing(self, students: Iterable[Any], on: date) -> dict[Any, dict[str, Any]]:
        """Of each of the children, by kind, what stands on a day. One query."""
        found: dict[Any, dict[str, Any]] = {}
        for one in self.in_force(on).filter(student__in=list(students)):
            found.setdefault(one.student_id, {})[one.kind] = one
        return found


def _runs(on: date) -> Q:
    return Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gt=on))
