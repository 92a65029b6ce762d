"""The draft of a school's month: what it would hold, frozen and stored anew whenever somebody asks."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from counties.models import School
from office.audit import record
from office.refusals import Refused
from reports.figures.filing import Taken, months_to_hold, take
from reports.models import Submission
from reports.rules.filing import why_no_month
from reports.sheets.freezing import freeze
from reports.sheets.particulars import Particulars
from reports.sheets.snapshot import Snapshot
from visits.actions import lock_months
from visits.models import SchoolMonth

State = Submission.State
IN_WORK = (State.RETURNED, State.SUPERSEDED)


@transaction.atomic
def refresh_draft(*, school: School, month: date, at: datetime) -> Submission:
    """The month's standing submission: its draft, made or brought up to date; or the one that was filed, as it is."""
    taken = hold_and_take(school=school, month=month, as_of=at)
    draft, is_new = standing(school, month, at=at)
    if draft.state != State.DRAFT:
        return draft
    write_draft(draft, taken, at=at)
    if is_new:
        record("submission.prepared", subject=draft.pk, by=None, at=at, county=school.county_id, detail=told(draft))
    return draft


def hold_and_take(*, school: School, month: date, as_of: datetime) -> Taken:
    """What the month would hold; the months it is taken from are held until the transaction ends."""
    if words := why_no_month(month, school.reports_from, today=localdate(as_of)):
        raise Refused(words)
    held = months_to_hold(school, month, as_of)
    lock_months((school.pk, each) for each in held)
    return take(school, month, as_of, held=held)


def standing(school: School, month: date, *, at: datetime) -> tuple[Submission, bool]:
    """The draft or what was filed, and whether it is a new draft, not stored yet. The caller holds the month."""
    last = Submission.objects.filter(school=school, month=month).order_by("-version").first()
    if last is not None and last.state not in IN_WORK:
        return last, False
    return Submission(school=school, month=month, version=last.version + 1 if last else 1, as_of=at, made_at=at), True


def write_draft(draft: Submission, taken: Taken, *, at: datetime) -> Snapshot:
    """Stores the draft as it is now. A principal's confirmation of other content is void."""
    former = Submission.objects.filter(school=draft.school_id, month=draft.month, version__lt=draft.version).order_by("-version").first()
    known = [Particulars.read(each.particulars) for each in (former, draft) if each is not None and each.particulars]
    snapshot, particulars = freeze(
        taken, version=draft.version, known=known, former=Snapshot.read(former.snapshot) if former and former.snapshot else None
    )
    if draft.confirmed_at and Snapshot.read(draft.snapshot).substance != snapshot.substance:
        draft.confirmed_by = draft.confirmed_at = None
    draft.is_nil, draft.as_of, draft.made_at = taken.is_nil, taken.as_of, at
    store(draft, snapshot, particulars)
    return snapshot


def store(submission: Submission, snapshot: Snapshot, particulars: Particulars) -> None:
    submission.snapshot, submission.digest, submission.particulars = snapshot.canonical(), snapshot.digest, particulars.plain()
    submission.save()


def set_month(school: UUID, month: date, state: str) -> None:
    SchoolMonth.objects.filter(school=school, month=month).update(state=state, version=F("version") + 1)


def told(submission: Submission, **more: object) -> dict[str, object]:
    """What the audit says of a submission."""
    return {"month": f"{submission.month:%Y-%m}", "version": submission.version, "digest": submission.digest[:16], **more}
