"""The pictures of visits that give something to ask: on another visit too, of another day, or nearly like another visit's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import TruncDate
from django.utils.timezone import get_default_timezone

from counties.rules import Span
from visits.models import Photo, Visit, VisitRecord
from visits.querysets.showing import key, received_pictures, reused_pictures
from visits.rules.flags import Bands, Other, are_near, first_named
from visits.rules.judging import Fact, Key

BANDS = ("band_0", "band_1", "band_2", "band_3")
OTHER = (key("visit_id"), "visit__starts_at", "visit__ends_at")

ByChild = dict[tuple[Key, Key | None], list[Any]]
"""By visit and child; None for pictures of which nobody said whom they show."""


def other(visit: Key, starts_at: datetime, ends_at: datetime) -> Other:
    zone = get_default_timezone()
    return Other(visit, starts_at.astimezone(zone), ends_at.astimezone(zone))


class Wanted(NamedTuple):
    """What is looked for: only kinds that a record's own columns say are there, and what looks alike in these days."""

    reused: bool
    other_day: bool
    alike_in: Span | None


class Alike(NamedTuple):
    """`same`: digests also on another visit; `visits`: by digest, all that it is on, the first of them.

    `other_days`: digest and the camera's day. `like`: digest, and a visit with a picture that looks nearly like it.
    """

    same: ByChild
    visits: dict[str, list[Other]]
    other_days: ByChild
    like: ByChild

    def of(self, kind: ByChild, fact: Fact) -> list[Any]:
        """Those of the child's visit."""
        return [*kind.get((fact.visit_id, fact.student_id), ()), *kind.get((fact.visit_id, None), ())]


NONE = Alike({}, {}, {}, {})


class _Mine(NamedTuple):
    visit: Key
    student: Key | None
    digest: str
    day: date | None
    on: date
    is_reused: int
    is_page: bool
    bands: Bands | None

    def is_compared(self, days: Span | None) -> bool:
        return days is not None and self.is_page and self.bands is not None and days.holds(self.on)


def alike(records: QuerySet[VisitRecord], county: str, wanted: Wanted, *, as_of: datetime) -> Alike:
    """Of the pictures of the records' visits. Two queries, or none where nothing is wanted."""
    if not any(wanted):
        return NONE
    mine = _mine(records, wanted, as_of)
    reused = [each for each in mine if each.is_reused]
    moved = [each for each in mine if wanted.other_day and each.day not in (None, each.on)]
    compared = [each for each in mine if each.is_compared(wanted.alike_in)]
    there = _there({each.digest for each in reused}, {each.bands for each in compared if each.bands}, county, as_of)
    return Alike(
        same=_by_child((each, each.digest) for each in reused),
        visits=_visits_of(there),
        other_days=_by_child((each, (each.digest, each.day)) for each in moved),
        like=_near(compared, there),
    )


def _mine(records: QuerySet[VisitRecord], wanted: Wanted, as_of: datetime) -> list[_Mine]:
    """One query: a row for each picture and child, of pictures that may give something to ask."""
    reused, day = Exists(reused_pictures(as_of).filter(pk=OuterRef("pk"))), TruncDate("taken_at", tzinfo=get_default_timezone())
    ways = Q(pk__in=())
    if wanted.reused:
        ways |= Q(reused)
    if wanted.other_day:
        ways |= Q(taken_at__isnull=False) & ~Q(day=F("visit__on"))
    if wanted.alike_in:
        days = (wanted.alike_in.first, wanted.alike_in.last)
        ways |= Q(band_0__isnull=False, visit__source=Visit.Source.PAGE, visit__on__range=days)
    pictures = received_pictures().filter(visit__in=records.order_by().values("visit")).annotate(day=day)
    rows = pictures.filter(ways).values_list(
        *(key("visit_id"), key("records__student_id"), "digest", "day", "visit__on", "visit__source"),
        *(reused if wanted.reused else Value(0), *BANDS),
    )
    return [
        _Mine(visit, student, digest, day, on, bool(is_reused), source == Visit.Source.PAGE, _bands(bands))
        for visit, student, digest, day, on, source, is_reused, *bands in rows
    ]


def _bands(bands: list[int | None]) -> Bands | None:
    first, second, third, fourth = bands
    return None if first is None else cast(Bands, (first, second, third, fourth))


class _There(NamedTuple):
    """A picture of the county, and its visit; `is_same`: its digest was asked for."""

    digest: str
    bands: Bands | None
    visit: Other
    is_same: bool


def _there(digests: Collection[str], hashes: Collection[Bands], county: str, as_of: datetime) -> list[_There]:
    """The county's pictures with one of the digests, or that share a band with one of the hashes. One query, or none.

    Digests and each band ask their own index.
    """
    ways = [Photo.objects.filter(digest__in=digests).order_by().values("pk")] if digests else []
    if hashes:
        ways += [
            Photo.objects.filter(**{f"{band}__in": {each[place] for each in hashes}}).order_by().values("pk")
            for place, band in enumerate(BANDS)
        ]
    if not ways:
        return []
    found = received_pictures().filter(pk__in=ways[0].union(*ways[1:]), visit__school__county=county, visit__starts_at__lte=as_of)
    rows = found.values_list("digest", *BANDS, *OTHER)
    return [_There(digest, _bands(rest[:4]), other(*rest[4:]), digest in digests) for digest, *rest in rows]


def _visits_of(there: list[_There]) -> dict[str, list[Other]]:
    found: dict[str, list[Other]] = defaultdict(list)
    for each in there:
        if each.is_same:
            found[each.digest].append(each.visit)
    return {digest: first_named(visits) for digest, visits in found.items()}


def _by_child(found: Iterable[tuple[_Mine, Any]]) -> ByChild:
    by_child: ByChild = defaultdict(list)
    for picture, what in found:
        by_child[picture.visit, picture.student].append(what)
    return by_child


def _near(compared: list[_Mine], there: list[_There]) -> ByChild:
    """Digests, each with a visit that has another picture that looks nearly the same."""
    by_band: dict[tuple[int, int], list[tuple[str, Bands, Other]]] = defaultdict(list)
    for each in there:
        if each.bands is not None:
            for place in enumerate(each.bands):
                by_band[place].append((each.digest, each.bands, each.visit))
    near: ByChild = defaultdict(list)
    for picture in compared:
        bands = cast(Bands, picture.bands)
        for digest, theirs, visit in {one for place in enumerate(bands) for one in by_band[place]}:
            if visit.visit_id != picture.visit and digest != picture.digest and are_near(bands, theirs):
                near[picture.visit, picture.student].append((picture.digest, visit))
    return near
