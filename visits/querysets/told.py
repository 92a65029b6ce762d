"""Which questions a submission has told the bureau. Source: docs/rules.md, "Flags"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from visits.models import ToldQuestion
from visits.querysets.raised import raised_over
from visits.rules.flags import Raised
from visits.rules.judging import Flag

Known = tuple[UUID, str, str]
"""What makes a question this one: record, code, evidence."""


def known(raised: Raised) -> Known:
    return raised.record, raised.code.value, raised.evidence


def told_about(records: Iterable[UUID]) -> set[Known]:
    """The questions about these records that a submission has told. One query, or none."""
    ids = set(records)
    told = ToldQuestion.objects.filter(record__in=ids).order_by() if ids else ToldQuestion.objects.none()
    return set(told.values_list("record", "code", "evidence"))


def born_since(filed: dict[UUID, date], *, schools: Mapping[UUID, str], as_of: datetime) -> list[Raised]:
    """What travels and is asked now about records that were `filed` (each with its day), and no submission has told."""
    if not filed:
        return []
    found = raised_over(schools=schools, months=[], as_of=as_of, earlier={on.replace(day=1) for on in filed.values()})
    return untold(raised for month in found.values() for raised in month if raised.record in filed)


def untold(raised: Iterable[Raised]) -> list[Raised]:
    """Those that travel and were not told, each once, in order of their day."""
    once = {known(each): each for each in raised if each.travels}
    told = told_about(record for record, *_ in once)
    return sorted((each for key, each in once.items() if key not in told), key=lambda each: (each.on, str(each.record), ORDER[each.code]))


ORDER = {flag: place for place, flag in enumerate(Flag)}
