"""What visits written on the page show of each child: columns beside the records' own, and their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, ExtractMonth, ExtractYear, TruncDate
from django.utils.timezone import get_default_timezone

from counties.rules import PolicyTerms
from students.models import Consent
from visits.models import Photo, Visit, VisitRecord
from visits.rules.flags import Shown

PICTURES = (Photo.Kind.PHOTO, Photo.Kind.SCREENSHOT)
"""What is compared: thumb-prints and papers confirm, and one paper may confirm several visits."""


def key(column: str) -> Cast:
    """The id as text: see visits.rules.judging.Key."""
    return Cast(column, TextField())


SHOWN = tuple(f"page_{name}" for name in "written_at received_at drift photos may_photograph confirmed reused other_day".split())
"""What `showing` adds to records; all of it None for a visit from a sheet."""


def showing(terms: PolicyTerms, *, as_of: datetime) -> dict[str, Any]:
    """The annotations SHOWN: no query of their own."""
    paged = Q(visit__source=Visit.Source.PAGE)
    sparing = paged & ~Q(visit__mode=Visit.Mode.REMOTE) & Q(photo_count__lt=terms.photo_min)
    sure = Q(_is_confirmed(terms))
    columns = (
        When(paged, then=F("visit__written_at")),
        When(paged, then=F("visit__received_at")),
        When(paged, then=F("visit__drift")),
        When(paged, then=F("photo_count")),
        When(sparing, then=_word_on_photos()),
        When(paged & sure, then=Value(value=True)),
        When(paged, then=Exists(reused_pictures(as_of).filter(_of_the_record()))),
        When(paged, then=Exists(pictures_of_another_day().filter(_of_the_record()))),
    )
    return {name: Choose(column) for name, column in zip(SHOWN, columns, strict=True)}


def read_shown(row: Sequence[Any]) -> Shown | None:
    """What the columns SHOWN of a record say; None for a visit from a sheet."""
    written_at, received_at, drift, photos, *found = row
    return None if written_at is None else Shown(written_at, received_at, drift, photos, *map(bool, found))


def _is_confirmed(terms: PolicyTerms) -> Any:
    """This record is confirmed; with `month`, any of the child in the same month."""
    if terms.confirm_period == "visit":
        return Q(confirmed_at__isnull=False)
    that_month = VisitRecord.objects.filter(
        student=OuterRef("student"),
        on__year=ExtractYear(OuterRef("on")),
        on__month=ExtractMonth(OuterRef("on")),
        confirmed_at__isnull=False,
    )
    return Exists(that_month)


def _word_on_photos() -> Subquery:
    """The guardian's latest word in force on the day of the visit; nothing on record is no consent."""
    said = Consent.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=OuterRef("on")),
        student=OuterRef("student"),
        kind=Consent.Kind.PHOTOS,
        starts_on__lte=OuterRef("on"),
    )
    return Subquery(said.order_by("-starts_on", "-pk").values("is_given")[:1])


# --- Pictures --------------------------------------------------------------------------------------------


def received_pictures() -> QuerySet[Photo]:
    pictures: QuerySet[Photo] = Photo.objects.shown().filter(kind__in=PICTURES).order_by()
    return pictures


def reused_pictures(as_of: datetime) -> QuerySet[Photo]:
    """Those that are on another visit of the county too, digit by digit."""
    twin = received_pictures().filter(
        digest=OuterRef("digest"), visit__school__county=OuterRef("visit__school__county"), visit__starts_at__lte=as_of
    )
    return received_pictures().filter(Exists(twin.exclude(visit=OuterRef("visit"))))


def pictures_of_another_day() -> QuerySet[Photo]:
    """Those whose camera said another day than the visit's; where it said none, nothing is asked."""
    dated = received_pictures().filter(taken_at__isnull=False).annotate(day=TruncDate("taken_at", tzinfo=get_default_timezone()))
    return dated.exclude(day=F("visit__on"))


def _of_the_record() -> Q:
    """Of the outer record's visit: what shows the child, and what nobody said of whom it shows."""
    return Q(visit=OuterRef("visit")) & (Q(records=OuterRef("pk")) | Q(records=None))
