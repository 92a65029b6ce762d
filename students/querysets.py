from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.rules import COUNTY_ROLES, SCHOOL_WIDE, Role

if TYPE_CHECKING:
    from accounts.models import User
    from students.models import Case, RosterUpload, Student


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> CaseQuerySet:
        """The cases of a person's schools and county; a teacher's are those they are on today."""
        return self.filter(_reached(user, COUNTY_ROLES))

    def open_to(self, user: User) -> CaseQuerySet:
        """Those of them whose child the person knows by name: a county's leaders see numbers and masked names."""
        return self.filter(_reached(user, frozenset({Role.COUNTY_STAFF})))

    def taught_by(self, user: User) -> CaseQuerySet:
        """The cases a person is on today, at the schools they teach at."""
        return self.filter(_taught(user))

    def in_service_between(self, first: date, last: date) -> CaseQuerySet:
        """Cases whose service touches any day from `first` to `last`, pauses not looked at."""
        return self.filter(starts_on__lte=last).filter(Q(ends_on=None) | Q(ends_on__gt=first))


def _reached(user: User, county_roles: frozenset[Role]) -> Q:
    reach = user.reach
    return (
        Q(school__in=reach.schools(*SCHOOL_WIDE))
        | Q(student__registered_school__in=reach.schools(Role.SCHOOL_ADMIN, Role.PRINCIPAL))
        | Q(student__county__in=reach.areas(*county_roles))
        | _taught(user)
    )


def _taught(user: User) -> Q:
    from students.models import CaseTeacher

    reach = user.reach
    mine = CaseTeacher.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=reach.on), Q(ends_on=None) | Q(ends_on__gt=reach.on), case=OuterRef("pk"), user=user.pk
    )
    return Q(Exists(mine), school__in=reach.schools(Role.TEACHER))


class StudentQuerySet(models.QuerySet["Student"]):
    def visible_to(self, user: User) -> StudentQuerySet:
        """The children of the cases a person sees; a county's staff and leaders see all of its children."""
        from students.models import Case

        cases = Case.objects.visible_to(user).filter(student=OuterRef("pk"))
        return self.filter(Q(county__in=user.reach.areas(*COUNTY_ROLES)) | Q(Exists(cases)))

    def open_to(self, user: User) -> StudentQuerySet:
        """Those of them whose names and pages the person may see; for a county's leaders these are none."""
        from students.models import Case

        cases = Case.objects.open_to(user).filter(student=OuterRef("pk"))
        return self.filter(Q(county__in=user.reach.areas(Role.COUNTY_STAFF)) | Q(Exists(cases)))


class RosterUploadQuerySet(models.QuerySet["RosterUpload"]):
    def visible_to(self, user: User) -> RosterUploadQuerySet:
        """One's own: what somebody uploaded concerns children that others may not see."""
        return self.filter(by=user)

    def with_work(self) -> RosterUploadQuerySet:
        return self.select_related("county", "sheet", "findings", "rejects", "checking", "importing")
