"""Messages that leave the product, for tests: where people are reached, what went out."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.actions.deliveries import Outgoing, people_due, take
from accounts.clock import messages_due
from accounts.models import Address, Delivery, User
from counties.tests.make import at
from office.jobs import handler_of
from office.models import Job

NOON = at("2026-10-28 12:00")
RECORDING = "office.senders.recording.Recording"


@pytest.fixture
def outbox(settings: Any, tmp_path: Path) -> Path:
    """The recording channel is configured; what it sends lies here."""
    settings.SENDERS = {"other": RECORDING}
    settings.DATA = tmp_path
    return tmp_path / "outbox"


def messages(outbox: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(outbox.glob("*.json"))]


def reachable(user: User, value: str = "wei-01", channel: str = "other", **fields: Any) -> Address:
    """The person confirmed an address."""
    made: Address = Address.objects.create(user=user, channel=channel, value=value, **{"confirmed_at": at("2026-09-01")} | fields)
    return made


def minute(now: datetime) -> list[str]:
    """What one tick asks for, done at once; returns what became of each job. The handler reads the clock: travel first."""
    messages_due(now)
    words = []
    for job in Job.objects.filter(kind="accounts.deliver", state="queued"):
        outcome = handler_of(job.kind)(job)
        Job.objects.filter(pk=job.pk).update(state="done")
        words.append(outcome.words if outcome else "")
    return words


def taken(user: User, now: datetime, channel: str = "other") -> Outgoing | None:
    return take(user=user.pk, channel=channel, at=now) if user.pk in people_due(channel, at=now) else None


def states(user: User) -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(notice__user=user).order_by("notice__key")
    return list(rows.values_list("notice__key", "state"))
