"""What a month is judged from, read in a fixed number of queries whatever the county's size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Least
from django.utils.timezone import get_default_timezone

from accounts.models import Post
from counties.models import Policy, School
from counties.rules import Calendar, PolicyTerms, Span, school_year_of
from students.codes import SERVED_STATES
from students.models import Case
from students.rules.service import Service, months_of_year
from visits.models import Visit, VisitPerson, VisitRecord
from visits.querysets.showing import SHOWN, key, read_shown, showing
from visits.rules.flags import Shown
from visits.rules.judging import Fact, Key

LESSONS = DecimalField(max_digits=9, decimal_places=2)


@dataclass(frozen=True)
class Demands:
    """The policies and the calendar that judge a month and its school year."""

    policy: Policy | None
    terms: PolicyTerms
    terms_of: dict[date, PolicyTerms]
    calendar: Calendar


def load_demands(county_code: str, month: date) -> Demands:
    """One query. A county without a policy is judged by the defaults."""
    judging, calendar = Policy.objects.with_calendar(county_code, months_of_year(school_year_of(month)))
    terms_of = {each: _terms(policy) for each, policy in judging.items()}
    return Demands(judging[month], terms_of[month], terms_of, calendar)


def _terms(policy: Policy | None) -> PolicyTerms:
    return policy.terms if policy else PolicyTerms()


# --- Whose month ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scope:
    """The schools whose month is asked for; `is_whole_county` spares a filter by child."""

    schools: dict[Key, School]
    is_whole_county: bool

    @property
    def ids(self) -> list[UUID]:
        return [school.pk for school in self.schools.values()]

    def children(self, window: Span) -> QuerySet[Case]:
        return Case.objects.filter(school__in=self.ids, state__in=SERVED_STATES).in_service_between(window.first, window.last)

    def own(self, records: QuerySet[VisitRecord], window: Span) -> QuerySet[VisitRecord]:
        """The records of the scope's children, also those made for another school."""
        if self.is_whole_county:
            return records.filter(school__in=self.ids)
        return records.filter(student__in=self.children(window).values("student"))


class ChildRow(NamedTuple):
    student_id: Key
    name: str
    birth_on: date
    mainly_remote_until: date | None
    school_id: Key
    service: Service


def load_children(scope: Scope, month_window: Span, year_window: Span) -> dict[Key, list[ChildRow]]:
    """Every case in the year of the children with a case of the scope in the month: one query, earliest first."""
    wanted = Q(school__in=scope.ids) if scope.is_whole_county else Q(student__in=scope.children(month_window).values("student"))
    rows = (
        Case.objects.filter(wanted, state__in=SERVED_STATES)
        .in_service_between(year_window.first, year_window.last)
        .order_by("starts_on", "pk", "pauses__starts_on")
        .values_list(
            *("pk", key("student_id"), "student__name", "student__birth_on", "mainly_remote_until"),
            *(key("school_id"), "starts_on", "ends_on", "pauses__starts_on", "pauses__ends_on"),
        )
    )
    children: dict[Key, list[ChildRow]] = {}
    for _, one_a_pause in groupby(rows.iterator(), key=itemgetter(0)):
        child = _child(list(one_a_pause))
        children.setdefault(child.student_id, []).append(child)
    return children


def _child(one_a_pause: list[tuple[Any, ...]]) -> ChildRow:
    """A case from its rows, which repeat once a pause."""
    _, student, name, birth_on, remote_until, school, starts_on, ends_on, *_ = one_a_pause[0]
    pauses = tuple((row[-2], row[-1]) for row in one_a_pause if row[-2] is not None)
    return ChildRow(student, name, birth_on, remote_until, school, Service(starts_on, ends_on, pauses))


# --- What happened ------------------------------------------------------------------------------------


def happened(as_of: datetime, prefix: str = "") -> Q:
    """A visit exists when its start has come; one that is planned when it has not."""
    state, start = f"{prefix}state", f"{prefix}starts_at"
    return Q(**{f"{state}__in": [Visit.State.DONE, Visit.State.MISSED], f"{start}__lte": as_of}) | Q(
        **{state: Visit.State.PLANNED, f"{start}__gt": as_of}
    )


def load_facts(
    scope: Scope, window: Span, as_of: datetime, demands: Demands, month_window: Span
) -> tuple[list[Fact], dict[tuple[Key, Key], Shown]]:
    """One query: the children's visits between the days of `window`, in order of their start, and what those from the page show."""
    twin = (
        VisitRecord.objects.filter(
            student=OuterRef("student"),
            teaching_key=OuterRef("teaching_key"),
            present=True,
            lessons__gt=0,
            visit__state=Visit.State.DONE,
            visit__starts_at__lte=as_of,
        )
        .exclude(pk=OuterRef("pk"))
        .exclude(teaching_key="")
    )
    records = scope.own(VisitRecord.objects.between(window.first, window.last), month_window).filter(happened(as_of, "visit__"))
    rows = (
        records.annotate(**showing(demands.terms, as_of=as_of))
        .annotate(repeated=Choose(When(teaching_key="", then=Value(False)), default=Exists(twin)))  # noqa: FBT003
        .order_by("visit__starts_at")
        .values_list(
            *(key("visit_id"), key("student_id"), key("school_id"), "on", "present", "absent_reason", "lessons", "repeated"),
            *(f"visit__{name}" for name in ("starts_at", "ends_at", "mode", "state", "purpose", "missed_reason")),
            *SHOWN,
        )
    )
    zone, purposes = get_default_timezone(), frozenset(demands.terms.counting_purposes)
    facts, shown = [], {}
    for visit, student, school, on, present, absent, lessons, repeated, start, end, mode, state, purpose, missed, *page in rows.iterator():
        fact = Fact(
            *(visit, student, school, on, start.astimezone(zone), end.astimezone(zone), mode, state),
            counts=purpose in purposes,
            present=present and state == Visit.State.DONE,
            reason=absent or missed,
            lessons=lessons,
            repeated=bool(repeated),
        )
        facts.append(fact)
        if (of_page := read_shown(page)) and fact.present:
            shown[visit, student] = of_page
    return facts, shown


class YearSum(NamedTuple):
    delivered: Decimal
    planned: int


def load_year(scope: Scope, year: Span, as_of: datetime, demands: Demands, month_window: Span) -> dict[Key, YearSum]:
    """One query: each child's credited lessons since 1 September, and the visits still planned in the year."""
    given = Q(visit__state=Visit.State.DONE, visit__starts_at__lte=as_of, present=True, visit__purpose__in=demands.terms.counting_purposes)
    rows = (
        scope.own(VisitRecord.objects.between(year.first, year.last), month_window)
        .filter(happened(as_of, "visit__"))
        .values(child=key("student_id"))
        .annotate(
            delivered=Sum(_credit(demands), filter=given, output_field=LESSONS),
            planned=Count("pk", filter=Q(visit__state=Visit.State.PLANNED)),
        )
        .values_list("child", "delivered", "planned")
        .order_by()
    )
    return {student: YearSum(Decimal(delivered or 0), planned) for student, delivered, planned in rows}


def _credit(demands: Demands) -> Any:
    """Recorded lessons, capped as the policy of their month says; one expression a cap in force."""
    caps = {month: terms.lessons_per_visit for month, terms in demands.terms_of.items()}
    steps: list[tuple[date, Any]] = []
    for month, lessons in sorted(caps.items()):
        capped = F("lessons") if lessons is None else Least(F("lessons"), Value(2 * lessons, output_field=LESSONS))
        if not steps or caps[steps[-1][0]] != lessons:
            steps.append((month, capped))
    if len(steps) == 1:
        return steps[0][1]
    return Choose(*(When(on__gte=first, then=capped) for first, capped in reversed(steps)), output_field=LESSONS)


# --- Who went --------------------------------------------------------------------------------------------


class PersonRow(NamedTuple):
    """A person on a visit that has happened; `user_id` is None for a companion."""

    user_id: Key | None
    visit_id: Key
    on: date
    school_id: Key
    found_somebody: bool
    starts_at: datetime
    ends_at: datetime


def load_people(scope: Scope, window: Span, as_of: datetime, users: Iterable[Key]) -> list[PersonRow]:
    """One query: the teams of the scope's visits, and the outings of `users` to other schools."""
    wanted = Q(visit__school__in=scope.ids)
    if not scope.is_whole_county:
        wanted |= Q(user__in=list(users))
    records = VisitRecord.objects.filter(visit=OuterRef("visit"))
    return [
        PersonRow(*row)
        for row in VisitPerson.objects.filter(
            wanted,
            visit__on__gte=window.first,
            visit__on__lte=window.last,
            visit__state__in=[Visit.State.DONE, Visit.State.MISSED],
            visit__starts_at__lte=as_of,
        )
        .annotate(
            found=Choose(When(visit__state=Visit.State.DONE, then=Exists(records.filter(present=True))), default=Value(False)),  # noqa: FBT003
        )
        .order_by()
        .values_list(key("user_id"), key("visit_id"), "visit__on", key("visit__school_id"), "found", "visit__starts_at", "visit__ends_at")
        .iterator()
    ]


class PostRow(NamedTuple):
    user_id: Key
    name: str
    role: str
    school_id: Key
    school_code: str


def load_posts(scope: Scope, window: Span) -> list[PostRow]:
    """One query: in force on any day of the month, every school post of the people with one at the scope's schools."""
    posts = Post.objects.overlapping(window.first, window.last).filter(school__isnull=False)
    colleagues = Post.objects.filter(school__in=scope.ids).values("user")
    posts = posts.filter(school__in=scope.ids) if scope.is_whole_county else posts.filter(user__in=colleagues)
    return [
        PostRow(*row)
        for row in posts.order_by("school__code", "pk").values_list(key("user_id"), "user__name", "role", key("school_id"), "school__code")
    ]
