"""Which records are whose. Source: docs/rules.md, "People and what they see"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import F, Q

from accounts.rules import SCHOOL_WIDE, Role

if TYPE_CHECKING:
    from accounts.models import User

HEADS = (Role.SCHOOL_ADMIN, Role.PRINCIPAL)
GOERS = (Role.TEACHER, *HEADS, Role.ITINERANT)


def visible(user: User) -> Q:
    """What is open to a person, and in outline what else concerns them.

    Leaders see their county so; a school's heads see so the outings of its teachers to children of other schools.
    """
    headed = user.reach.schools(*HEADS)
    return (
        readable(user)
        | Q(school__county__in=user.reach.areas(Role.COUNTY_LEADER))
        | Q(pk__in=_made_elsewhere_by_teachers_of(headed) if headed else [])
    )


def readable(user: User) -> Q:
    """In full: the children of a person's schools and cases, those registered there, a county's for its staff, and outings one made."""
    from students.models import Case, Student
    from visits.models import VisitPerson

    reach = user.reach
    headed, goes = reach.schools(*HEADS), reach.schools(*GOERS)
    return (
        Q(school__county__in=reach.areas(Role.COUNTY_STAFF))
        | Q(school__in=reach.schools(*SCHOOL_WIDE))
        | Q(student__in=Student.objects.filter(registered_school__in=headed) if headed else [])
        | Q(case__in=Case.objects.taught_by(user) if reach.holds(Role.TEACHER) else [])
        | Q(visit__in=VisitPerson.objects.filter(user=user.pk).order_by().values("visit") if goes else [])
    )


def _made_elsewhere_by_teachers_of(schools: frozenset[UUID]) -> Any:
    """The records of other schools' children, of visits made by the teachers of `schools`, in post on the day."""
    from visits.models import VisitRecord

    post = "visit__people__user__posts__"
    in_post = Q(**{f"{post}starts_on": None}) | Q(**{f"{post}starts_on__lte": F("on")})
    in_post &= Q(**{f"{post}ends_on": None}) | Q(**{f"{post}ends_on__gt": F("on")})
    teaches = Q(**{f"{post}school__in": schools, f"{post}role": Role.TEACHER})
    return VisitRecord.objects.exclude(school__in=schools).filter(teaches & in_post).order_by().values("pk")
