"""What the month's round is derived from: three queries for all counties, whatever their size."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from counties.models import Policy, School
from counties.rules import BadPolicy
from reports.models import Submission
from reports.rules.round import County, InForce, Stand, stand_of

logger = logging.getLogger(__name__)


def counties_in_round(codes: Collection[str] | None = None) -> list[County]:
    """The counties that have a policy and schools. One whose policy cannot be read is logged and left out."""
    policies: dict[str, list[Policy]] = defaultdict(list)
    for policy in Policy.objects.filter(**_of(codes)).order_by("county", "effective_on"):
        policies[policy.county_id].append(policy)
    schools: dict[str, list[tuple[UUID, date | None]]] = defaultdict(list)
    for county, *school in School.objects.filter(**_of(codes)).order_by("code").values_list("county", "pk", "reports_from"):
        schools[county].append((school[0], school[1]))
    read = (_county(code, versions, schools[code]) for code, versions in policies.items() if schools[code])
    return [county for county in read if county is not None]


def _of(codes: Collection[str] | None) -> dict[str, Collection[str]]:
    return {} if codes is None else {"county__in": codes}


def _county(code: str, versions: list[Policy], schools: list[tuple[UUID, date | None]]) -> County | None:
    try:
        return County(code, tuple(InForce(each.effective_on, each.created_at, each.terms) for each in versions), tuple(schools))
    except BadPolicy:
        logger.error("county %s has a policy that cannot be read: nothing is done for its month", code)
        return None


def stands_since(month: date, schools: Collection[UUID] | None = None) -> Mapping[tuple[UUID, date], Stand]:
    """How far each school's months have come that anything was written of, from `month` on."""
    chosen = {} if schools is None else {"school__in": schools}
    rows = Submission.objects.filter(month__gte=month, **chosen).order_by("version").values_list("school", "month", "state", "version")
    return {(school, of): stand_of(state, version) for school, of, state, version in rows}
