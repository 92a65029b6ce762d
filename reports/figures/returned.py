"""What the bureau sent back and a teacher has to mend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from accounts.models import User
from counties.rules import Span
from reports.models import LineReturn
from students.models import Student
from students.rules.service import month_span
from visits.models import VisitRevision


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """`is_mended`: something was written of the child's visits of the month since."""

    student: Student
    month: date
    reason: str
    is_mended: bool

    @property
    def window(self) -> Span:
        return month_span(self.month)


def returned_to(user: User) -> list[ReturnedLine]:
    """The lines that wait for this person's hand, the oldest month first. One query."""
    since = VisitRevision.objects.filter(
        visit__records__student=OuterRef("student"),
        visit__on__year=OuterRef("submission__month__year"),
        visit__on__month=OuterRef("submission__month__month"),
        at__gt=OuterRef("submission__reviewed_at"),
    )
    waiting = LineReturn.objects.visible_to(user).standing().annotate(is_mended=Exists(since))
    lines = waiting.select_related("student", "submission").order_by("submission__month", "student__name_key", "pk")
    return [ReturnedLine(line.student, line.submission.month, line.reason, line.is_mended) for line in lines]
