"""A plan while it is written: begun, kept as one goes, submitted, taken back, thrown away."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.models import User
from office.refusals import Refused
from plans.actions.holding import PlanMovedOn, deciders, hold, keep, note, tell
from plans.actions.usual import usual_of
from plans.codes import EDITABLE, FROZEN, PlanState
from plans.models import Assessment, ObjectiveReview, Plan
from plans.rules.content import BLANK, PlanContent
from plans.rules.planning import carried_on, missing_of, with_levels, with_usual
from plans.rules.scales import Scale
from students.codes import SERVED_STATES
from students.models import Case

STANDING = (PlanState.APPROVED, PlanState.IN_FORCE)


class Incomplete(Refused):
    """`gaps` are what the plan still lacks."""

    def __init__(self, gaps: list[Any]) -> None:
        super().__init__(f"计划还缺 {len(gaps)} 处，补齐再提交。")
        self.gaps = gaps


@transaction.atomic
def start_plan(
    *, case: Case, year: int, term: int, starts_on: date, ends_on: date, by: User, at: datetime, is_copied: bool = False
) -> Plan:
    """A draft for the term. Where the term has a plan that was approved, its next version, with what stands in that one; else what
    is known of the household and the policy, and with `is_copied` what the last plan leaves open, under the same keys.
    Raises Refused for a case not in service."""
    held: Case = Case.objects.select_for_update().get(pk=case.pk)
    if held.state not in SERVED_STATES or held.school_id is None or (held.ends_on and held.ends_on <= localdate(at)):
        raise Refused("这名学生不在送教，不能制定计划。")
    of_term = Plan.objects.filter(case=held, year=year, term=term)
    if of_term.filter(state__in=[*EDITABLE, PlanState.SUBMITTED]).exists():
        raise Refused("这个学期已有一份计划在制定。")
    standing: Plan | None = of_term.filter(state__in=STANDING).first()
    made: Plan = Plan.objects.create(
        case=held,
        student_id=held.student_id,
        school_id=held.school_id,
        year=year,
        term=term,
        version=(of_term.aggregate(last=Max("version"))["last"] or 0) + 1,
        starts_on=standing.starts_on if standing else starts_on,
        ends_on=standing.ends_on if standing else ends_on,
        content=(_as_it_stands(standing) if standing else _begun(held, starts_on, is_copied=is_copied, at=at)).plain(),
        author=by,
        writers=[str(by.pk)],
        at=at,
        written_at=at,
    )
    note("plan.started", made, by=by, at=at)
    return made


def _as_it_stands(plan: Plan) -> PlanContent:
    return PlanContent.read(plan.content)


def _begun(case: Case, starts_on: date, *, is_copied: bool, at: datetime) -> PlanContent:
    content = BLANK
    last: Plan | None = Plan.objects.filter(case=case, state__in=FROZEN).order_by("-starts_on", "-version").first() if is_copied else None
    if last:
        marks = dict(ObjectiveReview.objects.filter(plan__case=case).order_by("at", "pk").values_list("objective", "mark"))
        content = carried_on(PlanContent.read(last.content), {str(key): mark for key, mark in marks.items()})
    latest = Assessment.objects.done().filter(case=case).order_by("-on", "-at").first()
    content = with_levels(content, latest.pk, levels_of(latest)) if latest else content
    return with_usual(content, usual_of(case, starts_on, at=at))


def levels_of(assessment: Assessment) -> list[dict[str, Any]]:
    """Points by domain, as the present levels of a plan begin."""
    domains, totals = Scale.of(assessment.scale).domains, assessment.totals
    scored = [(domain.name, totals[domain.code]) for domain in domains if domain.code in totals]
    return [{"name": name, "score": points, "most": most, "text": ""} for name, (points, most) in scored]


@transaction.atomic
def write_plan(*, plan: Plan, edition: int, content: Any, by: User, at: datetime) -> Plan:
    """Keeps what is filled in so far. Raises PlanMovedOn when it was changed since `edition`, Refused while it is under review or
    approved, BadContent for what cannot be right. What stands there already changes nothing: an answer may have been lost."""
    read = PlanContent.read(content)
    held = hold(plan, None, EDITABLE)
    if read.assessment and not Assessment.objects.filter(pk=read.assessment, case__student=held.student_id).exists():
        raise Refused("评估不是这名学生的。")
    if read.plain() == held.content:
        return held
    if held.edition != edition:
        raise PlanMovedOn(held)
    keep(held, content=read.plain(), written_at=at, writers=sorted({*held.writers, str(by.pk)}))
    note("plan.written", held, by=by, at=at)
    return held


@transaction.atomic
def submit_plan(*, plan: Plan, edition: int, by: User, at: datetime) -> Plan:
    """For approval by another. Raises Incomplete while something is missing. Open comments count as dealt with."""
    held = hold(plan, edition, EDITABLE)
    if gaps := missing_of(PlanContent.read(held.content)):
        raise Incomplete(gaps)
    held.comments.filter(settled_at=None).update(settled_at=at)
    keep(held, state=PlanState.SUBMITTED, submitted_by=by, submitted_at=at, decided_by=None, decided_at=None, decision_reason="")
    who, _ = deciders(held, at=at)
    text = f"{held.school.name}有一份个别化教育（康复）计划等待审批。"
    tell(held, "submitted", who, text, reverse("plan_detail", args=[held.pk]), at=at)
    note("plan.submitted", held, by=by, at=at)
    return held


@transaction.atomic
def withdraw_plan(*, plan: Plan, edition: int, by: User, at: datetime) -> Plan:
    """Back to its writers, before anybody decided."""
    held = keep(hold(plan, edition, [PlanState.SUBMITTED]), state=PlanState.DRAFT)
    note("plan.withdrawn", held, by=by, at=at)
    return held


@transaction.atomic
def discard_plan(*, plan: Plan, edition: int, by: User, at: datetime) -> None:
    """One that was begun by mistake; what was ever approved is kept for good."""
    held = hold(plan, edition, EDITABLE)
    key: UUID = held.pk
    note("plan.discarded", held, by=by, at=at)
    Plan.objects.filter(pk=key).delete()
