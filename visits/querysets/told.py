"""Which questions a submission has told the bureau. Source: docs/rules.md, "Flags"."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import BooleanField, DateTimeField, Value

from visits.models import FlagAnswer, ToldQuestion
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


class Answer(NamedTuple):
    text: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Said:
    """What was said of questions: by a submission to the bureau, and in answer."""

    told: set[Known]
    answers: dict[Known, Answer]


def said_about(records: Iterable[UUID]) -> Said:
    """What submissions have told about these records, and every answer given. One query, or none."""
    ids = set(records)
    if not ids:
        return Said(set(), {})
    answered = (Value(value=False, output_field=BooleanField()), "text", "by__name", "at")
    told = (Value(value=True, output_field=BooleanField()), Value(""), Value(""), Value(None, output_field=DateTimeField()))
    answers = FlagAnswer.objects.filter(record__in=ids).order_by().values_list("record", "code", "evidence", *answered)
    tellings = ToldQuestion.objects.filter(record__in=ids).order_by().values_list("record", "code", "evidence", *told)
    rows = list(answers.union(tellings, all=True))
    return Said(
        told={(record, code, evidence) for record, code, evidence, is_told, *_ in rows if is_told},
        answers={(record, code, evidence): Answer(*answer) for record, code, evidence, is_told, *answer in rows if not is_told},
    )


def untold(raised: Iterable[Raised], told: Collection[Known] | None = None) -> list[Raised]:
    """Those that travel and were not told, each once, in order of their day. One query where it is not known what was told."""
    once = {known(each): each for each in raised if each.travels}
    if told is None:
        told = told_about(record for record, *_ in once)
    return sorted((each for key, each in once.items() if key not in told), key=lambda each: (each.on, str(each.record), ORDER[each.code]))


ORDER = {flag: place for place, flag in enumerate(Flag)}
