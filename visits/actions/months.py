"""Every write of a visit waits for the school months it touches, so that filing never sees half."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from visits.models import SchoolMonth, VisitRecord

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
    found = SchoolMonth.objects.filter(school__in={school for school, _ in wanted}, month__in={month for _, month in wanted})
    if len(wanted) > 1:
        named = found.order_by().values_list("pk", "school", "month")
        found = SchoolMonth.objects.filter(pk__in=[pk for pk, school, month in named if (school, month) in wanted])
    return len(found.select_for_update().order_by("pk").values_list("pk"))


def set_lock(*, records: Iterable[UUID], lock: str) -> None:
    """Who may still change these records: see VisitRecord.Lock. The caller holds their months."""
    ids = list(records)
    for start in range(0, len(ids), BATCH):
        VisitRecord.objects.filter(pk__in=ids[start : start + BATCH]).update(lock=lock)
