"""Changes of a county's policy and calendar, each in its audit. `by` is the id of whoever does it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from counties.models import Area, Holiday, MakeUpDay, Policy, Term
from counties.rules import Span, overlap, policy_values, why_not_from
from counties.rules.holidays import YearUnknown, announced
from counties.rules.policy import BadPolicy
from office.audit import record
from office.refusals import Refused

Day = Term | Holiday | MakeUpDay


@transaction.atomic
def add_policy(*, county: Area, preset: str, values: Mapping[str, Any], effective_on: date, by: UUID, at: datetime) -> Policy:
    """A further version, `values` over the preset's. Raises Refused unless it begins with a month that lies wholly ahead."""
    Area.objects.select_for_update().get(pk=county.pk)
    if Policy.objects.of_county(county.pk).exists() and (reason := why_not_from(effective_on, on=timezone.localdate(at))):
        raise Refused(reason)
    if Policy.objects.filter(county=county, effective_on=effective_on).exists():
        raise Refused("这个月起已经定好一版；要改，请先撤回它。")
    try:
        whole = policy_values(preset, values)
    except BadPolicy as bad:
        raise Refused(str(bad)) from bad
    policy: Policy = Policy.objects.create(county=county, effective_on=effective_on, preset=preset, values=whole, created_at=at)
    detail = {"effective_on": effective_on, "preset": preset}
    record("policy.added", subject=policy.pk, by=by, at=at, county=county.pk, detail=detail)
    return policy


@transaction.atomic
def withdraw_policy(*, policy: Policy, by: UUID, at: datetime) -> None:
    """Takes back a version that is not yet in force. Raises Refused for one that is."""
    held = Policy.objects.select_for_update().filter(pk=policy.pk).first()
    if held is None or held.is_in_force(timezone.localdate(at)):
        raise Refused("这一版已经生效或已撤回，不能再改。")
    held.delete()
    detail = {"effective_on": policy.effective_on, "preset": policy.preset}
    record("policy.withdrawn", subject=policy.pk, by=by, at=at, county=policy.county_id, detail=detail)


@transaction.atomic
def save_day(*, row: Day, by: UUID, at: datetime) -> None:
    """A term, holiday or make-up day, new or changed, as its form checked it. Raises Refused when another begins that day."""
    verb = "added" if row.pk is None else "changed"
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as twice:
        raise Refused("这一天已经有一条了。") from twice
    record(f"{row._meta.model_name}.{verb}", subject=None, by=by, at=at, county=row.county_id, detail=days_of_row(row))


@transaction.atomic
def remove_day(*, row: Day, by: UUID, at: datetime) -> None:
    detail = days_of_row(row)
    row.delete()
    record(f"{row._meta.model_name}.removed", subject=None, by=by, at=at, county=row.county_id, detail=detail)


def days_of_row(row: Day) -> dict[str, Any]:
    if isinstance(row, MakeUpDay):
        return {"on": row.on}
    return {"from": row.starts_on, "to": row.ends_on}


@transaction.atomic
def seed_year(*, county: Area, year: int, by: UUID | None, at: datetime) -> tuple[int, int]:
    """The announced holidays and make-up days of a year that the county does not have yet; how many of each were added.

    A holiday that touches one already there is left alone: people's own entries count. Raises Refused for an unknown year.
    """
    try:
        year_plan = announced(year)
    except YearUnknown as unknown:
        raise Refused(str(unknown)) from unknown
    held = [Span(*days) for days in Holiday.objects.filter(county=county).values_list("starts_on", "ends_on")]
    new = [(name, span) for name, span in year_plan.holidays if not any(overlap(span, other) for other in held)]
    known = set(MakeUpDay.objects.filter(county=county).values_list("on", flat=True))
    days = [day for day in year_plan.make_up_days if day not in known]
    Holiday.objects.bulk_create(Holiday(county=county, name=name, starts_on=span.first, ends_on=span.last) for name, span in new)
    MakeUpDay.objects.bulk_create(MakeUpDay(county=county, on=day) for day in days)
    if new or days:
        detail = {"year": year, "holidays": len(new), "make_up_days": len(days)}
        record("holidays.seeded", subject=None, by=by, at=at, county=county.pk, detail=detail)
    return len(new), len(days)
