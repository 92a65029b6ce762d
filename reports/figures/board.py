"""What each school of a county has filed of a month: one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from reports.models import Submission
from reports.querysets import SubmissionQuerySet
from reports.rules.standing import Filed
from reports.sheets.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class FiledMonth:
    """A school's latest filed version; `flags` it was asked, of which `unanswered` were filed without a word."""

    submission_id: UUID
    school_id: UUID
    filed: Filed
    flags: int
    unanswered: int

    @property
    def is_clean(self) -> bool:
        """A person filed it and nothing in it asks: it may be accepted without being opened."""
        return not self.flags and not self.filed.is_auto


def filed_months(submissions: SubmissionQuerySet, month: date) -> dict[UUID, FiledMonth]:
    """The latest version of each school that is no draft."""
    rows = submissions.of_month(month).exclude(state="draft").order_by("school", "version")
    return {submission.school_id: filed_month(submission) for submission in rows.defer("particulars")}


def filed_month(submission: Submission) -> FiledMonth:
    snapshot = Snapshot.read(submission.snapshot)
    flags = list(snapshot.flags)
    marks = {"is_nil": submission.is_nil, "is_auto": submission.is_auto, "is_late": snapshot.declaration.is_late}
    filed = Filed(submission.state, submission.version, **marks)
    return FiledMonth(submission.pk, submission.school_id, filed, len(flags), sum(not flag.answered for flag in flags))
