"""Changes of a case that is served: pauses, its team, by what means. The county's record says who and when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from office.audit import record
from office.refusals import Refused
from students.codes import SERVED_STATES
from students.models import Case, CaseTeacher, Pause
from students.rules.pauses import why_not_new_team, why_not_pause, why_not_resume


@transaction.atomic
def pause_case(*, case: Case, starts_on: date, ends_on: date | None, reason: str, by: User, at: datetime) -> Pause:
    """From a day until (not including) another, or until it is resumed. Raises Refused outside the service or inside another pause."""
    case = _locked(case)
    _refuse(why_not_pause(starts_on, ends_on, served=_served(case), pauses=_pauses(case)))
    pause = Pause.objects.create(case=case, starts_on=starts_on, ends_on=ends_on, reason=reason)
    _record("case.paused", case, by=by, at=at)
    return pause


@transaction.atomic
def resume_case(*, case: Case, on: date, by: User, at: datetime) -> None:
    """Served again from that day. Raises Refused when the case is not paused."""
    case = _locked(case)
    _refuse(why_not_resume(on, pauses=_pauses(case)))
    Pause.objects.filter(case=case, ends_on=None).update(ends_on=on)
    _record("case.resumed", case, by=by, at=at)


@transaction.atomic
def change_team(*, case: Case, team: Collection[User], on: date, by: User, at: datetime) -> None:
    """Who teaches the child from a day on: those who leave stay on record until that day."""
    case = _locked(case)
    _refuse(why_not_new_team(on, served=_served(case)))
    if not team:
        raise Refused("至少要有一位责任教师。")
    present = CaseTeacher.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), case=case)
    staying = set(present.filter(user__in=team).values_list("user_id", flat=True))
    leaving = present.exclude(user__in=team)
    leaving.filter(starts_on__gte=on).delete()  # they never began
    leaving.update(ends_on=on)
    present.filter(user__in=team).update(ends_on=None)
    CaseTeacher.objects.bulk_create(CaseTeacher(case=case, user=user, starts_on=on) for user in team if user.pk not in staying)
    _record("case.team_changed", case, by=by, at=at)


@transaction.atomic
def make_mainly_remote(*, case: Case, until: date, reason: str, by: User, at: datetime) -> None:
    """Remote visits count without a flag up to and including a day."""
    case = _locked(case)
    _refuse(why_not_new_team(until, served=_served(case)) and "截止的日期不在送教期间。")
    Case.objects.filter(pk=case.pk).update(mainly_remote_until=until, mainly_remote_reason=reason)
    _record("case.made_remote", case, by=by, at=at)


def _locked(case: Case) -> Case:
    locked: Case = Case.objects.select_for_update().select_related("student").get(pk=case.pk)
    if locked.state not in SERVED_STATES:
        raise Refused("这名学生还没有开始送教。")
    return locked


def _served(case: Case) -> tuple[date, date | None]:
    assert case.starts_on is not None  # noqa: S101 — held by a constraint of the served states
    return case.starts_on, case.ends_on


def _pauses(case: Case) -> list[tuple[date, date | None]]:
    return list(Pause.objects.filter(case=case).values_list("starts_on", "ends_on"))


def _refuse(why: str) -> None:
    if why:
        raise Refused(why)


def _record(verb: str, case: Case, *, by: User, at: datetime) -> None:
    record(verb, subject=case.student_id, by=by.pk, at=at, county=case.student.county_id, detail={"case": case.pk})
