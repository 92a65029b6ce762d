"""Chainable words about pictures: whose they are, and which are there."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.rules import SCHOOL_WIDE, Role
from visits.querysets.reach import GOERS, HEADS

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User
    from visits.models import Photo


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

    def to_bring(self, user: User, *, visit: UUID, key: UUID) -> Photo | None:
        """The picture of a visit if a person may bring its file: the visit's author, its team, and the heads of its school."""
        from visits.models import VisitPerson

        reach = user.reach
        found: Photo | None = self.select_related("visit__school").filter(visit=visit, pk=key).order_by("pk").first()
        if found is None or found.visit.school_id in reach.schools(*HEADS):
            return found
        went = found.visit.author_id == user.pk or VisitPerson.objects.filter(visit=visit, user=user.pk).exists()
        sees = bool(reach.schools(*GOERS)) or (went and self.visible_to(user).filter(pk=key).exists())  # who goes on visits sees their own
        return found if went and sees else None

    def received(self) -> PhotoQuerySet:
        return self.filter(file__isnull=False)

    def attached(self) -> PhotoQuerySet:
        """Those not taken off their visit since."""
        return self.filter(Exists(self.model.records.through.objects.filter(photo=OuterRef("pk"))))

    def agreed(self, on: date) -> PhotoQuerySet:
        """Without the pictures of a child whose guardian has withdrawn the consent to photos, as it stands on a day.

        What confirms (a thumb-print, a paper) shows no child. Hidden is not gone: said yes again, they are seen again.
        """
        return self.exclude(Exists(self._barred(on)), kind__in=("photo", "screenshot"))

    def hidden(self, on: date) -> PhotoQuerySet:
        """The others."""
        return self.filter(Exists(self._barred(on)), kind__in=("photo", "screenshot"))

    def _barred(self, on: date) -> models.QuerySet[Any]:
        """The children on a picture of whom something was said about photos, and of whom the latest word is not yes."""
        from students.models import Consent

        words = Consent.objects.filter(student=OuterRef("visitrecord__student"), kind=Consent.Kind.PHOTOS)
        on_it = self.model.records.through.objects.filter(photo=OuterRef("pk"))
        barred: models.QuerySet[Any] = on_it.filter(Exists(words)).exclude(Exists(words.to_photos(on)))
        return barred

    def shown(self) -> PhotoQuerySet:
        """Those there are to see."""
        return self.received().attached()
