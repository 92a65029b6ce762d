"""Changes that others rely on: the verdicts of a month that is over."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from counties.models import Area, Policy
from office.audit import record
from office.refusals import Refused
from reports.figures import ChildMonth, month_figures
from reports.models import Verdict


class VerdictsMade(NamedTuple):
    """How many children were judged for the first time, anew, or as before."""

    first: int
    revised: int
    unchanged: int


@transaction.atomic
def make_verdicts(*, county_code: str, month: date, by: UUID | None, at: datetime) -> VerdictsMade:
    """Judges every child of a county's month once the period is over.

    A child whose judgement has changed since gets a further revision; nothing is overwritten, and a
    second run changes nothing. Raises Refused while the month is not over.
    """
    Area.objects.select_for_update().get(pk=county_code)  # two runs at once: the second sees the first's revisions
    figures = month_figures(county_code=county_code, month=month, as_of=at)
    if not figures.is_over:
        raise Refused(f"{month:%Y年%m月}还没有结束，结束后才能判定。")
    standing = {(verdict.student_id, verdict.school_id): verdict for verdict in _standing(county_code, month)}
    fresh, superseded = [], []
    for line in figures.lines:
        last = standing.get((line.student_id, line.school_id))
        verdict = _verdict(line, month, figures.policy, revision=last.revision + 1 if last else 1, at=at)
        if last is None or not last.says_the_same(verdict):
            fresh.append(verdict)
            superseded += [last.pk] if last else []
    Verdict.objects.filter(pk__in=superseded).update(is_standing=False)
    Verdict.objects.bulk_create(fresh)
    made = VerdictsMade(first=len(fresh) - len(superseded), revised=len(superseded), unchanged=len(figures.lines) - len(fresh))
    if fresh:
        record("verdicts.made", subject=None, by=by, at=at, county=county_code, detail={"month": f"{month:%Y-%m}", **made._asdict()})
    return made


def _standing(county_code: str, month: date) -> list[Verdict]:
    return list(Verdict.objects.of_month(month).filter(school__county=county_code).standing())


def _verdict(line: ChildMonth, month: date, policy: Policy | None, *, revision: int, at: datetime) -> Verdict:
    return Verdict(
        student_id=line.student_id,
        school_id=line.school_id,
        month=month,
        revision=revision,
        policy=policy,
        outcome=line.month.verdict.value,
        owed=line.month.owed,
        delivered=line.month.delivered,
        reachable=line.month.reachable,
        lessons=line.month.lessons,
        short_visits=line.month.short_visits,
        short_lessons=line.month.short_lessons,
        surplus_visits=line.month.surplus_visits,
        surplus_lessons=line.month.surplus_lessons,
        flags=[flag.value for flag in line.month.flags],
        made_at=at,
    )
