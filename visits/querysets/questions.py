"""Which questions a person reads, and what they may do about them. Source: docs/rules.md, "Flags"."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import Q, Value, When

from accounts.models import User
from accounts.rules import COUNTY_ROLES, SCHOOL_WIDE, Role
from office.rules import masked_name
from students.models import Case
from students.rules.service import next_month
from visits.models import Visit, VisitPerson, VisitRecord
from visits.querysets.raised import Asked, raised_in, raised_over, with_answers
from visits.querysets.reach import GOERS, HEADS
from visits.querysets.records import VisitRecordQuerySet
from visits.querysets.told import Known, known, told_about, untold
from visits.rules.asking import Line, Rights, in_order
from visits.rules.flags import Raised


def questions_of(visit: Visit, user: User, *, as_of: datetime) -> list[Line]:
    """What is asked about one visit, of the children whose questions the person may know."""
    known = {pk: (school, is_own) for pk, school, is_own in _known(user).filter(visit=visit).values_list("pk", "school", "is_own")}
    if not known:
        return []
    raised = raised_in(schools={school for school, _ in known.values()}, month=visit.on.replace(day=1), as_of=as_of)
    lines = _lines([each for each in raised if each.record in known], user)
    return [line for line in lines if line.is_told or known[line.raised.record][1]]


def questions_in(month: date, user: User, *, as_of: datetime) -> list[Line]:
    """What is asked of a person in a month: about the visits they made, and at the schools they look after about every visit.

    Also what came up since about earlier months' visits, which are filed: it goes with the next submission.
    """
    looked_after = user.reach.schools(*SCHOOL_WIDE)
    made, filed = _made_by(user, month), _filed_before(user, month, looked_after)
    schools = looked_after | set(made.values()) | {school for _, school, _, _ in filed}
    earlier = {on.replace(day=1) for *_, on in filed} - {month}
    found = raised_over(schools=schools, months=[month], earlier=earlier, as_of=as_of)
    mine = [each for each in found[month] if each.school in looked_after or each.visit in made]
    closed = {record for record, *_ in filed}
    since = untold(each for one in earlier for each in found[one] if each.record in closed)
    return _lines(list(dict.fromkeys([*mine, *since])), user)


def _known(user: User) -> VisitRecordQuerySet:
    """The team's, the child's teachers' and the school's (`is_own`), at once; the county's once they were filed."""
    reach = user.reach
    ways = Q(school__in=reach.schools(*SCHOOL_WIDE))
    if reach.holds(Role.TEACHER):
        ways |= Q(case__in=Case.objects.taught_by(user).order_by().values("pk"))
    if reach.schools(*GOERS):
        ways |= Q(visit__in=VisitPerson.objects.filter(user=user.pk).order_by().values("visit"))
    filed = Q(school__county__in=reach.areas(*COUNTY_ROLES)) & ~Q(lock="")
    is_own = Choose(When(ways, then=Value(value=True)), default=Value(value=False))
    known: VisitRecordQuerySet = VisitRecord.objects.visible_to(user).filter(ways | filed).order_by().annotate(is_own=is_own)
    return known


def _made_by(user: User, month: date) -> dict[UUID, UUID]:
    """The visits of a month and the weeks around it that a person went on, with the child's school. One query, or none."""
    if not user.reach.schools(*GOERS):
        return {}
    first, last = date.fromordinal(month.toordinal() - 7), date.fromordinal(next_month(month).toordinal() + 7)
    return dict(VisitRecord.objects.made_by(user.pk).between(first, last).order_by().values_list("visit", "school"))


def _filed_before(user: User, month: date, looked_after: Collection[UUID]) -> list[tuple[UUID, UUID, UUID, date]]:
    """The filed records of earlier months that a person is asked about: id, school, visit, day. One query, or none."""
    ways = Q(school__in=looked_after)
    if user.reach.schools(*GOERS):
        ways |= Q(visit__in=VisitPerson.objects.filter(user=user.pk).order_by().values("visit"))
    filed = VisitRecord.objects.filter(ways, on__lt=month).exclude(lock=VisitRecord.Lock.OPEN).order_by()
    return list(filed.values_list("pk", "school", "visit", "on"))


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


def _lines(raised: list[Raised], user: User) -> list[Line]:
    """Three queries, or none."""
    if not raised:
        return []
    records = VisitRecord.objects.filter(pk__in={each.record for each in raised}).order_by().with_openness(user)
    rows = {row[0]: _Row(*row) for row in records.values_list(*COLUMNS)}
    mine = _of_the_team(user, {row.visit for row in rows.values()})
    told = told_about(row.record for row in rows.values() if row.lock)
    return in_order([_line(asked, rows[asked.raised.record], user, mine, told) for asked in with_answers(raised)])


def _of_the_team(user: User, visits: Iterable[UUID]) -> set[UUID]:
    if not user.reach.schools(*GOERS):
        return set()
    return set(VisitPerson.objects.filter(visit__in=visits, user=user.pk).order_by().values_list("visit", flat=True))


def _line(asked: Asked, row: _Row, user: User, mine: set[UUID], told: set[Known]) -> Line:
    answer, is_open = asked.answer, bool(row.is_open)
    return Line(
        raised=asked.raised,
        child=row.child if is_open else masked_name(row.child),
        case=row.case,
        starts_at=row.starts_at,
        rights=_rights(row, user, is_team=row.visit in mine),
        is_open=is_open,
        is_answered=answer is not None,
        is_told=known(asked.raised) in told,
        answer=answer.text if answer and is_open else "",
        answered_by=answer.by.name if answer and is_open else "",
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
