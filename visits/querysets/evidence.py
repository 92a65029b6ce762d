"""Chainable words about pictures: whose they are, which are there, which are on another visit too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.rules import SCHOOL_WIDE, Role
from office.pictures import distance
from visits.querysets.reach import GOERS

if TYPE_CHECKING:
    from accounts.models import User


NEAR = 3  # bits of 64


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

    def received(self) -> PhotoQuerySet:
        return self.filter(file__isnull=False)

    def attached(self) -> PhotoQuerySet:
        """Those not taken off their visit since."""
        return self.filter(Exists(self.model.records.through.objects.filter(photo=OuterRef("pk"))))

    def shown(self) -> PhotoQuerySet:
        """Those there are to see."""
        return self.received().attached()

    def reused(self) -> PhotoQuerySet:
        """Those whose very content is also on another visit of the county."""
        return self.received().filter(Exists(self._others().filter(digest=OuterRef("digest"))))

    def near(self) -> dict[Any, list[Any]]:
        """Of each of these that has any: the pictures of other visits of the county that look nearly the same. Two queries.

        Two hashes that differ in at most NEAR bits have one of their four bands in common.
        """
        these = list(self.received().exclude(band_0=None).annotate(county=F("visit__school__county")))
        shared = Q()
        for number in range(4):
            shared |= Q(**{f"band_{number}__in": {bands_of(photo)[number] for photo in these}})
        others = self.model._default_manager.received().filter(shared, visit__school__county__in={photo.county for photo in these})
        return _near(these, list(others.annotate(county=F("visit__school__county")))) if these else {}

    def _others(self) -> PhotoQuerySet:
        """The received pictures of other visits of the same county as the outer one's."""
        received = self.model._default_manager.received().filter(visit__school__county=OuterRef("visit__school__county"))
        others: PhotoQuerySet = received.exclude(visit=OuterRef("visit"))
        return others


def bands_of(photo: Any) -> tuple[int, int, int, int]:
    return photo.band_0, photo.band_1, photo.band_2, photo.band_3


def _near(these: list[Any], others: list[Any]) -> dict[Any, list[Any]]:
    by_band: dict[tuple[Any, int, int], list[Any]] = {}
    for photo in others:
        for number, band in enumerate(bands_of(photo)):
            by_band.setdefault((photo.county, number, band), []).append(photo)
    found: dict[Any, list[Any]] = {}
    for photo in these:
        keys = [(photo.county, number, band) for number, band in enumerate(bands_of(photo))]
        candidates = {other.pk: other for key in keys for other in by_band.get(key, ()) if other.visit_id != photo.visit_id}
        if close := [other for other in candidates.values() if distance(bands_of(photo), bands_of(other)) <= NEAR]:
            found[photo] = close
    return found
