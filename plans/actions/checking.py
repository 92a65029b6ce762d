"""A lesson plan before those who check it: sent back with words, or checked; one by one, or many at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from office.refusals import Refused
from office.rules.typed import clean
from plans.actions.holding import deciders, keep, team_of, tell
from plans.actions.lessons import hold_lesson, note_lesson
from plans.codes import LessonState
from plans.models import LessonPlan

LONGEST_NOTE = 500


@transaction.atomic
def check_lesson_plan(*, lesson: LessonPlan, edition: int, by: User, at: datetime, note: str = "") -> LessonPlan:
    """From now on only its reflection changes. Raises Refused for its author, its writers and whoever handed it in; of a county's
    staff, who check where nobody at the school may, it asks a note."""
    held, said = _before(lesson, edition, note, by=by, at=at)
    if not said and deciders(held, at=at)[1]:
        raise Refused("县局代为检查，请写明理由。")
    keep(held, state=LessonState.CHECKED, checked_by=by, checked_at=at, check_note=said)
    note_lesson("lesson.checked", held, by=by, at=at)
    return held


@transaction.atomic
def return_lesson_plan(*, lesson: LessonPlan, edition: int, note: str, by: User, at: datetime) -> LessonPlan:
    """Back to its writers, who are told; `note` says why."""
    held, said = _before(lesson, edition, note, by=by, at=at)
    if not said:
        raise Refused("请写明为什么退回。")
    keep(held, state=LessonState.RETURNED, checked_by=by, checked_at=at, check_note=said)
    tell(
        held,
        "lesson.returned",
        team_of(held, at=at),
        "您参与的一份教案被退回，请看意见，改好再交。",
        reverse("lesson_edit", args=[held.pk]),
        at=at,
    )
    note_lesson("lesson.returned", held, by=by, at=at)
    return held


def _before(lesson: LessonPlan, edition: int, note: str, *, by: User, at: datetime) -> tuple[LessonPlan, str]:
    held, said = hold_lesson(lesson, edition, [LessonState.READY]), clean(note)
    if by.pk not in deciders(held, at=at)[0]:
        raise Refused("教案要由没有写过它的学校送教负责人或校长检查；学校没有这样的人时由县局检查。")
    if len(said) > LONGEST_NOTE:
        raise Refused(f"意见最多 {LONGEST_NOTE} 个字。")
    return held, said


def check_each(*, lessons: Iterable[tuple[LessonPlan, int]], by: User, at: datetime) -> tuple[int, int]:
    """Those that were looked at together, each on the edition that was seen: how many are checked now, how many stay as they are
    because somebody changed or checked them meanwhile."""
    checked = left = 0
    for lesson, edition in lessons:
        try:
            check_lesson_plan(lesson=lesson, edition=edition, by=by, at=at)
            checked += 1
        except Refused:
            left += 1
    return checked, left
