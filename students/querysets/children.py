from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.rules import COUNTY_ROLES, SCHOOL_ROLES, Role
from accounts.rules.names import name_key

if TYPE_CHECKING:
    from accounts.models import User


class StudentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> StudentQuerySet:
        """The children of the cases a person sees; a county's staff and leaders see all of its children."""
        from students.models import Case

        cases = Case.objects.visible_to(user).filter(student=OuterRef("pk"))
        return self._of_counties_or(cases, user, COUNTY_ROLES)

    def open_to(self, user: User) -> StudentQuerySet:
        """Those of them whose names and pages the person may see; for a county's leaders these are none."""
        from students.models import Case

        cases = Case.objects.open_to(user).filter(student=OuterRef("pk"))
        return self._of_counties_or(cases, user, frozenset({Role.COUNTY_STAFF}))

    def _of_counties_or(self, cases: models.QuerySet[Any], user: User, county_roles: frozenset[Role]) -> StudentQuerySet:
        """Who holds no post at a school reaches cases through their county alone: nothing more is asked then."""
        of_counties = Q(county__in=user.reach.areas(*county_roles))
        return self.filter(of_counties | Q(Exists(cases)) if user.reach.holds(*SCHOOL_ROLES) else of_counties)

    def agreed_through(self, user: User) -> StudentQuerySet:
        """The children whose guardians' consents a person writes down: those a school admin's school serves, those one teaches."""
        from students.models import Case

        mine = Case.objects.filter(school__in=user.reach.schools(Role.SCHOOL_ADMIN)) | Case.objects.taught_by(user)
        return self.filter(Exists(mine.filter(student=OuterRef("pk"))))

    def with_current_case(self, user: User, on: date) -> StudentQuerySet:
        """Adds of the latest case that `user` sees: `case_id`, `standing`, `school_id`, `school_code`."""
        from students.models import Case

        latest = Case.objects.visible_to(user).filter(student=OuterRef("pk")).with_standing(on).latest_first()
        told: StudentQuerySet = self.annotate(
            case_id=Subquery(latest.values("pk")[:1]),
            standing=Subquery(latest.values("standing")[:1]),
            school_id=Subquery(latest.values("school")[:1]),
            school_code=Subquery(latest.values("school__code")[:1]),
        )
        return told

    def taught_by(self, teacher: UUID, on: date) -> StudentQuerySet:
        """Of children with their current case: those whose case the teacher is on."""
        from students.models import CaseTeacher

        in_force = CaseTeacher.objects.filter(Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gt=on))
        return self.filter(Exists(in_force.filter(case=OuterRef("case_id"), user=teacher)))

    def matching(self, words: str) -> StudentQuerySet:
        """By a part of the name, or the beginning of its pinyin initials."""
        key = name_key(words)
        initials = key.lower()
        found = Q(name_key__contains=key)
        if initials.isascii() and initials.isalnum():
            found |= Q(initials__startswith=initials) | Q(initials__contains=f" {initials}")
        return self.filter(found)
