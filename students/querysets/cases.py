from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case as Choose
from django.db.models import Exists, F, OuterRef, Q, Value, When

from accounts.rules import COUNTY_ROLES, SCHOOL_WIDE, Role
from students.codes import SERVED_STATES, CaseState

if TYPE_CHECKING:
    from accounts.models import User


class CaseQuerySet(models.QuerySet[Any]):
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

    def with_standing(self, on: date) -> CaseQuerySet:
        """Adds `standing`: the state as the day shows it; a pause and an end begin on their day, whoever wrote them down before."""
        from students.models import Pause

        paused = Pause.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), case=OuterRef("pk"), starts_on__lte=on)
        told: CaseQuerySet = self.annotate(
            standing=Choose(
                When(~Q(state__in=SERVED_STATES), then=F("state")),
                When(ends_on__lte=on, then=Value(CaseState.EXITED.value)),
                When(Exists(paused), then=Value(CaseState.SUSPENDED.value)),
                default=Value(CaseState.ACTIVE.value),
                output_field=models.CharField(),
            )
        )
        return told

    def latest_first(self) -> CaseQuerySet:
        """Of one child: what is not over, then what began or ended last."""
        return self.order_by(F("ends_on").desc(nulls_first=True), F("starts_on").desc(nulls_last=True), "-created_at", "pk")


def _reached(user: User, county_roles: frozenset[Role]) -> Q:
    """Only the ways that the person's posts open: a condition that reaches nothing is built and asked for nothing."""
    reach = user.reach
    ways = Q(pk__in=[])
    if schools := reach.schools(*SCHOOL_WIDE):
        ways |= Q(school__in=schools)
    if headed := reach.schools(Role.SCHOOL_ADMIN, Role.PRINCIPAL):
        ways |= Q(student__registered_school__in=headed)
    if counties := reach.areas(*county_roles):
        ways |= Q(student__county__in=counties)
    return ways | _taught(user) if reach.holds(Role.TEACHER) else ways


def _taught(user: User) -> Q:
    from students.models import CaseTeacher

    reach = user.reach
    mine = CaseTeacher.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=reach.on), Q(ends_on=None) | Q(ends_on__gt=reach.on), case=OuterRef("pk"), user=user.pk
    )
    return Q(Exists(mine), school__in=reach.schools(Role.TEACHER))
