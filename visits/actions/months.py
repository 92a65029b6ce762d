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
    missing = [SchoolMonth(school_id=school, month=month) for school, month in sorted(wanted)]  # two who make the same wait in one order
    SchoolMonth.objects.bulk_create(missing, ignore_conflicts=True)
    found = SchoolMonth.objects.filter(school__in={school for school, _ in wanted}, month__in={month for _, month in wanted})
    ids = [pk for pk, school, month in found.values_list("pk", "school", "month") if (school, month) in wanted]
    list(SchoolMonth.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))


def set_lock(*, records: Iterable[UUID], lock: str) -> None:
    """Who may still change these records: see VisitRecord.Lock. The caller holds their months."""
    ids = list(records)
    for start in range(0, len(ids), BATCH):
        VisitRecord.objects.filter(pk__in=ids[start : start + BATCH]).update(lock=lock)
