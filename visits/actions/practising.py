"""The objectives a visit practised: checked against the children's plans, kept with their records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from accounts.models import User
from visits.models import Practice, Visit, VisitRecord
from visits.querysets.practising import Lines, practised_of, standings
from visits.rules.practising import why_not_practised
from visits.rules.writing import VisitContent


def check_practised(content: VisitContent, visit: Visit | None, by: User) -> dict[str, str]:
    """What speaks against each objective, by its field. Asks nothing where none is sent."""
    asked = {line.plan for record in content.records for line in record.practised}
    if not asked:
        return {}
    kept = _kept(visit, by)
    plans = standings(asked, by, content.on)
    errors: dict[str, str] = {}
    for number, record in enumerate(content.records):
        wrong = why_not_practised(record.case, record.practised, plans, kept.get(record.case, set()))
        errors |= {f"records.{number}.practised.{place}": words for place, words in wrong.items()}
    return errors


def _kept(visit: Visit | None, by: User) -> dict[UUID, set[tuple[str, str]]]:
    """By case the plan and objective of what the visit's records that `by` reads hold already."""
    if visit is None:
        return {}
    records = {record.pk: record.case_id for record in VisitRecord.objects.open_to(by).filter(visit=visit)}
    lines = Practice.objects.filter(record__in=records).values_list("record", "plan", "objective")
    found: dict[UUID, set[tuple[str, str]]] = {}
    for record, plan, objective in lines:
        found.setdefault(records[record], set()).add((str(plan), str(objective)))
    return found


def keep_practised(content: VisitContent, records: Sequence[VisitRecord], *, is_new: bool) -> Lines:
    """Makes the lines of the records written what was sent of them; gives those of all `records`. A new visit that practised
    nothing costs no query."""
    told = {} if is_new else practised_of([one.pk for one in records])
    said = {record.case: record.practised for record in content.records}
    gone, new = [], []
    for one in records:
        lines = said.get(one.case_id)
        if lines is None or [line.plain() for line in lines] == told.get(one.pk, []):
            continue
        if told.pop(one.pk, None):
            gone.append(one.pk)
        if lines:
            told[one.pk] = [line.plain() for line in lines]
        new += [_practice(one, place, line) for place, line in enumerate(lines)]
    if gone:
        Practice.objects.filter(record__in=gone).delete()
    if new:
        Practice.objects.bulk_create(new)
    return told


def _practice(one: VisitRecord, place: int, line: Any) -> Practice:
    said = {name: getattr(line, name) for name in ("objective", "level", "tries", "right", "note")}
    return Practice(record=one, plan_id=line.plan, position=place, **said)
