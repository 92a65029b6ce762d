"""What visits written on the page show of each child: columns beside the records' own, and their pictures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, ExtractMonth, ExtractYear, TruncDate
from django.utils.timezone import get_default_timezone

from counties.rules import PolicyTerms
from students.models import Consent
from visits.models import Photo, Visit, VisitRecord
from visits.rules.flags import Bands, Other, Shown, are_near, first_named
from visits.rules.judging import Key

PICTURES = (Photo.Kind.PHOTO, Photo.Kind.SCREENSHOT)
"""What is compared: thumb-prints and papers confirm, and one paper may confirm several visits."""

BANDS = ("band_0", "band_1", "band_2", "band_3")


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


ByChild = dict[tuple[Key, Key | None], list[Any]]
"""By visit and child; None for pictures of which nobody said whom they show."""


def found_by_child(pictures: QuerySet[Photo], records: QuerySet[VisitRecord], *columns: str) -> ByChild:
    """One query: the pictures of visits of the records, as rows of these columns."""
    rows = pictures.filter(visit__in=records.order_by().values("visit")).values_list(key("visit_id"), key("records__student_id"), *columns)
    found: ByChild = defaultdict(list)
    for visit, student, *row in rows:
        found[visit, student].append(tuple(row))
    return found


def same_pictures(digests: Collection[str], county: str, *, as_of: datetime) -> dict[str, list[Other]]:
    """The visits of the county that each picture is on, the first of them. One query, or none."""
    found: dict[str, list[Other]] = defaultdict(list)
    if digests:
        pictures = received_pictures().filter(digest__in=digests, visit__school__county=county, visit__starts_at__lte=as_of)
        for digest, *visit in pictures.values_list("digest", *OTHER):
            found[digest].append(other(*visit))
    return {digest: first_named(visits) for digest, visits in found.items()}


OTHER = (key("visit_id"), "visit__starts_at", "visit__ends_at")


def other(visit: Key, starts_at: datetime, ends_at: datetime) -> Other:
    zone = get_default_timezone()
    return Other(visit, starts_at.astimezone(zone), ends_at.astimezone(zone))


def near_pictures(records: QuerySet[VisitRecord], county: str, *, as_of: datetime) -> ByChild:
    """The digests of pictures that look nearly like one of another visit of the county, with that visit. Two queries."""
    paged = records.filter(visit__source=Visit.Source.PAGE)
    mine = found_by_child(received_pictures().filter(band_0__isnull=False), paged, "digest", *BANDS)
    by_band = _by_band({row[1:] for rows in mine.values() for row in rows}, county, as_of)
    near: ByChild = defaultdict(list)
    for (visit, student), rows in mine.items():
        for digest, *bands in rows:
            for other_digest, theirs, elsewhere in {near for place in enumerate(bands) for near in by_band[place]}:
                if elsewhere.visit_id != visit and other_digest != digest and are_near((*bands,), theirs):
                    near[visit, student].append((digest, elsewhere))
    return near


Banded = tuple[str, Bands, Other]


def _by_band(hashes: Collection[tuple[Any, ...]], county: str, as_of: datetime) -> dict[tuple[int, int], list[Banded]]:
    """The county's pictures that share a band with one of these, by place and band. Each band asks its own index."""
    found: dict[tuple[int, int], list[Banded]] = defaultdict(list)
    if not hashes:
        return found
    ways = [
        Photo.objects.filter(**{f"{band}__in": {each[place] for each in hashes}}).order_by().values("pk")
        for place, band in enumerate(BANDS)
    ]
    pictures = received_pictures().filter(
        pk__in=ways[0].union(*ways[1:]), visit__school__county=county, visit__starts_at__lte=as_of, band_0__isnull=False
    )
    for digest, *rest in pictures.values_list("digest", *BANDS, *OTHER):
        for place in enumerate(rest[:4]):
            found[place].append((digest, (*rest[:4],), other(*rest[4:])))
    return found
