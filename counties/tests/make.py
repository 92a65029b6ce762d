"""Counties for tests: name only what the test is about."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from counties.models import Area, Policy, School, Term
from counties.rules import policy_values

SHANGHAI = ZoneInfo("Asia/Shanghai")
_codes = itertools.count(2145009000)


def at(text: str) -> datetime:
    """A moment in Asia/Shanghai: at("2026-10-28 09:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def make_county(code: str = "450125", *, preset: str = "上林县 2021", terms: bool = True, **overrides: Any) -> Area:
    """A county with a policy and, unless told otherwise, the two terms of 2026–2027."""
    county, made = Area.objects.get_or_create(code=code, defaults={"name": f"演示县{code}"})
    if made:
        Policy.objects.create(
            county=county,
            effective_on=date(2026, 9, 1),
            preset=preset,
            values=policy_values(preset, overrides),
            created_at=at("2026-08-01"),
        )
        if terms:
            Term.objects.create(county=county, name="2026年秋季学期", starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 20))
            Term.objects.create(county=county, name="2027年春季学期", starts_on=date(2027, 2, 22), ends_on=date(2027, 7, 8))
    return county


def make_school(county: Area | None = None, **fields: Any) -> School:
    code = str(next(_codes))
    return School.objects.create(
        county=county or make_county(), **{"code": code, "name": f"第{code}小学", "kind": School.Kind.PRIMARY} | fields
    )
