"""A lesson plan while it is written: drafted, kept as one goes, handed in, taken back, thrown away; and what is said of it afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from accounts.models import User
from counties.models import Policy
from counties.rules import PolicyTerms
from office.audit import record
from office.refusals import Refused
from plans.actions.holding import keep
from plans.codes import EDITABLE_LESSONS, LessonState
from plans.models import LessonPlan, Plan
from plans.models.lessons import columns_of
from plans.rules.content import PlanContent
from plans.rules.lesson_drafts import carried, drafted, gaps_of
from plans.rules.lessons import LessonContent, Reflection
from students.codes import SERVED_STATES
from students.models import Case

NO_PLAN = "这名学生没有执行中的计划，教案从计划的目标写起。"


class LessonMovedOn(Refused):
    """Somebody else wrote since the page was opened: `held` is what is there now."""

    def __init__(self, held: LessonPlan) -> None:
        super().__init__("这份教案在别处改过了。请看过对方写的，再改。")
        self.held = held


class Unready(Refused):
    """`gaps` are what the lesson plan still lacks."""

    def __init__(self, gaps: list[Any]) -> None:
        super().__init__(f"教案还缺 {len(gaps)} 处，补齐再交。")
        self.gaps = gaps


@transaction.atomic
def start_lesson_plan(
    *,
    case: Case,
    on: date,
    until: date | None,
    lessons: Decimal | None,
    keys: Collection[UUID],
    by: User,
    at: datetime,
    is_copied: bool = False,
) -> LessonPlan:
    """A whole draft of the objectives in `keys` of the plan in force, or with `is_copied` what the case's last lesson plan says."""
    held: Case = Case.objects.select_for_update().get(pk=case.pk)
    if held.state not in SERVED_STATES or held.school_id is None:
        raise Refused("这名学生不在送教，不能写教案。")
    plan: Plan | None = Plan.objects.in_force().filter(case=held).first()
    if plan is None:
        raise Refused(NO_PLAN)
    content = _begun(held, plan, on=on, until=until, lessons=lessons, keys=keys, is_copied=is_copied)
    _see_that_days_fit(held, content, author=by.pk)
    people = {"author": by, "writers": [str(by.pk)], "at": at, "written_at": at}
    whose = {"case": held, "student_id": held.student_id, "school_id": held.school_id, "plan": plan}
    made: LessonPlan = LessonPlan.objects.create(**whose, **people, **columns_of(content))
    note_lesson("lesson.started", made, by=by, at=at)
    return made


def _begun(
    case: Case, plan: Plan, *, on: date, until: date | None, lessons: Decimal | None, keys: Collection[UUID], is_copied: bool
) -> LessonContent:
    last = last_of(case) if is_copied else None
    content = PlanContent.read(plan.content)
    if last:
        made = carried(last.told, content, keys, on=on, until=until, lessons=lessons)
    else:
        policy = Policy.objects.judging(plan.school.county_id, on.replace(day=1))
        minutes = (policy.terms if policy else PolicyTerms()).lesson_minutes
        made = drafted(content, list(keys), on=on, until=until, lessons=lessons, lesson_minutes=minutes)
    if not made.objectives:
        raise Refused("请从计划里选至少一个目标。")
    return LessonContent.read(made.plain())


def last_of(case: Case) -> LessonPlan | None:
    found: LessonPlan | None = LessonPlan.objects.filter(case=case).order_by("-on", "-at").first()
    return found


def _see_that_days_fit(case: Case, content: LessonContent, *, author: UUID, own: UUID | None = None) -> None:
    last = content.until or content.on
    if (case.starts_on and content.on < case.starts_on) or (case.ends_on and last >= case.ends_on):
        raise Refused("教案的日期要在这名学生送教的日子里。")
    if LessonPlan.objects.filter(case=case, on=content.on, author=author).exclude(pk=own).exists():
        raise Refused("这一天已经有一份教案，请打开那一份来改。")


def hold_lesson(lesson: LessonPlan, edition: int | None, states: Collection[str]) -> LessonPlan:
    """The lesson plan as it stands, its case locked: everyone who changes one of the case waits there.

    Raises Refused when it is gone or in none of `states`, LessonMovedOn when it was changed since `edition` (None: whatever it is).
    """
    Case.objects.select_for_update().get(pk=lesson.case_id)
    held: LessonPlan | None = LessonPlan.objects.select_related("school", "case").filter(pk=lesson.pk).first()
    if held is None:
        raise Refused("这份教案已经删除。")
    if held.state not in states:
        raise Refused(f"这份教案现在是“{held.get_state_display()}”，不能做这一步。")
    if edition is not None and held.edition != edition:
        raise LessonMovedOn(held)
    return held


def note_lesson(verb: str, lesson: LessonPlan, *, by: User, at: datetime, **detail: Any) -> None:
    """The audit line; call it last."""
    told = {"lesson": lesson.pk} | detail
    record(verb, subject=lesson.student_id, by=by.pk, at=at, county=lesson.school.county_id, detail=told)


@transaction.atomic
def write_lesson_plan(*, lesson: LessonPlan, edition: int, content: Any, by: User, at: datetime) -> LessonPlan:
    """Keeps what is filled in so far. Raises LessonMovedOn when it was changed since `edition`, Refused while it waits for its check
    or is checked, BadContent for what cannot be right. What stands there already changes nothing: an answer may have been lost."""
    read = LessonContent.read(content)
    held = hold_lesson(lesson, None, EDITABLE_LESSONS)
    before = held.told
    read, plan = _of_its_plans(held, before, read)
    if read == before:
        return held
    if held.edition != edition:
        raise LessonMovedOn(held)
    _see_that_days_fit(held.case, read, author=held.author_id, own=held.pk)
    keep(held, **columns_of(read), plan=plan, written_at=at, writers=sorted({*held.writers, str(by.pk)}))
    note_lesson("lesson.written", held, by=by, at=at)
    return held


def _of_its_plans(held: LessonPlan, before: LessonContent, read: LessonContent) -> tuple[LessonContent, Plan]:
    """Its objectives in the words they were taken in; what is new comes from the plan in force, which it then belongs to."""
    texts: dict[UUID, str] = {each.key: each.text for each in before.objectives}
    plan: Plan = held.plan
    if set(read.picked) - texts.keys():
        plan = Plan.objects.in_force().filter(case=held.case_id).first() or plan
        texts = {each.key: each.text for _, each in PlanContent.read(plan.content).objectives()} | texts
    if set(read.picked) - texts.keys():
        raise Refused("有的目标不在这名学生的计划里。")
    return read.with_texts(texts), plan


@transaction.atomic
def submit_lesson_plan(*, lesson: LessonPlan, edition: int, by: User, at: datetime) -> LessonPlan:
    """For the school's check. Raises Unready while something is missing."""
    held = hold_lesson(lesson, edition, EDITABLE_LESSONS)
    if gaps := gaps_of(held.told):
        raise Unready(gaps)
    keep(held, state=LessonState.READY, submitted_by=by, submitted_at=at, checked_by=None, checked_at=None, check_note="")
    note_lesson("lesson.submitted", held, by=by, at=at)
    return held


@transaction.atomic
def withdraw_lesson_plan(*, lesson: LessonPlan, edition: int, by: User, at: datetime) -> LessonPlan:
    """Back to its writers, before anybody checked it."""
    held = keep(hold_lesson(lesson, edition, [LessonState.READY]), state=LessonState.DRAFT)
    note_lesson("lesson.withdrawn", held, by=by, at=at)
    return held


@transaction.atomic
def discard_lesson_plan(*, lesson: LessonPlan, edition: int, by: User, at: datetime) -> None:
    """One that was begun by mistake; what was checked, or has a reflection, is kept for good."""
    held = hold_lesson(lesson, edition, EDITABLE_LESSONS)
    if held.reflected_at:
        raise Refused("这份教案写过反思，不能删除。")
    note_lesson("lesson.discarded", held, by=by, at=at)
    LessonPlan.objects.filter(pk=held.pk).delete()


@transaction.atomic
def reflect_on_lesson_plan(*, lesson: LessonPlan, edition: int, lines: Mapping[str, Any], by: User, at: datetime) -> LessonPlan:
    """Three lines of how it went, from its first day on, also once it is checked. The same lines again change nothing.
    Who wrote them does not check it afterwards."""
    told = Reflection.read(dict(lines)).plain()
    held = hold_lesson(lesson, None, LessonState.values)
    if held.reflection == told:
        return held
    if held.edition != edition:
        raise LessonMovedOn(held)
    if localdate(at) < held.on:
        raise Refused("上过课再写反思。")
    writers = held.writers if held.state == LessonState.CHECKED else sorted({*held.writers, str(by.pk)})
    keep(held, reflection=told, reflected_by=by, reflected_at=at, writers=writers)
    note_lesson("lesson.reflected", held, by=by, at=at)
    return held
