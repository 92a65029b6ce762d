"""What accounts does in the background."""

from __future__ import annotations

import logging
import time
from itertools import islice
from traceback import format_tb
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from accounts.actions import addresses, deliveries
from accounts.actions.jobs import tell_who_asked
from accounts.models import Address
from office.jobs import Outcome, handles, when_over
from office.models import AuditChain, Job
from office.pulse import beat
from office.refusals import Refused
from office.senders import Message, Sender, TryLater, Undeliverable, channels, sender_of
from office.verification import verify

logger = logging.getLogger(__name__)

SHOWN = 20
SENDING_SECONDS = 45  # then the next minute's job goes on


when_over(tell_who_asked)


@handles("audit.verify", title="核对审计链", links=lambda job: [("看审计记录", reverse("audit_list"))])
def verify_chain(job: Job) -> Outcome:
    scope = job.payload["scope"]
    lines = AuditChain.objects.filter(scope=scope).values_list("count", flat=True).first() or 0
    faults = [fault.message for fault in islice(verify(scope), SHOWN)]
    return Outcome("有问题：" + " ".join(faults) if faults else f"完好，共 {lines} 行。", {"faults": faults})


class Settled(NamedTuple):
    """What came of one message, and why no other is tried in this minute (empty: go on)."""

    is_sent: bool = False
    stop: str = ""


@handles("accounts.deliver", queue="clock", title="发出外部消息")
def deliver(job: Job) -> Outcome:
    """Sends what is due on a channel, one message a person, until the way turns out to be closed."""
    channel, started, results, broken = job.payload["channel"], time.monotonic(), [Settled()], 0
    sender = sender_of(channel)
    for user in deliveries.people_due(channel, at=timezone.now()):
        if results[-1].stop or time.monotonic() - started > SENDING_SECONDS:
            break
        try:
            outgoing = deliveries.take(user=user, channel=channel, at=timezone.now())
        except Exception as error:  # of a room's check: it holds up nobody else
            logger.error("messages of %s were not taken: %s\n%s", user, type(error).__name__, "".join(format_tb(error.__traceback__)))
            broken += 1
        else:
            results += [_send(sender, outgoing)] if outgoing else []
    sent, stop = sum(result.is_sent for result in results), results[-1].stop
    words = stop or (f"{broken} 人的消息处理不了，见日志" if broken else "")
    if words or len(results) > 1:
        beat(channel, at=timezone.now(), ok=not words, words=words)
    return Outcome(f"发出 {sent} 条{f'后停下：{stop}' if stop else f'，{words}' if words else ''}。")


def _send(sender: Sender, outgoing: deliveries.Outgoing) -> Settled:
    """Hands one message over and settles it by what the sender says."""
    message = outgoing.message.id
    try:
        taken = sender.send(outgoing.message)
    except TryLater as reason:
        deliveries.put_off(message=message, words=str(reason), at=timezone.now())
        return Settled(stop=str(reason) if reason.everyone else "")
    except Undeliverable as reason:
        deliveries.mark_undeliverable(message=message, words=str(reason), at=timezone.now())
        return Settled()
    except Exception as error:  # whatever it was, it may have gone out; a whole county's messages are not left in doubt for it
        logger.error("message %s is in doubt: %s", message, type(error).__name__)
        deliveries.mark_in_doubt(message=message, at=timezone.now())
        return Settled(stop="对方没有说收到没有")
    deliveries.mark_sent(message=message, words=taken.words, at=timezone.now())
    return Settled(is_sent=True)


@handles(addresses.KIND, queue="clock", title="发出确认码")
def send_code(job: Job) -> Outcome:
    """Sends the code that proves an address: twice does no harm, so it is simply asked for again where it failed."""
    address = Address.objects.filter(pk=job.payload["address"]).select_related("user").first()
    if address is None or address.channel not in channels() or not addresses.is_code(address, job.payload["code"]):
        return Outcome("已不需要。")
    advice = "30 分钟内填在“通知 → 提醒方式”里。不是您本人操作的，请不用理会。"
    words = f"{address.user.name}，您好：\n\n确认码是 {job.payload['code']}，{advice}\n"
    try:
        sender_of(address.channel).send(Message(id=job.pk, to=address.value, subject="送教系统：确认码", text=words))
    except (TryLater, Undeliverable) as reason:
        raise Refused(f"{reason}。") from None
    except Exception as error:
        logger.error("code %s is in doubt: %s", job.pk, type(error).__name__)
        raise Refused("不确定发出没有。") from None
    return Outcome("确认码已发出。")
