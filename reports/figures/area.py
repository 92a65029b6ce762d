"""Numbers of whole counties, for those who see numbers only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from accounts.rules import Role
from counties.models import Area
from reports.figures.past import Judged, add_up
from reports.models import Verdict
from reports.rules import share_text


@dataclass(frozen=True, slots=True)
class CountyLine:
    """A county and what its verdicts of a month come to; None while there are none."""

    code: str
    name: str
    judged: Judged | None

    @property
    def rate_text(self) -> str:
        return share_text(self.judged.rate if self.judged else None)

    @property
    def reachable_rate_text(self) -> str:
        return share_text(self.judged.reachable_rate if self.judged else None)


def counties_of(user: User) -> list[Area]:
    """The counties below the areas a person observes. One query."""
    prefixes = tuple(user.reach.areas(Role.OBSERVER))
    return [county for county in Area.objects.counties() if county.code.startswith(prefixes)] if prefixes else []


def county_lines(user: User, counties: list[Area], month: date) -> list[CountyLine]:
    """One query."""
    verdicts = Verdict.objects.within(user.reach.areas(Role.OBSERVER)).of_month(month).standing()
    judged = add_up(verdicts, "school__county")
    return [CountyLine(county.code, county.name, judged.get((county.code,))) for county in counties]
