"""A visit is written: once however often it is sent, never over what somebody else wrote meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from office.audit import Told, record_all
from office.refusals import Refused
from office.rules.typed import BadContent
from students.models import Case
from visits.actions.confirming import confirm
from visits.actions.months import lock_months
from visits.actions.photos import announce, announce_first
from visits.actions.practising import check_practised, keep_practised
from visits.actions.records import keep_records
from visits.models import Visit, VisitDraft, VisitPerson, VisitRecord, VisitRevision
from visits.querysets.practising import Lines
from visits.querysets.writing import cases_of, hand_of, last_saved, names_of, plain_records, sent_with, span_of
from visits.rules.changing import NOT_YOURS, why_locked, why_not, why_not_corrected, written_at
from visits.rules.writing import VisitContent

MOVED = "这次送教在您填写期间已经有了新的内容。您写的还在，请对照后再提交。"


class Conflict(Refused):
    """The version moved, or another content has that id: whoever writes sees both before going on."""

    def __init__(self, current: VisitRevision | None, visit: Visit) -> None:
        super().__init__(MOVED)
        self.current, self.visit = current, visit


@dataclass(frozen=True, slots=True)
class Sent:
    """What came in."""

    visit_id: UUID
    content: VisitContent
    base_version: int
    by: User
    at: datetime
    device_at: datetime | None
    drift: int
    sequence: int | None
    reason: str


def write_visit(
    *,
    visit_id: UUID,
    content: VisitContent,
    base_version: int,
    by: User,
    at: datetime,
    device_at: datetime | None = None,
    drift: int = 0,
    sequence: int | None = None,
    reason: str = "",
) -> VisitRevision:
    """Writes a visit on the version its writer saw (0: a new one) and gives the receipt; sent again, the first receipt.

    Raises BadContent with words for each field, Conflict when the version moved, Refused when the month is filed,
    PermissionDenied when the visit is not the writer's to change.
    """
    sent = Sent(visit_id, content, base_version, by, at, device_at, drift, sequence, reason.strip())
    try:
        return _write(sent)
    except IntegrityError:  # somebody wrote the same id at the same moment: now it is there to be looked at
        return _write(sent)


@transaction.atomic
def _write(sent: Sent) -> VisitRevision:
    seen = Visit.objects.filter(pk=sent.visit_id).first()
    if seen and (receipt := _receipt(sent, by=sent.by.pk)):
        return _drop_draft(sent, receipt)
    cases = cases_of(sent.content.cases, sent.by, seen)
    lock_months(_months(sent.content, seen, cases))
    visit = Visit.objects.select_for_update().filter(pk=sent.visit_id).first() if seen else None
    if visit is not None:
        if not (hand := hand_of(visit, sent.by)).may_touch(set()):
            raise PermissionDenied
        if receipt := _receipt(sent):
            return _drop_draft(sent, receipt)
        _check_version(sent, seen, visit)
        locks = _check_locks(sent, visit, hand)
    elif sent.base_version:
        raise Refused("这次送教已经不在了。")
    names = _check_content(sent, visit, cases)
    return _keep(sent, visit, cases, names, verb=_verb(visit, "" if visit is None else locks))


def _receipt(sent: Sent, **who: UUID) -> VisitRevision | None:
    found: VisitRevision | None = VisitRevision.objects.filter(
        visit=sent.visit_id, base_version=sent.base_version, digest=sent.content.digest, **who
    ).first()
    return found


def _drop_draft(sent: Sent, receipt: VisitRevision) -> VisitRevision:
    """A draft goes with the receipt, not before; one begun from a later version stays."""
    VisitDraft.objects.filter(visit=sent.visit_id, user=sent.by, base_version__lte=sent.base_version).delete()
    return receipt


def _months(content: VisitContent, visit: Visit | None, cases: dict[UUID, Case]) -> set[tuple[UUID, date]]:
    """The school months a write touches: of every school, the old month and the new."""
    schools = {case.school_id for case in cases.values() if case.school_id}
    days = {content.on}
    if visit is not None:
        schools |= {visit.school_id, *VisitRecord.objects.filter(visit=visit).order_by().values_list("school", flat=True)}
        days.add(visit.on)
    return {(school, day.replace(day=1)) for school in schools for day in days}


# --- What speaks against it ---------------------------------------------------------------------------------


def _check_version(sent: Sent, seen: Visit | None, visit: Visit) -> None:
    if visit.version != sent.base_version or seen is None or seen.version != visit.version:
        raise Conflict(VisitRevision.objects.filter(visit=visit, version=visit.version).select_related("by").first(), visit)


def _check_locks(sent: Sent, visit: Visit, hand: Any) -> set[str]:
    rows = list(VisitRecord.objects.filter(visit=visit).order_by().values_list("lock", "case"))
    locks = {lock for lock, _ in rows if lock}
    if why := why_locked(locks):
        raise Refused(why)
    if not hand.may_touch(locks):
        raise Refused(NOT_YOURS)
    if "accepted" in locks:
        kept = _hidden(sent, visit)
        cases = {case for _, case in rows} - {record.case_id for record in kept}
        if errors := why_not_corrected(sent.content, visit.on, cases, sent.reason):
            raise BadContent(errors)
    return locks


def _check_content(sent: Sent, visit: Visit | None, cases: dict[UUID, Case]) -> dict[UUID, str]:
    """Gives the names of those who went."""
    content = sent.content
    spans = {key: span_of(case) for key, case in cases.items()}
    errors = why_not(content, spans, now=timezone.localtime(sent.at)) | check_practised(content, visit, sent.by)
    if len({case.student_id for case in cases.values()}) < len(cases):
        errors["records"] = "同一名学生写了两次。"
    school = next((case.school for case in cases.values() if case.school), None)
    names = names_of(content.people, school.county_id, visit) if school else {}
    if school and set(content.people) - set(names):
        errors["people"] = "名单里有一位老师不在本县的学校。"
    if errors:
        raise BadContent(errors)
    return names


def _hidden(sent: Sent, visit: Visit) -> list[VisitRecord]:
    """Records of the visit that the writer does not see: they stay as they are, whatever is written of the others."""
    shown = VisitRecord.objects.open_to(sent.by).filter(visit=visit).order_by().values("pk")
    return list(VisitRecord.objects.filter(visit=visit).exclude(pk__in=shown).order_by("pk"))


# --- Writing ------------------------------------------------------------------------------------------------


def _verb(visit: Visit | None, locks: Any) -> str:
    if visit is None:
        return "visit.logged"
    return "visit.corrected" if "accepted" in locks else "visit.changed"


def _keep(sent: Sent, before: Visit | None, cases: dict[UUID, Case], names: dict[UUID, str], *, verb: str) -> VisitRevision:
    hidden = _hidden(sent, before) if before else []
    others = {str(each.case_id) for each in hidden}
    unseen = sent_with(before, others) if before and others else {}
    visit = _keep_visit(sent, before, cases)
    _keep_people(sent, visit, names)
    records = [*keep_records(sent.content, visit, cases, hidden), *hidden]
    practised = keep_practised(sent.content, records, is_new=before is None)
    whole = sent.content.plain() | {"records": []}
    for name in ("photos", "confirmations"):
        known = {each["id"] for each in whole[name]}
        whole[name] += [each for each in unseen.get(name, []) if each["id"] not in known]
    told = _keep_evidence(sent, visit, records, whole, practised)
    whole["records"] = plain_records(records, practised)
    receipt = VisitRevision.objects.create(
        visit=visit,
        version=visit.version,
        base_version=sent.base_version,
        digest=sent.content.digest,
        content=whole,
        by=sent.by,
        at=sent.at,
        device_at=sent.device_at,
        reason=sent.reason if verb == "visit.corrected" else "",
    )
    _drop_draft(sent, receipt)
    whom = records[0].student_id if len(records) == 1 else visit.pk
    detail = {"visit": visit.pk, "version": visit.version, "children": len(records)}
    record_all([*told, (verb, whom, detail)], by=sent.by.pk, at=sent.at, county=visit.school.county_id)
    return receipt


def _keep_visit(sent: Sent, before: Visit | None, cases: dict[UUID, Case]) -> Visit:
    content = sent.content
    zone = timezone.get_default_timezone()
    visit = before or _new_visit(sent)
    schools = [cases[case].school_id for case in content.cases]
    if before is None or visit.school_id not in schools:
        visit.school = cases[content.cases[0]].school  # type: ignore[assignment]  # a served case has one
    visit.on, visit.starts_at, visit.ends_at = content.on, content.starts_at(zone), content.ends_at(zone)
    visit.mode, visit.purpose, visit.place, visit.channel = content.mode, content.purpose, content.place, content.channel
    visit.state, visit.missed_reason = content.state, content.missed_reason
    visit.version += 1
    visit.save(force_insert=before is None)
    return visit


def _new_visit(sent: Sent) -> Visit:
    saved = last_saved(sent.visit_id, sent.by) if sent.device_at and sent.sequence is not None else None
    written = written_at(sent.device_at, sent.drift, at=sent.at, sequence=sent.sequence, saved=saved)
    source = Visit.Source.PAGE
    return Visit(pk=sent.visit_id, version=0, author=sent.by, written_at=written, received_at=sent.at, drift=sent.drift, source=source)


def _keep_people(sent: Sent, visit: Visit, names: dict[UUID, str]) -> None:
    """Who went: those named anew are frozen under their name of today, the others keep theirs."""
    there = list(VisitPerson.objects.filter(visit=visit)) if visit.version > 1 else []
    users, companions = set(sent.content.people), set(sent.content.companions)
    gone = [each.pk for each in there if (each.user_id not in users if each.user_id else each.name not in companions)]
    VisitPerson.objects.filter(pk__in=gone).delete()
    known = {each.user_id for each in there}, {each.name for each in there if not each.user_id}
    new = [VisitPerson(visit=visit, user_id=user, name=names[user]) for user in sent.content.people if user not in known[0]]
    new += [VisitPerson(visit=visit, name=name) for name in sent.content.companions if name not in known[1]]
    VisitPerson.objects.bulk_create(new)


def _keep_evidence(sent: Sent, visit: Visit, records: list[VisitRecord], whole: dict[str, Any], practised: Lines) -> list[Told]:
    """Returns what is still to be recorded."""
    told = []
    if visit.version == 1:
        told = announce_first(visit=visit, manifest=whole["photos"], records=records, by=sent.by)
    else:
        announce(visit=visit, manifest=whole["photos"], by=sent.by, at=sent.at)
    if whole["confirmations"]:
        confirm(visit=visit, given=whole["confirmations"], practised=practised, by=sent.by, at=sent.at)
    return told
