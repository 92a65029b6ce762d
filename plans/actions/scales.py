"""A school's own scales: added, put out of use. What was assessed with one keeps it."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from accounts.models import User
from counties.models import School
from office.audit import record
from office.refusals import Refused
from plans.models import OwnScale
from plans.rules.own_scales import read_own_scale


@transaction.atomic
def add_scale(*, school: School, name: str, text: str, of_totals: bool, by: User, at: datetime) -> OwnScale:
    """Raises Refused, in words, for text that is no scale and for a name already in use at the school."""
    name = name.strip()
    School.objects.select_for_update().get(pk=school.pk)
    if OwnScale.objects.in_use().filter(school=school, name=name).exists():
        raise Refused("本校已有同名的量表。")
    key = uuid4()
    scale = read_own_scale(key=str(key), name=name, text=text, of_totals=of_totals)
    made: OwnScale = OwnScale.objects.create(pk=key, school=school, name=name, definition=scale.plain(), by=by, at=at)
    record("scale.added", subject=made.pk, by=by.pk, at=at, county=school.county_id)
    return made


@transaction.atomic
def retire_scale(*, scale: OwnScale, by: User, at: datetime) -> None:
    """It is not offered any more. A second time changes nothing."""
    if OwnScale.objects.filter(pk=scale.pk, retired_at=None).update(retired_at=at):
        record("scale.retired", subject=scale.pk, by=by.pk, at=at, county=scale.school.county_id)
