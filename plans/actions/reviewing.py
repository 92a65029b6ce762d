"""How the objectives of a plan stand when it is looked back on: what is passed or dropped is not carried on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from office.refusals import Refused
from office.rules.typed import clean
from plans.actions.holding import hold, note
from plans.codes import Mark, PlanState
from plans.models import ObjectiveReview, Plan
from plans.rules.content import PlanContent

REVIEWED = (PlanState.IN_FORCE, PlanState.CLOSED)
LONGEST_NOTE = 500


class ReviewedMeanwhile(Refused):
    """Somebody else marked the same objectives otherwise since the page was opened: `theirs` are those marks."""

    def __init__(self, theirs: Sequence[ObjectiveReview]) -> None:
        super().__init__("同样的目标，别人刚才也评价了，和您选的不一样。请看过再保存。")
        self.theirs = theirs


@transaction.atomic
def review_objectives(
    *, plan: Plan, marks: Mapping[UUID, tuple[str, str]], on: date, by: User, at: datetime, seen: int | None = None
) -> int:
    """Adds a mark and a note for each objective named by its key; the latest one stands. Returns how many were added: the same by the
    same person adds nothing. With `seen`, the last review that was on the page, raises ReviewedMeanwhile where others came after it."""
    held = hold(plan, None, REVIEWED)
    keys = {objective.key for _, objective in PlanContent.read(held.content).objectives()}
    if not marks or marks.keys() - keys or any(mark not in Mark.values for mark, _ in marks.values()):
        raise Refused("请给这份计划里的短期目标选结果。")
    if on > at.astimezone().date():
        raise Refused("评价日期不能在今天之后。")
    asked = {key: (mark, clean(words)) for key, (mark, words) in marks.items()}
    if any(len(words) > LONGEST_NOTE for _, words in asked.values()):
        raise Refused(f"每个目标的说明最多 {LONGEST_NOTE} 个字。")
    latest = {each.objective: each for each in held.reviews.filter(objective__in=asked).select_related("by").order_by("at", "pk")}
    same = {key for key, each in latest.items() if (each.mark, each.note) == asked[key]}
    if seen is not None and (theirs := [each for key, each in latest.items() if each.pk > seen and key not in same]):
        raise ReviewedMeanwhile(theirs)
    fresh = [key for key in asked if key not in same or (latest[key].on, latest[key].by_id) != (on, by.pk)]
    ObjectiveReview.objects.bulk_create(
        ObjectiveReview(plan=held, objective=key, mark=asked[key][0], note=asked[key][1], on=on, by=by, at=at) for key in fresh
    )
    if fresh:
        note("plan.reviewed", held, by=by, at=at, objectives=len(fresh))
    return len(fresh)
