"""A school's own objectives: added, put out of use. Plans that took one keep what they took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from counties.models import School
from office.audit import record
from plans.models import BankObjective


@transaction.atomic
def add_objective(
    *, school: School, area: str, goal: str, text: str, criterion: str, steps: Sequence[str], materials: str, by: User, at: datetime
) -> BankObjective:
    given = {"area": area, "goal": goal, "text": text, "criterion": criterion, "steps": list(steps), "materials": materials}
    made: BankObjective = BankObjective.objects.create(school=school, by=by, at=at, **given)
    record("objective.added", subject=made.pk, by=by.pk, at=at, county=school.county_id)
    return made


@transaction.atomic
def retire_objective(*, objective: BankObjective, by: User, at: datetime) -> None:
    """It is not offered any more. A second time changes nothing."""
    if BankObjective.objects.filter(pk=objective.pk, retired_at=None).update(retired_at=at):
        record("objective.retired", subject=objective.pk, by=by.pk, at=at, county=objective.school.county_id)
