"""What every change of a plan does first and last: hold its case, see that nobody was there before; tell the audit, tell people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate

from accounts.actions.notices import notify
from accounts.models import Post, User
from accounts.rules import Role
from office.audit import record
from office.refusals import Refused
from plans.models import LessonPlan, Plan
from plans.querysets import HEADS
from plans.rules.planning import may_decide
from students.models import Case, CaseTeacher

Written = TypeVar("Written", Plan, LessonPlan)
"""What some write and others decide about."""

MOVED_ON = "这份计划在别处改过了。请看过对方写的，再改。"


class PlanMovedOn(Refused):
    """Somebody else wrote since the page was opened: `held` is what is there now."""

    def __init__(self, held: Plan) -> None:
        super().__init__(MOVED_ON)
        self.held = held


def hold(plan: Plan, edition: int | None, states: Collection[str]) -> Plan:
    """The plan as it stands, its case locked: everyone who changes a plan of the case waits there.

    Raises Refused when it is gone or in none of `states`, PlanMovedOn when it was changed since `edition` (None: whatever it is).
    """
    Case.objects.select_for_update().get(pk=plan.case_id)
    held: Plan | None = Plan.objects.select_related("school", "case").filter(pk=plan.pk).first()
    if held is None:
        raise Refused("这份计划已经删除。")
    if held.state not in states:
        raise Refused(f"这份计划现在是“{held.get_state_display()}”，不能做这一步。")
    if edition is not None and held.edition != edition:
        raise PlanMovedOn(held)
    return held


Held = TypeVar("Held", Plan, LessonPlan)


def keep(held: Held, **fields: Any) -> Held:
    """Writes these fields, as the next edition."""
    for name, value in fields.items():
        setattr(held, name, value)
    held.edition += 1
    held.save(update_fields=[*fields, "edition"])
    return held


def deciders(plan: Plan | LessonPlan, *, at: datetime) -> tuple[set[UUID], bool]:
    """Who may approve it or send it back; whether that falls to the county's staff, because nobody at the school may."""
    posts = Post.objects.in_force(localdate(at)).filter(user__is_active=True)
    heads = set(posts.filter(school=plan.school_id, role__in=HEADS).values_list("user", flat=True))
    if own := {user for user in heads if _may(user, plan)}:
        return own, False
    staff = set(posts.filter(area=plan.school.county_id, role=Role.COUNTY_STAFF).values_list("user", flat=True))
    return {user for user in staff if _may(user, plan)}, True


def waiting_for(user: User, plans: Sequence[Written], *, at: datetime) -> list[Written]:
    """Those of submitted plans (or lesson plans) that this person may decide about, in as many queries for many as for one."""
    posts = Post.objects.in_force(localdate(at)).filter(user__is_active=True, role__in=HEADS, school__in={plan.school_id for plan in plans})
    heads: dict[UUID, set[UUID]] = {}
    for school, head in posts.values_list("school", "user"):
        heads.setdefault(school, set()).add(head)
    staffed = user.reach.areas(Role.COUNTY_STAFF)
    found = []
    for plan in plans:
        own = {head for head in heads.get(plan.school_id, ()) if _may(head, plan)}
        falls_to_county = not own and plan.school.county_id in staffed and _may(user.pk, plan)
        if user.pk in own or falls_to_county:
            found.append(plan)
    return found


def _may(user: UUID, plan: Plan | LessonPlan) -> bool:
    return may_decide(user, author=plan.author_id, submitter=plan.submitted_by_id, writers=plan.writers)


def note(verb: str, plan: Plan, *, by: User | None, at: datetime, **detail: Any) -> None:
    """The audit line; call it last."""
    told = {"plan": plan.pk, "version": plan.version} | detail
    record(verb, subject=plan.student_id, by=by.pk if by else None, at=at, county=plan.school.county_id, detail=told)


def tell(plan: Plan | LessonPlan, what: str, users: Iterable[UUID], text: str, path: str, *, at: datetime) -> None:
    tell_about(f"plan.{what}:{plan.pk}:{plan.edition}", users, text, path, at=at)


def tell_about(key: str, users: Iterable[UUID], text: str, path: str, *, at: datetime) -> None:
    notify(users=users, kind="plan", key=key, text=text, path=path, at=at)


def team_of(plan: Plan | LessonPlan, *, at: datetime) -> set[UUID]:
    """Its author and who teaches the child today."""
    return {plan.author_id, *_teach(plan, at=at).values_list("user", flat=True)}


def teachers_of(plan: Plan, *, at: datetime) -> list[str]:
    """Its author and who teaches the child today, by name."""
    taught = _teach(plan, at=at).exclude(user=plan.author_id).order_by("user__name", "user")
    return list(dict.fromkeys([plan.author.name, *taught.values_list("user__name", flat=True)]))


def leader_of(plan: Plan, *, at: datetime) -> str:
    """Who decided about it for the school, by name; nobody where that was the county."""
    heads = Post.objects.in_force(localdate(at)).filter(school=plan.school_id, role__in=HEADS)
    return str(heads.filter(user=plan.decided_by_id).values_list("user__name", flat=True).first() or "")


def _teach(plan: Plan | LessonPlan, *, at: datetime) -> Any:
    return teaching(plan.case_id, plan.school_id, at=at)


def teaching(case: UUID, school: UUID | None, *, at: datetime) -> Any:
    """Who teaches the child of the case today."""
    today = localdate(at)
    stands = Q(starts_on=None) | Q(starts_on__lte=today), Q(ends_on=None) | Q(ends_on__gt=today)
    here = Post.objects.in_force(today).filter(school=school)
    return CaseTeacher.objects.filter(*stands, case=case, user__posts__in=here)
