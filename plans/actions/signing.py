"""Who signed a plan: with a finger on the screen, or on paper that was photographed. Each signature names what was signed by its digest."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from office.models import PrivateFile
from office.refusals import Refused
from office.rules.typed import clean
from plans.actions.holding import hold, note
from plans.codes import PlanState
from plans.models import Plan, PlanSignature

SIGNABLE = (PlanState.APPROVED, PlanState.IN_FORCE, PlanState.CLOSED)
MOST_STROKES, MOST_POINTS = 200, 20_000


@transaction.atomic
def sign_plan(
    *, plan: Plan, kind: str, name: str, relation: str, on: date, strokes: Any, paper: PrivateFile | None, by: User, at: datetime
) -> PlanSignature:
    """Adds a signature to an approved plan; it may come later than the plan. Raises Refused for one without strokes and paper."""
    held = hold(plan, None, SIGNABLE)
    if not clean(name):
        raise Refused("请写签字人的姓名。")
    if not strokes and paper is None:
        raise Refused("请在屏幕上签字，或者上传签好的纸。")
    if strokes and not _are_strokes(strokes):
        raise Refused("签字没有收到，请再签一次。")
    if on > at.astimezone().date():
        raise Refused("签字日期不能在今天之后。")
    given = {"kind": kind, "name": clean(name)[:100], "relation": clean(relation)[:100], "on": on, "by": by, "at": at}
    made: PlanSignature = PlanSignature.objects.create(plan=held, digest=held.digest, strokes=strokes or None, paper=paper, **given)
    note("plan.signed", held, by=by, at=at, kind=kind)
    return made


def _are_strokes(value: Any) -> bool:
    """Lists of [x, y, milliseconds]: whole numbers, within a box 1000 wide."""
    if not isinstance(value, list) or len(value) > MOST_STROKES or not all(isinstance(line, list) and line for line in value):
        return False
    points = [point for line in value for point in line]
    return len(points) <= MOST_POINTS and all(_is_point(point) for point in points)


def _is_point(point: Any) -> bool:
    whole = (
        isinstance(point, list) and len(point) == 3 and all(isinstance(number, int) and not isinstance(number, bool) for number in point)
    )
    return whole and all(0 <= number <= 1000 for number in point[:2]) and 0 <= point[2] < 10**9
