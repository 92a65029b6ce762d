"""An assessment: begun, scored as one goes, finished, opened again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from office.audit import record
from office.refusals import Refused
from office.rules.typed import clean
from plans.models import Assessment
from plans.rules.assessing import read_scores
from plans.rules.scales import Scale, totals
from students.codes import SERVED_STATES
from students.models import Case

LONGEST_NOTE = 300  # so that an assessment is one page of paper
MOVED_ON = "这份评估在别处改过了。请刷新页面，看过再填。"


class MovedOn(Refused):
    """Somebody else wrote since the page was opened: `held` is what is there now."""

    def __init__(self, held: Assessment) -> None:
        super().__init__(MOVED_ON)
        self.held = held


@transaction.atomic
def start_assessment(*, case: Case, kind: str, on: date, scale: Scale, by: User, at: datetime) -> Assessment:
    """An empty one, with the scale as it is today; the same again while it is as empty as it was begun: a button is pressed twice.

    Raises Refused for a case not in service, for a day to come and for one before the child was born.
    """
    if case.state not in SERVED_STATES or case.school_id is None:
        raise Refused("这名学生还没有开始送教。")
    if on > timezone.localdate(at):
        raise Refused("评估日期不能在今天之后。")
    if on < case.student.birth_on:
        raise Refused("评估日期在孩子出生之前，请核对年份。")
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    asked = {"case": case, "kind": kind, "on": on, "author": by}
    begun: Assessment
    for begun in Assessment.objects.filter(**asked, state=Assessment.State.DRAFT, version=1):
        if begun.scale == scale.plain():
            return begun
    made: Assessment = Assessment.objects.create(**asked, student_id=case.student_id, school_id=case.school_id, scale=scale.plain(), at=at)
    _record("assessment.started", made, by=by, at=at)
    return made


@transaction.atomic
def score(*, assessment: Assessment, version: int, scores: Any, note: str, by: User, at: datetime) -> Assessment:
    """Keeps the scores so far. Raises MovedOn when it was changed since `version`, Refused when it is finished,
    BadContent for what is no score."""
    held = _hold(assessment, version, "draft")
    scale = Scale.of(held.scale)
    held.scores, held.note = read_scores(scale, scores), clean(note)
    if len(held.note) > LONGEST_NOTE:
        raise Refused(f"观察与说明最多 {LONGEST_NOTE} 个字，现在有 {len(held.note)} 个。")
    held.totals, held.version = totals(scale, held.scores), held.version + 1
    held.save(update_fields=["scores", "note", "totals", "version"])
    _record("assessment.scored", held, by=by, at=at)
    return held


@transaction.atomic
def finish(*, assessment: Assessment, version: int, by: User, at: datetime) -> Assessment:
    """From now on it is what plans build on. What was not scored stays so. Raises Refused when nothing is."""
    held = _hold(assessment, version, "draft")
    if not held.scores:
        raise Refused("一项都还没有评，不能完成。")
    held.state, held.done_at, held.version = Assessment.State.DONE, at, held.version + 1
    held.save(update_fields=["state", "done_at", "version"])
    _record("assessment.finished", held, by=by, at=at)
    return held


@transaction.atomic
def open_again(*, assessment: Assessment, version: int, by: User, at: datetime) -> Assessment:
    """A finished one can be mended; that it was opened stands in the audit."""
    held = _hold(assessment, version, "done")
    held.state, held.done_at, held.version = Assessment.State.DRAFT, None, held.version + 1
    held.save(update_fields=["state", "done_at", "version"])
    _record("assessment.opened_again", held, by=by, at=at)
    return held


@transaction.atomic
def discard(*, assessment: Assessment, version: int, by: User, at: datetime) -> None:
    """One that was begun by mistake. A finished one is kept for good."""
    held = _hold(assessment, version, "draft")
    _record("assessment.discarded", held, by=by, at=at)
    held.delete()


def _hold(assessment: Assessment, version: int, state: str) -> Assessment:
    held: Assessment | None = Assessment.objects.select_for_update(of=("self",)).select_related("school").filter(pk=assessment.pk).first()
    if held is None:
        raise Refused("这份评估已经删除。")
    if held.state != state:
        raise Refused("这份评估已经完成，不能再改；要改，请先重新打开。" if state == "draft" else "这份评估还没有完成。")
    if held.version != version:
        raise MovedOn(held)
    return held


def _record(verb: str, assessment: Assessment, *, by: User, at: datetime) -> None:
    detail = {"assessment": assessment.pk, "scored": len(assessment.scores)}
    record(verb, subject=assessment.student_id, by=by.pk, at=at, county=assessment.school.county_id, detail=detail)
