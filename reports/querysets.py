from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.rules import COUNTY_ROLES, SCHOOL_WIDE
from students.models import Case

if TYPE_CHECKING:
    from accounts.models import User


class VerdictQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> VerdictQuerySet:
        """Verdicts on the children a person sees, at the schools where they see them."""
        cases = Case.objects.visible_to(user).filter(student=OuterRef("student"), school=OuterRef("school"))
        return self.filter(Q(school__county__in=user.reach.areas(*COUNTY_ROLES)) | Q(Exists(cases)))

    def within(self, area_codes: Iterable[str]) -> VerdictQuerySet:
        """Verdicts of every county whose code begins with one of `area_codes`: to be counted, not read."""
        below = Q(pk__in=[])
        for code in area_codes:
            below |= Q(school__county__code__startswith=code)
        return self.filter(below)

    def standing(self) -> VerdictQuerySet:
        """Only the latest revision of each child's month."""
        return self.filter(is_standing=True)

    def of_month(self, month: date) -> VerdictQuerySet:
        return self.filter(month=month)


class SubmissionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> SubmissionQuerySet:
        """A school's own, and what the county's schools have filed: a draft is the school's alone."""
        own = Q(school__in=user.reach.schools(*SCHOOL_WIDE))
        filed = Q(school__county__in=user.reach.areas(*COUNTY_ROLES)) & ~Q(state="draft")
        return self.filter(own | filed)

    def of_month(self, month: date) -> SubmissionQuerySet:
        return self.filter(month=month)

    def filed(self) -> SubmissionQuerySet:
        """What left the school, whatever became of it."""
        return self.exclude(state="draft")

    def without_files(self, since: datetime) -> SubmissionQuerySet:
        """Filed since then, and PDF or workbook is not there: it could not be printed."""
        return self.filed().exclude(snapshot="").filter(Q(pdf=None) | Q(xlsx=None), made_at__gte=since)

    def standing(self) -> SubmissionQuerySet:
        """The one of each month that is a draft, filed, or accepted."""
        return self.filter(state__in=["draft", "submitted", "accepted"])


class LineReturnQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> LineReturnQuerySet:
        """Lines of the children a person teaches, and of the schools whose months they answer for."""
        taught = Case.objects.taught_by(user).filter(student=OuterRef("student"), school=OuterRef("submission__school"))
        return self.filter(Q(submission__school__in=user.reach.schools(*SCHOOL_WIDE)) | Q(Exists(taught)))

    def standing(self) -> LineReturnQuerySet:
        """Those whose month has not been filed again."""
        months = self.model._meta.get_field("submission").related_model._default_manager
        later = months.filed().filter(
            school=OuterRef("submission__school"), month=OuterRef("submission__month"), version__gt=OuterRef("submission__version")
        )
        return self.filter(submission__state="returned").exclude(Exists(later))
