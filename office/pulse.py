"""Signs of life: what works without being looked at says so, and the health page sees when it last did."""

from __future__ import annotations

import platform
from datetime import datetime
from typing import Any

from office.models import Pulse


def beat(name: str, *, at: datetime, **detail: Any) -> None:
    """Says that `name` ("tick", "worker:documents", "backup") was alive on this machine at that moment.

    One row a name and machine, the last word wins. `detail` is JSON for the health page: no personal data.
    """
    Pulse.objects.update_or_create(name=name, host=platform.node()[:100], defaults={"at": at, "detail": detail})
