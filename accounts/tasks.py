"""What accounts does in the background."""

from __future__ import annotations

import logging
import time
from itertools import islice

from django.utils import timezone

from accounts.actions import deliveries
from office.jobs import Outcome, handles
from office.models import AuditChain, Job
from office.pulse import beat
from office.senders import Sender, TryLater, Undeliverable, sender_of
from office.verification import verify

logger = logging.getLogger(__name__)

SHOWN = 20
SENDING_SECONDS = 45  # then the next minute's job goes on


@handles("audit.verify")
def verify_chain(job: Job) -> Outcome:
    scope = job.payload["scope"]
    lines = AuditChain.objects.filter(scope=scope).values_list("count", flat=True).first() or 0
    faults = [fault.message for fault in islice(verify(scope), SHOWN)]
    return Outcome("有问题：" + " ".join(faults) if faults else f"完好，共 {lines} 行。", {"faults": faults})


@handles("accounts.deliver", queue="clock")
def deliver(job: Job) -> Outcome:
    """Sends what is due on a channel, one message a person, until the way turns out to be closed."""
    channel, started, messages = job.payload["channel"], time.monotonic(), 0
    sender = sender_of(channel)
    for user in deliveries.people_due(channel, at=timezone.now()):
        if time.monotonic() - started > SENDING_SECONDS:
            break
        outgoing = deliveries.take(user=user, channel=channel, at=timezone.now())
        if outgoing is None:
            continue
        if closed := _send(sender, outgoing):
            beat(channel, at=timezone.now(), ok=False, words=closed)
            return Outcome(f"发出 {messages} 条后停下：{closed}。")
        messages += 1
    if messages:
        beat(channel, at=timezone.now(), ok=True, words="")
    return Outcome(f"发出 {messages} 条。")


def _send(sender: Sender, outgoing: deliveries.Outgoing) -> str:
    """Hands one message over and settles it by what the sender says; returns why the whole way is closed, or an empty text."""
    message = outgoing.message.id
    try:
        sent = sender.send(outgoing.message)
    except TryLater as reason:
        deliveries.put_off(message=message, words=str(reason), at=timezone.now())
        return str(reason) if reason.everyone else ""
    except Undeliverable as reason:
        deliveries.mark_undeliverable(message=message, words=str(reason), at=timezone.now())
    except Exception as error:  # whatever it was, it may have gone out
        logger.error("message %s is in doubt: %s", message, type(error).__name__)
        deliveries.mark_in_doubt(message=message, at=timezone.now())
    else:
        deliveries.mark_sent(message=message, words=sent.words, at=timezone.now())
    return ""
