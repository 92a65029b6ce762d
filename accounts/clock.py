"""What the clock asks of accounts: whether a message is due to go out, whether operators must hear of the backup."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from accounts.actions.deliveries import give_up_abandoned, give_up_restored
from accounts.actions.notices import notify
from accounts.models import Delivery, Post
from accounts.rules import Role
from office.backups import daily
from office.clock import on_tick
from office.jobs import enqueue
from office.models import Pulse
from office.senders import channels


@on_tick
def messages_due(now: datetime) -> None:
    give_up_abandoned(at=now)
    if restored := Pulse.objects.filter(name="restored").order_by("-at").first():
        give_up_restored(at=restored.at)
    for channel in channels():
        if Delivery.objects.due(channel, at=now).exists():
            enqueue("accounts.deliver", key=f"accounts.deliver:{channel}:{now:%Y%m%d%H%M}", by=None, at=now, payload={"channel": channel})


@on_tick
def backup_alarm(now: datetime) -> None:
    """Operators hear of a backup that failed or is missing once a day, until there is one again."""
    if words := daily.alarm(at=now):
        today = timezone.localdate(now)
        operators = Post.objects.in_force(today).filter(role=Role.OPERATOR, user__is_active=True).values_list("user", flat=True)
        notify(users=operators, kind="backup", key=f"backup:{today}", text=words, path=reverse("health"), at=now)
