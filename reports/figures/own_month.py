"""A school's month as its own people see it: what was filed, or what would be filed now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from counties.models import Policy, School
from counties.rules import PolicyTerms
from reports.figures.filing import take
from reports.models import Submission
from reports.rules.filing import late_from
from reports.sheets.freezing import freeze
from reports.sheets.particulars import Particulars
from reports.sheets.snapshot import Snapshot

State = Submission.State


@dataclass(frozen=True)
class OwnMonth:
    """`filed` is the version that stands with the bureau; without it the content is what would be filed at `at`.

    `former` is the version before, where there is one: what was returned or opened again, and why.
    """

    school: School
    month: date
    at: datetime
    deadline: datetime
    versions: tuple[Submission, ...]
    filed: Submission | None
    draft: Submission | None
    former: Submission | None
    snapshot: Snapshot
    particulars: Particulars

    @property
    def state(self) -> str:
        """Of what was filed last; empty while nothing is."""
        standing = self.filed or self.former
        return standing.state if standing else ""

    @property
    def requests(self) -> str:
        """What the school wants to tell, as far as it is written down."""
        standing = self.filed or self.draft or self.former
        return standing.requests if standing else ""

    @property
    def substance(self) -> str:
        return self.snapshot.substance

    @property
    def is_confirmed(self) -> bool:
        """A principal stands for the content as it is now."""
        if self.filed is not None:
            return self.filed.confirmed_at is not None
        draft = self.draft
        return draft is not None and draft.confirmed_at is not None and Snapshot.read(draft.snapshot).substance == self.substance


def own_month(school: School, month: date, *, at: datetime) -> OwnMonth:
    """The school has begun to report here and the month has begun: reports.rules.filing.why_no_month."""
    versions = tuple(
        Submission.objects.filter(school=school, month=month)
        .select_related("submitted_by", "reviewed_by", "confirmed_by")
        .order_by("version")
    )
    last = versions[-1] if versions else None
    filed = last if last and last.state in (State.SUBMITTED, State.ACCEPTED) else None
    draft = last if last and last.state == State.DRAFT else None
    before = [version for version in versions if version not in (filed, draft)]
    former = before[-1] if before else None
    if filed is not None:
        content = Snapshot.read(filed.snapshot), Particulars.read(filed.particulars)
    else:
        content = _now(school, month, at, draft, former)
    policy = Policy.objects.judging(school.county_id, month)
    deadline = late_from(month, (policy.terms if policy else PolicyTerms()).submit_due_day)
    return OwnMonth(school, month, at, deadline, versions, filed, draft, former, *content)


def _now(school: School, month: date, at: datetime, draft: Submission | None, former: Submission | None) -> tuple[Snapshot, Particulars]:
    """As the draft would be written now, under the keys that the versions of the month share."""
    version = draft.version if draft else former.version + 1 if former else 1
    known = [Particulars.read(each.particulars) for each in (former, draft) if each is not None and each.particulars]
    return freeze(take(school, month, at), version=version, known=known, former=Snapshot.read(former.snapshot) if former else None)
