from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Q

from accounts.rules import Role
from accounts.rules.names import Staff, StaffPost

if TYPE_CHECKING:
    from accounts.models import User


class UserQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> UserQuerySet:
        """Accounts a person looks after: oneself; an admin's own school; the county's for its staff; all for operators."""
        reach = user.reach
        if reach.holds(Role.OPERATOR, Role.SECURITY_OFFICER):
            return self
        return self.filter(
            Q(pk=user.pk)
            | Q(posts__school__in=reach.schools(Role.SCHOOL_ADMIN))
            | Q(posts__school__county__in=reach.areas(Role.COUNTY_STAFF))
            | Q(posts__area__in=reach.areas(Role.COUNTY_STAFF))
        ).distinct()

    def of_county(self, county_code: str) -> UserQuerySet:
        return self.filter(Q(posts__school__county=county_code) | Q(posts__area=county_code)).distinct()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> Any:
        return self.get(username=(username or "").strip().lower())


class PostQuerySet(models.QuerySet[Any]):
    def in_force(self, on: date) -> PostQuerySet:
        return self.select_related("school").filter(Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gt=on))

    def overlapping(self, first: date, last: date) -> PostQuerySet:
        """In force on any day from `first` to `last`."""
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=last), Q(ends_on=None) | Q(ends_on__gt=first))

    def staff_of(self, county_code: str) -> Staff:
        """Who works at the county's schools, today or once: sheets tell of the past."""
        working = self.filter(school__county=county_code, role__in=[Role.TEACHER, Role.SCHOOL_ADMIN, Role.PRINCIPAL, Role.ITINERANT])
        return Staff(StaffPost(*post) for post in working.values_list("user__name", "user_id", "school_id"))
