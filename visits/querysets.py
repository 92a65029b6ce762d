from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.rules import SCHOOL_WIDE, Role

if TYPE_CHECKING:
    from accounts.models import User


class VisitQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> VisitQuerySet:
        """Visits of a person's schools and county; a teacher's are those they made and those of their cases."""
        from students.models import Case
        from visits.models import VisitPerson, VisitRecord

        reach = user.reach
        made = VisitPerson.objects.filter(visit=OuterRef("pk"), user=user.pk)
        of_my_cases = VisitRecord.objects.filter(visit=OuterRef("pk"), case__in=Case.objects.visible_to(user))
        return self.filter(
            Q(school__in=reach.schools(*SCHOOL_WIDE))
            | Q(school__county__in=reach.areas(Role.COUNTY_STAFF, Role.COUNTY_LEADER))
            | (Q(Exists(made)) | Q(Exists(of_my_cases)) if reach.holds(Role.TEACHER) else Q(pk__in=[]))
        )

    def between(self, first: date, last: date) -> VisitQuerySet:
        return self.filter(on__gte=first, on__lte=last)


class VisitRecordQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> VisitRecordQuerySet:
        """The records of the visits a person sees."""
        from visits.models import Visit

        return self.filter(visit__in=Visit.objects.visible_to(user))

    def between(self, first: date, last: date) -> VisitRecordQuerySet:
        return self.filter(on__gte=first, on__lte=last)
