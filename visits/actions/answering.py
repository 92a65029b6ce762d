"""What is said to a question: by the team that went, or by the school's heads."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from office.audit import record as audit
from office.refusals import Refused
from visits.models import FlagAnswer, VisitPerson, VisitRecord
from visits.querysets.raised import raised_in
from visits.querysets.reach import GOERS, HEADS
from visits.querysets.told import Known, told_about
from visits.rules.judging import STAYING

LONGEST = 500


@transaction.atomic
def answer_flag(*, record: VisitRecord | UUID, code: str, evidence: str, text: str, by: User, at: datetime) -> FlagAnswer:
    """Answers this evidence; a second answer to the same replaces the first.

    Raises Refused for an empty or overlong text, for anybody but the team and the school's heads, where the question was
    filed with its record or stays with a school that has filed it, and where it is not asked any more.
    """
    found = VisitRecord.objects.select_for_update(of=("self",)).select_related("school", "visit").get(pk=getattr(record, "pk", record))
    text = text.strip()
    _refuse(why_not_text(text) or _why_not(found, by, (found.pk, code, evidence)))
    if not _is_asked(found, code, evidence, at):
        raise Refused("这条事项的依据已经变了，请按现在的情况再看。")
    answer, _ = FlagAnswer.objects.update_or_create(record=found, code=code, evidence=evidence, defaults={"text": text, "by": by, "at": at})
    audit(
        "flag.answered", subject=found.student_id, by=by.pk, at=at, county=found.school.county_id, detail={"record": found.pk, "flag": code}
    )
    return answer


def may_answer(record: VisitRecord, user: User) -> bool:
    """The team of the visit, and the admin and principal of the child's school."""
    if record.school_id in user.reach.schools(*HEADS):
        return True
    return bool(user.reach.schools(*GOERS)) and VisitPerson.objects.filter(visit=record.visit_id, user=user.pk).exists()


def why_not_text(text: str) -> str:
    if not text:
        return "请写几个字说明。"
    return f"说明最多 {LONGEST} 字。" if len(text) > LONGEST else ""


def _why_not(record: VisitRecord, by: User, question: Known) -> str:
    if not may_answer(record, by):
        return "只有这次送教的老师和本校负责人可以说明。"
    closed = record.lock == VisitRecord.Lock.FILED and (question[1] in STAYING or question in told_about([record.pk]))
    return "这个月已经上报，退回以后才能再说明。" if closed else ""


def _refuse(why: str) -> None:
    if why:
        raise Refused(why)


def _is_asked(record: VisitRecord, code: str, evidence: str, at: datetime) -> bool:
    """Judged as the month of the visit stands, and with weeks perhaps as its neighbour's."""
    asked = (raised_in(schools=[record.school_id], month=month, as_of=at) for month in _months(record.on))
    return any((each.record, each.code, each.evidence) == (record.pk, code, evidence) for month in asked for each in month)


def _months(on: date) -> list[date]:
    first = on.replace(day=1)
    before = (date.fromordinal(first.toordinal() - 1)).replace(day=1)
    after = date.fromordinal(first.toordinal() + 31).replace(day=1)
    return [first, *([before] if on.day <= 3 else []), *([after] if on.day >= 26 else [])]
