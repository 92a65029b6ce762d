"""What the bureau does from its board: schools without a question accepted together, each by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from office.refusals import Refused
from reports.actions.filing import accept
from reports.figures.board import filed_month
from reports.models import Submission
from reports.querysets import SubmissionQuerySet


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one school."""

    is_accepted: bool
    words: str


def accept_clean(*, submissions: SubmissionQuerySet, tickets: Mapping[UUID, int], by: User, at: datetime) -> list[Outcome]:
    """Accepts those of `submissions` that have a ticket: its version is the one that was seen. One that is refused stops no other."""
    found = submissions.filter(pk__in=list(tickets)).select_related("school").order_by("school__code")
    return [_accept(submission, tickets[submission.pk], by, at) for submission in found]


def _accept(submission: Submission, version: int, by: User, at: datetime) -> Outcome:
    name = submission.school.name
    if submission.state == Submission.State.SUBMITTED and not filed_month(submission).is_clean:
        return Outcome(is_accepted=False, words=f"{name}：有需说明事项或未经学校确认，请打开审核。")
    try:
        accept(submission=submission, version=version, by=by, at=at)
    except Refused as refusal:
        return Outcome(is_accepted=False, words=f"{name}：{refusal}")
    return Outcome(is_accepted=True, words=f"{name}：已通过。")
