from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Protocol, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q, Value

from counties.rules import Calendar, Span

if TYPE_CHECKING:
    from counties.models import Policy


class Post(Protocol):
    """A post in force: at a school, or for an area."""

    @property
    def school_id(self) -> UUID | None: ...
    @property
    def area_code(self) -> str: ...


class Posts(Protocol):
    @property
    def standings(self) -> Sequence[Post]: ...


class Person(Protocol):
    """Somebody whose posts have been read."""

    @property
    def reach(self) -> Posts: ...


class AreaQuerySet(models.QuerySet[Any]):
    def counties(self) -> AreaQuerySet:
        return self.filter(code__regex=r"^\d{6}$")

    def townships_of(self, county_code: str) -> AreaQuerySet:
        return self.filter(code__startswith=county_code, code__regex=r"^\d{9}$")


class SchoolQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Person) -> SchoolQuerySet:
        """The schools a person works at, and those of their county."""
        posts = user.reach.standings
        schools, counties = [post.school_id for post in posts if post.school_id], [post.area_code for post in posts if post.area_code]
        return self.filter(Q(pk__in=schools) | Q(county__in=counties))

    def of_county(self, county_code: str) -> SchoolQuerySet:
        return self.filter(county_id=county_code)

    def within(self, area_code: str) -> SchoolQuerySet:
        """Schools of every county whose code begins with `area_code`."""
        return self.filter(county_id__startswith=area_code)


class CountyOwnedQuerySet(models.QuerySet[Any]):
    """Rows that belong to a county: its calendar, its policies."""

    def visible_to(self, user: Person) -> Self:
        """Those of the counties a person has a post for."""
        return self.filter(county__in=[post.area_code for post in user.reach.standings if post.area_code])


class PolicyQuerySet(CountyOwnedQuerySet):
    def of_county(self, county_code: str) -> PolicyQuerySet:
        return self.filter(county_id=county_code).order_by("effective_on")

    def judging(self, county_code: str, month: date) -> Policy | None:
        """The policy in force on the first day of the month; before the first one, the first; None without any."""
        return self.judging_each(county_code, (month,))[month]

    def judging_each(self, county_code: str, months: Iterable[date]) -> dict[date, Policy | None]:
        """The policy judging each of the months, in one query."""
        return _judging_each(list(self.of_county(county_code)), months)

    def with_calendar(self, county_code: str, months: Iterable[date]) -> tuple[dict[date, Policy | None], Calendar]:
        """The policy judging each of the months and the county's calendar, all in one query."""
        from counties.models import Holiday, Term

        nothing = {name: Value(None, output_field=self.model._meta.get_field(name)) for name in POLICY}
        policies = self.filter(county=county_code).order_by().annotate(kind=Value("policy"), last=F("effective_on"))
        spans = [
            days.filter(county=county_code).order_by().values_list(Value(kind), "starts_on", "ends_on", *nothing.values())
            for kind, days in (("term", Term.objects), ("holiday", Holiday.objects))
        ]
        rows = list(policies.values_list("kind", "effective_on", "last", *POLICY).union(*spans, all=True))
        versions = [
            self.model(county_id=county_code, effective_on=first, **dict(zip(POLICY, rest, strict=True)))
            for kind, first, _, *rest in sorted(rows, key=itemgetter(1))
            if kind == "policy"
        ]
        return _judging_each(versions, months), _calendar(row[:3] for row in rows)


POLICY = ("id", "preset", "values", "created_at")
"""What a policy says beside its county and its first day."""


def _judging_each(versions: list[Policy], months: Iterable[date]) -> dict[date, Policy | None]:
    first = next(iter(versions), None)
    return {month: next((version for version in reversed(versions) if version.is_in_force(month)), first) for month in months}


def _calendar(rows: Iterable[tuple[str, date, date]]) -> Calendar:
    spans = sorted(rows, key=itemgetter(1))
    return Calendar(
        terms=tuple(Span(first, last) for kind, first, last in spans if kind == "term"),
        holidays=tuple(Span(first, last) for kind, first, last in spans if kind == "holiday"),
    )
