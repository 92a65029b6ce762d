"""What reports does in the background: ids only, harmless when late or twice."""

from __future__ import annotations

from django.utils import timezone

from office.jobs import Outcome, handles
from office.models import Job
from reports.actions import printing
from reports.models import Submission


@handles(printing.KIND)
def print_submission(job: Job) -> Outcome:
    found = Submission.objects.select_related("school", "pdf", "xlsx").filter(pk=job.payload["submission"]).first()
    if found is None:
        return Outcome("这份月报已经没有了。")
    printing.print_submission(submission=found, at=timezone.now())
    return Outcome("PDF 和表格做好了。")
