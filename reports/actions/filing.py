"""The steps of a submission: filed, confirmed, returned, accepted, reopened.

Each holds the school's months that it touches, looks again, and then changes everything or nothing. Who may take which
step is the pages' to ask; what stands in the way of it is told here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from counties.models import School
from office.audit import record
from office.models import AuditChain
from office.refusals import Refused
from reports.actions.drafting import State, hold_and_take, refresh_draft, set_month, standing, store, told, write_draft
from reports.actions.printing import ask_for_print
from reports.actions.telling import tell_county, tell_school, tell_teachers
from reports.figures.filing import Taken, due_day_of
from reports.models import FiledCorrection, Filing, LineReturn, Submission
from reports.rules.filing import MOVED_ON, Step, deadline, is_late, late_from, why_not
from reports.sheets.particulars import Particulars, Staff
from reports.sheets.snapshot import Snapshot
from visits.actions import lock_months, set_lock, tell, untell
from visits.models import SchoolMonth, VisitRecord

__all__ = ["accept", "confirm", "refresh_draft", "reopen", "return_submission", "submit", "submit_automatically"]

Lock = VisitRecord.Lock
BATCH = 2000


@transaction.atomic
def submit(*, school: School, month: date, version: int, by: User, at: datetime, requests: str = "", nil: bool = False) -> Submission:
    """Files the month as it is now. `version` is the one that the person saw; `nil` says that there is nothing to file."""
    taken = hold_and_take(school=school, month=month, as_of=at)
    draft, _ = standing(school, month, at=at)
    _check(Step.SUBMIT, draft, version)
    snapshot = write_draft(draft, taken, at=at)
    if words := _missing(draft, taken, nil=nil):
        raise Refused(words)
    draft.submitted_by, draft.requests = by, requests.strip() or draft.requests
    _file(draft, snapshot, taken, submitted_at=at)
    tell_county(draft, at=at)
    record("submission.submitted", subject=draft.pk, by=by.pk, at=at, county=school.county_id, detail=told(draft, rows=len(taken.records)))
    return draft


@transaction.atomic
def submit_automatically(*, school: School, month: date, at: datetime) -> Submission:
    """Files, once the deadline has passed, a month that the school has not: as of the deadline, with what was not answered.

    A month that was filed before, also one that was returned, stays as it is.
    """
    due_day = due_day_of(school, month)
    if at < late_from(month, due_day):
        raise Refused("还没有到上报截止时间。")
    taken = hold_and_take(school=school, month=month, as_of=deadline(month, due_day))
    before: Submission | None = Submission.objects.filter(school=school, month=month).order_by("-version").first()
    if before is not None and (before.state != State.DRAFT or before.version > 1):
        return before
    draft, _ = standing(school, month, at=at)
    snapshot = write_draft(draft, taken, at=at)
    draft.is_auto = True
    _file(draft, snapshot, taken, submitted_at=taken.as_of)
    tell_county(draft, at=at)
    detail = told(draft, rows=len(taken.records), auto=True)
    record("submission.submitted", subject=draft.pk, by=None, at=at, county=school.county_id, detail=detail)
    return draft


def _missing(draft: Submission, taken: Taken, *, nil: bool) -> str:
    """What a person has to do before they submit, in words."""
    if nil and not taken.is_nil:
        return "这个月有可以上报的送教记录，不能作零报告。"
    if not nil and taken.is_nil:
        return "没有可以上报的送教记录：如果属实，请作零报告。"
    if waiting := len(taken.open_flags):
        return f"还有 {waiting} 个需说明事项没有说明，说明之后才能上报。"
    if taken.school.principal_confirms and draft.confirmed_at is None:
        return "要先由校长确认这个月的月报；确认之后记录有变化的，要再确认一次。"
    return ""


def _file(draft: Submission, snapshot: Snapshot, taken: Taken, *, submitted_at: datetime) -> None:
    """Freezes the draft as filed, takes its records and locks them."""
    school, month = taken.school, taken.month
    earlier = Submission.objects.filter(school=school, month=month, submitted_at__isnull=False).exclude(pk=draft.pk)
    first = min([submitted_at, *earlier.values_list("submitted_at", flat=True)])
    chain = AuditChain.objects.filter(scope=school.county_id).first()
    declaration = replace(
        snapshot.declaration,
        is_auto=draft.is_auto,
        confirmed_at=draft.confirmed_at,
        submitted_at=submitted_at,
        first_submitted_at=first,
        is_late=is_late(first, month, taken.figures.terms.submit_due_day),
        audit_count=chain.count if chain else 0,
        audit_head=chain.head if chain else "",
    )
    staff = Staff(*(person.name if person else "" for person in (draft.submitted_by, draft.confirmed_by)))
    particulars = replace(Particulars.read(draft.particulars), staff=staff, requests=draft.requests)
    draft.state, draft.submitted_at = State.SUBMITTED, submitted_at
    store(draft, replace(snapshot, declaration=declaration), particulars)
    Filing.objects.bulk_create([Filing(record=each, submission=draft) for each in taken.records], batch_size=BATCH)
    FiledCorrection.objects.bulk_create([FiledCorrection(revision=each, submission=draft) for each in taken.corrections])
    set_lock(records=[each.pk for each in taken.records], lock=Lock.FILED)
    _tell(draft, taken)
    set_month(school.pk, month, SchoolMonth.State.FILED)
    ask_for_print(submission=draft, by=draft.submitted_by_id, at=draft.made_at)


def _tell(draft: Submission, taken: Taken) -> None:
    own = [each.raised for asked in taken.asked.values() for each in asked]
    late = [each.raised for each in taken.born_since]
    if not tell(submission=draft.pk, records=[each.pk for each in taken.records], own=own, late=late):
        raise Refused(MOVED_ON)


@transaction.atomic
def confirm(*, submission: Submission, by: User, at: datetime) -> Submission:
    """A principal stands for the draft that they saw, `submission`; when records change afterwards the confirmation is void."""
    lock_months([(submission.school_id, submission.month)])
    draft = _again(submission)
    _check(Step.CONFIRM, draft, submission.version)
    if draft.digest != submission.digest and Snapshot.read(draft.snapshot).substance != Snapshot.read(submission.snapshot).substance:
        raise Refused(MOVED_ON)
    draft.confirmed_by, draft.confirmed_at = by, at
    draft.save(update_fields=["confirmed_by", "confirmed_at"])
    record("submission.confirmed", subject=draft.pk, by=by.pk, at=at, county=draft.school.county_id, detail=told(draft))
    return draft


# --- The bureau's answers --------------------------------------------------------------------------------


@transaction.atomic
def return_submission(
    *, submission: Submission, version: int, lines: Mapping[UUID, str], reason: str, by: User, at: datetime
) -> Submission:
    """Gives a submission back, with a reason for each line that needs work; without lines all of it needs work.

    Its records are in no submission again. The visits of the named children can be changed, others stay closed.
    """
    filed = _hold(submission)
    _check(Step.RETURN, filed, version)
    lines = {student: words.strip() for student, words in lines.items()}
    if not all(lines.values()) or not (lines or reason.strip()):
        raise Refused("请写明退回的理由：是哪名学生的哪一次，要补什么。")
    if not {str(student) for student in lines} <= {child.student for child in Particulars.read(filed.particulars).children.values()}:
        raise Refused("这份月报里没有这名学生。")
    LineReturn.objects.bulk_create(LineReturn(submission=filed, student_id=student, reason=words) for student, words in lines.items())
    _give_back(filed, State.RETURNED, students=lines or None, reason=reason, by=by, at=at)
    tell_school(filed, "returned", at=at)
    tell_teachers(filed, lines, at=at)
    record("submission.returned", subject=filed.pk, by=by.pk, at=at, county=filed.school.county_id, detail=told(filed, rows=len(lines)))
    return filed


@transaction.atomic
def accept(*, submission: Submission, version: int, by: User, at: datetime) -> Submission:
    """Closes a submission: its records can only be corrected from now on."""
    filed = _hold(submission)
    _check(Step.ACCEPT, filed, version)
    filed.state, filed.reviewed_by, filed.reviewed_at = State.ACCEPTED, by, at
    filed.save(update_fields=["state", "reviewed_by", "reviewed_at"])
    set_lock(records=filed.filings.values_list("record", flat=True), lock=Lock.ACCEPTED)
    set_month(filed.school_id, filed.month, SchoolMonth.State.ACCEPTED)
    tell_school(filed, "accepted", at=at)
    record("submission.accepted", subject=filed.pk, by=by.pk, at=at, county=filed.school.county_id, detail=told(filed))
    return filed


@transaction.atomic
def reopen(*, submission: Submission, reason: str, by: User, at: datetime) -> Submission:
    """Takes an acceptance back: what was accepted stays on record, and all of it can be changed and is filed anew."""
    filed = _hold(submission)
    _check(Step.REOPEN, filed, filed.version)
    if not reason.strip():
        raise Refused("请写明重新打开的理由。")
    _give_back(filed, State.SUPERSEDED, students=None, reason=reason, by=by, at=at)
    tell_school(filed, "reopened", at=at)
    record("submission.reopened", subject=filed.pk, by=by.pk, at=at, county=filed.school.county_id, detail=told(filed))
    return filed


def _give_back(filed: Submission, state: str, *, students: Iterable[UUID] | None, reason: str, by: User, at: datetime) -> None:
    """Ends a version. Visits that hold a record of one of `students` (None: of anybody) open whole, but for what is filed elsewhere."""
    named = filed.filings.all() if students is None else filed.filings.filter(record__student__in=list(students))
    visits = list(named.values_list("record__visit", flat=True).distinct())
    filed.filings.all().delete()
    filed.corrections.all().delete()
    set_lock(records=_free_records(visits), lock=Lock.OPEN)
    untell(submission=filed.pk)
    filed.state, filed.reviewed_by, filed.reviewed_at, filed.review_reason = state, by, at, reason.strip()
    filed.save(update_fields=["state", "reviewed_by", "reviewed_at", "review_reason"])
    set_month(filed.school_id, filed.month, SchoolMonth.State.OPEN)


def _free_records(visits: list[UUID]) -> Iterable[UUID]:
    for start in range(0, len(visits), BATCH):
        yield from VisitRecord.objects.filter(visit__in=visits[start : start + BATCH], filing__isnull=True).values_list("pk", flat=True)


def _hold(submission: Submission) -> Submission:
    """The submission as it is once its month, and every month a visit of it touches, is held."""
    visits = submission.filings.order_by().values("record__visit")
    touched = VisitRecord.objects.filter(visit__in=visits).order_by().values_list("school", "on").distinct()
    lock_months({(submission.school_id, submission.month), *((school, on.replace(day=1)) for school, on in touched)})
    return _again(submission)


def _again(submission: Submission) -> Submission:
    found: Submission = Submission.objects.select_related("school").get(pk=submission.pk)
    return found


def _check(step: Step, submission: Submission, shown: int) -> None:
    if words := why_not(step, submission.state, version=submission.version, shown=shown):
        raise Refused(words)
