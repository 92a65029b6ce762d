from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.rules import SCHOOL_WIDE, Role

if TYPE_CHECKING:
    from accounts.models import User


class CaseQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> CaseQuerySet:
        """The cases of a person's schools and county; a teacher's are those they are on today."""
        reach = user.reach
        return self.filter(
            Q(school__in=reach.schools(*SCHOOL_WIDE))
            | Q(student__registered_school__in=reach.schools(Role.SCHOOL_ADMIN, Role.PRINCIPAL))
            | Q(student__county__in=reach.areas(Role.COUNTY_STAFF, Role.COUNTY_LEADER))
            | _taught(user)
        )

    def taught_by(self, user: User) -> CaseQuerySet:
        """The cases a person is on today, at the schools they teach at."""
        return self.filter(_taught(user))

    def in_service_between(self, first: date, last: date) -> CaseQuerySet:
        """Cases whose service touches any day from `first` to `last`, pauses not looked at."""
        return self.filter(starts_on__lte=last).filter(Q(ends_on=None) | Q(ends_on__gt=first))


def _taught(user: User) -> Q:
    from students.models import CaseTeacher

    reach = user.reach
    mine = CaseTeacher.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=reach.on), Q(ends_on=None) | Q(ends_on__gt=reach.on), case=OuterRef("pk"), user=user.pk
    )
    return Q(Exists(mine), school__in=reach.schools(Role.TEACHER))


class StudentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> StudentQuerySet:
        """The children of the cases a person sees; a county's staff and leaders see all of its children."""
        from students.models import Case

        reach = user.reach
        cases = Case.objects.visible_to(user).filter(student=OuterRef("pk"))
        return self.filter(Q(county__in=reach.areas(Role.COUNTY_STAFF, Role.COUNTY_LEADER)) | Q(Exists(cases)))
