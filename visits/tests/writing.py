"""What a page would send, for tests: a good visit of 28 October 2026, from 6 to 8 in the morning."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.test import Client

from accounts.models import User
from students.models import Case
from visits.actions import write_visit
from visits.models import VisitRevision
from visits.rules.writing import VisitContent

NOW = "2026-10-28 09:00"


def make_plain(*cases: Case, people: tuple[User, ...] = (), **fields: Any) -> dict[str, Any]:
    """The content of a visit; fields of a record go to every child."""
    record = {name: fields.pop(name) for name in list(fields) if name in ("present", "absent_reason", "lessons", "teaching", "health")}
    usual: dict[str, Any] = {
        "on": "2026-10-28",
        "start": "06:00",
        "end": "08:00",
        "mode": "home" if len(cases) == 1 else "centre",
        "purpose": "teaching",
        "state": "done",
        "people": [str(user.pk) for user in people],
        "companions": [] if people else ["村干部"],
        "records": [{"case": str(case.pk), "teaching": "认识红色和蓝色。"} | record for case in cases],
    }
    return usual | fields


def write(plain: dict[str, Any], by: User, at: Any, *, visit_id: UUID | None = None, base: int = 0, **more: Any) -> VisitRevision:
    return write_visit(visit_id=visit_id or uuid4(), content=VisitContent.read(plain), base_version=base, by=by, at=at, **more)


def put_text(client: Client, visit: UUID, plain: dict[str, Any], base: int = 0, **more: Any) -> Any:
    body = {"base_version": base, "content": plain, "device": {}, "reason": ""} | more
    return client.put(f"/visits/{visit}/text/", body, "application/json")
