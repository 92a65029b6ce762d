"""Every write of a visit waits for the school months it touches, so that filing never sees half."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from visits.models import SchoolMonth, ToldQuestion, VisitRecord
from visits.rules.flags import Raised

BATCH = 2000


def lock_months(months: Iterable[tuple[UUID, date]]) -> None:
    """Holds the rows of these school months, in the order of their ids, until the transaction ends; makes those that are missing."""
    wanted = set(months)
    if len(wanted) == 1 and _hold(wanted):  # nearly always; who waits for several makes them before holding any
        return
    missing = [SchoolMonth(school_id=school, month=month) for school, month in sorted(wanted)]  # two who make the same wait in one order
    SchoolMonth.objects.bulk_create(missing, ignore_conflicts=True)
    _hold(wanted)


def _hold(wanted: set[tuple[UUID, date]]) -> int:
    """How many of the months there are; these are held."""
    if len(wanted) == 1:
        [(school, month)] = wanted
        found = SchoolMonth.objects.filter(school=school, month=month)
    else:
        found = SchoolMonth.objects.filter(school__in={school for school, _ in wanted}, month__in={month for _, month in wanted})
        named = found.order_by().values_list("pk", "school", "month")
        found = SchoolMonth.objects.filter(pk__in=[pk for pk, school, month in named if (school, month) in wanted])
    return len(found.select_for_update().order_by("pk").values_list("pk"))


def set_lock(*, records: Iterable[UUID], lock: str) -> None:
    """Who may still change these records: see VisitRecord.Lock. The caller holds their months."""
    ids = list(records)
    for start in range(0, len(ids), BATCH):
        VisitRecord.objects.filter(pk__in=ids[start : start + BATCH]).update(lock=lock)


def tell(*, submission: UUID, records: Collection[UUID], own: Iterable[Raised], late: Collection[Raised]) -> bool:
    """Notes what a submission tells the bureau: questions about its own records, and about what was filed before.

    False when another submission has just told one of the late ones: then the caller gives up. The caller holds the month.
    """
    ids = list(records)
    for start in range(0, len(ids), BATCH):  # what the version before told of them
        ToldQuestion.objects.filter(record__in=ids[start : start + BATCH], is_late=False).delete()
    _note(submission, own, is_late=False)
    return _note(submission, late, is_late=True) == len(late)


def _note(submission: UUID, raised: Iterable[Raised], *, is_late: bool) -> int:
    told = {(each.record, each.code.value, each.evidence) for each in raised if each.travels}
    rows = [
        ToldQuestion(record_id=record, code=code, evidence=evidence, submission=submission, is_late=is_late)
        for record, code, evidence in sorted(told)
    ]
    ToldQuestion.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return ToldQuestion.objects.filter(submission=submission, is_late=is_late).count()


def untell(*, submission: UUID) -> None:
    """A submission that is given back has told nothing; records that stay closed keep what was told of them."""
    told = ToldQuestion.objects.filter(submission=submission)
    told.filter(Q(is_late=True) | Q(record__lock=VisitRecord.Lock.OPEN)).delete()
