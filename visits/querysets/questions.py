"""Which questions a person reads, and what they may do about them. Source: docs/rules.md, "Flags"."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from accounts.rules import COUNTY_ROLES, SCHOOL_WIDE, Role
from counties.models import Policy
from office.rules import masked_name
from students.rules.service import next_month
from visits.models import Visit, VisitPerson, VisitRecord
from visits.querysets.raised import raised_over
from visits.querysets.reach import GOERS, HEADS, told_where
from visits.querysets.told import Said, known, said_about, untold
from visits.rules.asking import Line, Rights, in_order
from visits.rules.flags import Raised


def questions_of(visit: Visit, records: Sequence[Any], user: User, *, policy: Policy | None, as_of: datetime) -> list[Line]:
    """What is asked about one visit, of the children whose questions the person may know; its records have been read.

    The team, the child's teachers and the school know at once; the county what a submission told it. `policy` judges the
    month in the county of the visit's school.
    """
    counties = user.reach.areas(*COUNTY_ROLES)
    own = {record.pk for record in records if record.is_own}
    known = {each.pk: each for each in records if each.is_own or (each.lock and each.school.county_id in counties)}
    schools = {record.school_id: record.school.county_id for record in known.values()}
    month = visit.on.replace(day=1)
    judging = {visit.school.county_id: policy}
    raised = raised_over(schools=schools, months=[month], as_of=as_of, judging=judging, visit=visit.pk)[month]
    is_team = bool(user.reach.schools(*GOERS)) and any(person.user_id == user.pk for person in visit.people.all())
    rows = {pk: _row_of(record) for pk, record in known.items()}
    asked = [each for each in raised if each.record in known]
    lines = _lines(asked, rows, said_about(each.record for each in asked), user, {visit.pk} if is_team else set())
    return [line for line in lines if line.is_told or line.raised.record in own]


def questions_in(month: date, user: User, *, as_of: datetime) -> list[Line]:
    """What is asked of a person in a month: about the visits they made, and at the schools they look after about every visit.

    Also what came up since about earlier months' visits, which are filed: it goes with the next submission.
    """
    posts = user.reach.standings
    looked_after = {post.school_id: post.county for post in posts if post.role in SCHOOL_WIDE and post.school_id}
    made, filed = _asked_by(user, month, looked_after)
    visits, closed = {each.visit for each in made}, {each.pk for each in filed}
    schools = looked_after | {each.school: each.county for each in (*made, *filed)}
    earlier = {each.on.replace(day=1) for each in filed} - {month}
    found = raised_over(schools=schools, months=[month], earlier=earlier, as_of=as_of)
    mine = [each for each in found[month] if each.school in looked_after or each.visit in visits]
    before = [each for one in earlier for each in found[one] if each.record in closed]
    said = said_about(each.record for each in (*mine, *before))
    asked = list(dict.fromkeys([*mine, *untold(before, said.told)]))
    rows = _rows({each.record for each in asked}, user)
    return _lines(asked, rows, said, user, visits | {each.visit for each in filed if each.is_mine})


class _Known(NamedTuple):
    """A record by which a person is asked; `is_mine`: they went there."""

    pk: UUID
    visit: UUID
    school: UUID
    county: str
    on: date
    is_mine: int


KNOWN = ("pk", "visit", "school", "school__county", "on", "is_mine")


def _asked_by(user: User, month: date, looked_after: Collection[UUID]) -> tuple[list[_Known], list[_Known]]:
    """The records of a month and the weeks around it of visits that a person went on, and the filed records of earlier months
    that the person is asked about. One query."""
    goes = bool(user.reach.schools(*GOERS))
    first, last = date.fromordinal(month.toordinal() - 7), date.fromordinal(next_month(month).toordinal() + 7)
    filed = Q(on__lt=month) & ~Q(lock=VisitRecord.Lock.OPEN)
    ways = Q(school__in=looked_after) & filed
    if goes:
        ways |= _went(user) & (Q(on__range=(first, last)) | filed)
    rows = VisitRecord.objects.filter(ways).order_by().annotate(is_mine=told_where([_went(user)] if goes else []))
    found = [(_Known(*row), lock) for *row, lock in rows.values_list(*KNOWN, "lock")]
    made = [each for each, _ in found if each.is_mine and first <= each.on <= last]
    return made, [each for each, lock in found if each.on < month and lock != VisitRecord.Lock.OPEN]


def _went(user: User) -> Q:
    return Q(visit__in=VisitPerson.objects.filter(user=user.pk).order_by().values("visit"))


class _Row(NamedTuple):
    record: UUID
    visit: UUID
    case: UUID
    child: str
    school: UUID
    visits_school: UUID
    lock: str
    starts_at: datetime
    is_open: int


COLUMNS = ("pk", "visit", "case", "student__name", "school", "visit__school", "lock", "visit__starts_at", "is_open")


def _rows(records: Collection[UUID], user: User) -> dict[UUID, _Row]:
    """One query, or none."""
    if not records:
        return {}
    found = VisitRecord.objects.filter(pk__in=records).order_by().with_openness(user)
    return {row[0]: _Row(*row) for row in found.values_list(*COLUMNS)}


def _row_of(record: Any) -> _Row:
    """The same of a record that has been read."""
    visit = record.visit
    at = (record.school_id, visit.school_id, record.lock, visit.starts_at, record.is_open)
    return _Row(record.pk, visit.pk, record.case_id, record.student.name, *at)


def _lines(raised: list[Raised], rows: Mapping[UUID, _Row], said: Said, user: User, mine: Collection[UUID]) -> list[Line]:
    """`mine` are the visits that the person was on."""
    return in_order([_line(each, rows[each.record], said, user, mine) for each in raised])


def _line(raised: Raised, row: _Row, said: Said, user: User, mine: Collection[UUID]) -> Line:
    answer, is_open = said.answers.get(known(raised)), bool(row.is_open)
    return Line(
        raised=raised,
        child=row.child if is_open else masked_name(row.child),
        case=row.case,
        starts_at=row.starts_at,
        rights=_rights(row, user, is_team=row.visit in mine),
        is_open=is_open,
        is_answered=answer is not None,
        is_told=bool(row.lock) and known(raised) in said.told,
        answer=answer.text if answer and is_open else "",
        answered_by=answer.by if answer and is_open else "",
        answered_at=answer.at if answer else None,
    )


def _rights(row: _Row, user: User, *, is_team: bool) -> Rights:
    admin, principal = user.reach.schools(Role.SCHOOL_ADMIN), user.reach.schools(Role.PRINCIPAL)
    writes = row.visits_school in admin or (row.visits_school in principal and not row.lock)
    return Rights(
        is_team=is_team,
        is_head=row.school in user.reach.schools(*HEADS),
        is_admin=row.school in admin,
        is_writer=is_team or writes,
        is_filed=row.lock == VisitRecord.Lock.FILED,
    )
