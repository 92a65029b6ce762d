"""What accounts does in the background."""

from __future__ import annotations

from itertools import islice

from office.jobs import Outcome, handles
from office.models import AuditChain, Job
from office.verification import verify

SHOWN = 20


@handles("audit.verify")
def verify_chain(job: Job) -> Outcome:
    scope = job.payload["scope"]
    lines = AuditChain.objects.filter(scope=scope).values_list("count", flat=True).first() or 0
    faults = [fault.message for fault in islice(verify(scope), SHOWN)]
    return Outcome("有问题：" + " ".join(faults) if faults else f"完好，共 {lines} 行。", {"faults": faults})
