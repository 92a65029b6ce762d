"""Which records are whose. Source: docs/rules.md, "People and what they see"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import F, Q, Value, When

from accounts.rules import SCHOOL_WIDE, Role

if TYPE_CHECKING:
    from accounts.models import User

HEADS = (Role.SCHOOL_ADMIN, Role.PRINCIPAL)
GOERS = (Role.TEACHER, *HEADS, Role.ITINERANT)


def visible(user: User) -> list[Q]:
    """The ways a record comes to be seen: what is open to a person, and in outline what else concerns them.

    Leaders see their county so; a school's heads see so the outings of its teachers to children of other schools.
    """
    ways = readable(user)
    if counties := user.reach.areas(Role.COUNTY_LEADER):
        ways.append(Q(school__county__in=counties))
    if headed := user.reach.schools(*HEADS):
        ways.append(Q(pk__in=_made_elsewhere_by_teachers_of(headed)))
    return ways


def readable(user: User) -> list[Q]:
    """In full: the children of a person's schools and cases, those registered there, a county's for its staff, and outings one made."""
    from students.models import Case, Student
    from visits.models import VisitPerson

    reach = user.reach
    ways = []
    if counties := reach.areas(Role.COUNTY_STAFF):
        ways.append(Q(school__county__in=counties))
    if schools := reach.schools(*SCHOOL_WIDE):
        ways.append(Q(school__in=schools))
    if headed := reach.schools(*HEADS):
        ways.append(Q(student__in=Student.objects.filter(registered_school__in=headed)))
    if reach.holds(Role.TEACHER):
        ways.append(Q(case__in=Case.objects.taught_by(user)))
    if reach.schools(*GOERS):
        ways.append(Q(visit__in=VisitPerson.objects.filter(user=user.pk).order_by().values("visit")))
    return ways


def asking(user: User) -> list[Q]:
    """The ways a person knows at once what is asked about a record: the team's, the child's teachers' and the school's."""
    from students.models import Case
    from visits.models import VisitPerson

    reach = user.reach
    ways = []
    if schools := reach.schools(*SCHOOL_WIDE):
        ways.append(Q(school__in=schools))
    if reach.holds(Role.TEACHER):
        ways.append(Q(case__in=Case.objects.taught_by(user).order_by().values("pk")))
    if reach.schools(*GOERS):
        ways.append(Q(visit__in=VisitPerson.objects.filter(user=user.pk).order_by().values("visit")))
    return ways


def told_where(ways: list[Q]) -> Any:
    """1 where one of the ways leads to the record, else 0. For a page of records, not for thousands."""
    return Choose(*(When(way, then=Value(1)) for way in ways), default=Value(0))


def _made_elsewhere_by_teachers_of(schools: frozenset[UUID]) -> Any:
    """The records of other schools' children, of visits made by the teachers of `schools`, in post on the day."""
    from visits.models import VisitRecord

    post = "visit__people__user__posts__"
    in_post = Q(**{f"{post}starts_on": None}) | Q(**{f"{post}starts_on__lte": F("on")})
    in_post &= Q(**{f"{post}ends_on": None}) | Q(**{f"{post}ends_on__gt": F("on")})
    teaches = Q(**{f"{post}school__in": schools, f"{post}role": Role.TEACHER})
    return VisitRecord.objects.exclude(school__in=schools).filter(teaches & in_post).order_by().values("pk")
