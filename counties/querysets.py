from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from counties.models import Policy


class AreaQuerySet(models.QuerySet[Any]):
    def counties(self) -> AreaQuerySet:
        return self.filter(code__regex=r"^\d{6}$")

    def townships_of(self, county_code: str) -> AreaQuerySet:
        return self.filter(code__startswith=county_code, code__regex=r"^\d{9}$")


class SchoolQuerySet(models.QuerySet[Any]):
    def of_county(self, county_code: str) -> SchoolQuerySet:
        return self.filter(county_id=county_code)

    def within(self, area_code: str) -> SchoolQuerySet:
        """Schools of every county whose code begins with `area_code`."""
        return self.filter(county_id__startswith=area_code)


class PolicyQuerySet(models.QuerySet[Any]):
    def of_county(self, county_code: str) -> PolicyQuerySet:
        return self.filter(county_id=county_code).order_by("effective_on")

    def judging(self, county_code: str, month: date) -> Policy | None:
        """The policy in force on the first day of the month; before the first one, the first; None without any."""
        versions = list(self.of_county(county_code))
        in_force = [version for version in versions if version.effective_on <= month]
        return in_force[-1] if in_force else next(iter(versions), None)
