"""Chainable words about visits and about each child's record of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db import models
from django.db.models import Case as Choose
from django.db.models import Count, DecimalField, Exists, F, OuterRef, Prefetch, Q, Sum, Value, When
from django.db.models.functions import Least

from visits.querysets.reach import readable, told_where, visible
from visits.rules.lines import Cap, Measure, Totals

if TYPE_CHECKING:
    from accounts.models import User

LESSONS: DecimalField[Decimal, Decimal] = DecimalField(max_digits=9, decimal_places=2)
MISSED = Q(visit__state="missed") | Q(visit__state="done", present=False)


class VisitQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> VisitQuerySet:
        """The visits of which a person sees any record."""
        from visits.models import VisitRecord

        return self.filter(Exists(VisitRecord.objects.visible_to(user).filter(visit=OuterRef("pk"))))

    def between(self, first: date, last: date) -> VisitQuerySet:
        return self.filter(on__gte=first, on__lte=last)


class VisitRecordQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> VisitRecordQuerySet:
        """What is open to a person, and in outline (date and lessons, the child masked) what else concerns them."""
        return self._reached(visible(user))

    def open_to(self, user: User) -> VisitRecordQuerySet:
        """The records a person reads in full, the child by name."""
        return self._reached(readable(user))

    def _reached(self, ways: Sequence[Q]) -> VisitRecordQuerySet:
        """The records reached in any of the ways. Each way asks an index of its own; one condition of them all would read every row."""
        if len(ways) < 2:
            return self.filter(*ways) if ways else self.none()
        first, *others = (self.model._default_manager.filter(way).order_by().values("pk") for way in ways)
        return self.filter(pk__in=first.union(*others))

    def with_openness(self, user: User) -> VisitRecordQuerySet:
        """Adds `is_open`: 1 where the record is open to the person. For a page of records, not for thousands."""
        return cast("VisitRecordQuerySet", self.annotate(is_open=told_where(readable(user))))

    def with_practices(self) -> VisitRecordQuerySet:
        """With what each practised and the plans that say it read beforehand, for `querysets.practising.told_of`. Two queries."""
        from visits.models import Practice

        return self.prefetch_related(Prefetch("practices", Practice.objects.order_by("position", "pk")), "practices__plan")

    def between(self, first: date, last: date) -> VisitRecordQuerySet:
        return self.filter(on__gte=first, on__lte=last)

    def made_by(self, user_id: UUID) -> VisitRecordQuerySet:
        from visits.models import VisitPerson

        return self.filter(visit__in=VisitPerson.objects.filter(user=user_id).order_by().values("visit"))

    def with_outcome(self, outcome: str) -> VisitRecordQuerySet:
        """What became of the visit for the child (visits.rules.lines.OUTCOMES): one absent from a group's visit was missed."""
        if outcome == "missed":
            return self.filter(MISSED)
        return self.filter(Q(visit__state=outcome, present=True) if outcome == "done" else Q(visit__state=outcome))

    def of_empty_outings(self) -> VisitRecordQuerySet:
        """Of visits that found none of their children: what a team's workload calls missed."""
        present = self.model._default_manager.filter(visit=OuterRef("visit"), present=True)
        return self.filter(Q(visit__state="missed") | Q(~Exists(present), visit__state="done"))

    def delivered(self, measure: Measure) -> VisitRecordQuerySet:
        return self.filter(_delivered(measure))

    def totals(self, measure: Measure) -> Totals:
        """The sums of all records, in one query. Caps are looked at only where more is recorded than the lowest of them."""
        counts = _delivered(measure)
        sums = self.order_by().aggregate(
            records=Count("*"),
            outings=Count("visit", distinct=True),
            delivered=Count("on", filter=counts),
            missed=Count("on", filter=MISSED),
            recorded=Sum("lessons", filter=counts),
            cut=Sum(F("lessons") - _credited(measure), filter=counts & Q(lessons__gt=measure.lowest_cap), output_field=LESSONS),
        )
        return Totals.read(sums | {"lessons": (sums["recorded"] or 0) - (sums["cut"] or 0)})


def _delivered(measure: Measure) -> Q:
    return Q(visit__state="done", visit__purpose__in=sorted(measure.purposes), present=True, lessons__gt=0)


def _credited(measure: Measure) -> Any:
    """Recorded lessons, capped as the policy judging their month says."""
    steps = [
        When(Q(school__county=county, on__gte=cap.since), then=_capped(cap))
        for county, caps in measure.caps.items()
        for cap in reversed(caps)
    ]
    return Choose(*steps, default=F("lessons"), output_field=LESSONS)


def _capped(cap: Cap) -> Any:
    return F("lessons") if cap.lessons is None else Least("lessons", Value(cap.lessons))
