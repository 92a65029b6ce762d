"""Chainable words about pictures: whose they are, and which are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.rules import SCHOOL_WIDE, Role
from visits.querysets.reach import GOERS, HEADS

if TYPE_CHECKING:
    from accounts.models import User


class PhotoQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> PhotoQuerySet:
        """Pictures of visits one was on, of one's school, of the children one teaches today.

        A bureau sees pictures through a review that is open, an outline never shows any.
        """
        from students.models import Case
        from visits.models import VisitPerson, VisitRecord

        ways = Q(visit__school__in=user.reach.schools(*SCHOOL_WIDE))
        if user.reach.holds(Role.TEACHER):
            taught = VisitRecord.objects.filter(case__in=Case.objects.taught_by(user)).order_by().values("visit")
            ways |= Q(visit__in=taught)
        if user.reach.schools(*GOERS):
            ways |= Q(visit__in=VisitPerson.objects.filter(user=user.pk).order_by().values("visit")) | Q(visit__author=user.pk)
        return self.filter(ways)

    def to_bring(self, user: User) -> PhotoQuerySet:
        """Those whose file a person may bring: the visit's author, its team, and the heads of its school."""
        from visits.models import VisitPerson

        reach = user.reach
        seen = self if reach.schools(*GOERS) else self.visible_to(user)  # who still goes on visits sees those they made
        went = Q(visit__author=user.pk) | Q(Exists(VisitPerson.objects.filter(visit=OuterRef("visit"), user=user.pk)))
        return seen.filter(went | Q(visit__school__in=reach.schools(*HEADS)))

    def received(self) -> PhotoQuerySet:
        return self.filter(file__isnull=False)

    def attached(self) -> PhotoQuerySet:
        """Those not taken off their visit since."""
        return self.filter(Exists(self.model.records.through.objects.filter(photo=OuterRef("pk"))))

    def shown(self) -> PhotoQuerySet:
        """Those there are to see."""
        return self.received().attached()
