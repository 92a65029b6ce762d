"""What the clock asks of accounts: whether a message is due to go out."""

from __future__ import annotations

from datetime import datetime

from accounts.actions.deliveries import give_up_abandoned
from accounts.models import Delivery
from office.clock import on_tick
from office.jobs import enqueue
from office.senders import channels


@on_tick
def messages_due(now: datetime) -> None:
    give_up_abandoned(at=now)
    for channel in channels():
        if Delivery.objects.due(channel, at=now).exists():
            enqueue("accounts.deliver", key=f"accounts.deliver:{channel}:{now:%Y%m%d%H%M}", by=None, at=now, payload={"channel": channel})
