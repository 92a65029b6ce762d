"""Notices on their way out of the product: each at most once on each channel (docs/decisions/11-messages-at-most-once.md).

A delivery is taken before its sender is called and settled by what the sender said. One that was taken and never settled is
in doubt: it is shown so, and nobody sends it again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from accounts.models import Address, Delivery, Notice, Post
from accounts.querysets import DeliveryQuerySet
from accounts.rules.deliveries import NEVER_QUIET, STALE_AFTER, Part, State, due_at, next_try, subject, text
from office.senders import Message, channels

Check = Callable[[Notice, datetime], bool]
_checks: dict[str, list[Check]] = {}

IN_DOUBT = "交出去时中断了，不知道对方收到没有；为了不重复，不再发送"
RESTORED = "系统从备份恢复过，不知道发过没有；为了不重复，不再发送"


def true_while(kind: str) -> Callable[[Check], Check]:
    """Registers a room's check of notices of a kind: asked just before one goes out, which is dropped when it says no.

    It derives the answer from the room's own rows (`notice.key` says what the notice is about, `notice.user_id` for whom), and
    says yes to notices of the kind that are not its own. Write it in the room's tasks.py, which every process loads.
    """

    def register(check: Check) -> Check:
        _checks.setdefault(kind, []).append(check)
        return check

    return register


def plan(told: Iterable[Notice]) -> None:
    """Adds deliveries for those of `told` that were just written, in their transaction, to whom wants them where."""
    told = list(told)
    addresses = Address.objects.confirmed().filter(user__in={notice.user_id for notice in told}, channel__in=channels())
    by_user: dict[UUID, list[Address]] = {}
    for address in addresses.only("user_id", "channel", "unwanted"):
        by_user.setdefault(address.user_id, []).append(address)
    if not by_user:
        return
    new = set(Notice.objects.filter(pk__in=[notice.pk for notice in told]).values_list("pk", flat=True))
    rows = [
        Delivery(notice=notice, channel=address.channel, due_at=due_at(notice.kind, notice.at))
        for notice in told
        if notice.pk in new
        for address in by_user.get(notice.user_id, [])
        if wants(address, notice.kind)
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)


def wants(address: Address, kind: str) -> bool:
    return kind in NEVER_QUIET or kind not in address.unwanted


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What one person gets in one message, taken by whoever holds it."""

    message: Message
    count: int


@transaction.atomic
def take(*, user: UUID, channel: str, at: datetime) -> Outgoing | None:
    """Everything due to the person on the channel, as one message that only the caller sends; drops what has lost its reason."""
    due = Delivery.objects.due(channel, at=at).filter(notice__user=user).select_related("notice__user").order_by("due_at", "id")
    held = list(due.select_for_update(of=("self",)))
    if not held:
        return None
    address = Address.objects.confirmed().filter(user=user, channel=channel).first()
    has_post = Post.objects.in_force(localdate(at)).filter(user=user).exists()
    kept = []
    for delivery in held:
        if why := _why_not(delivery.notice, address, has_post=has_post, at=at):
            _settle(Delivery.objects.filter(pk=delivery.pk), State.DROPPED, why, at=at)
        else:
            kept.append(delivery)
    return _taken(kept, address, at=at) if kept and address else None


def _why_not(notice: Notice, address: Address | None, *, has_post: bool, at: datetime) -> str:
    """Why this need not go out any more, or an empty text. Everything is derived at this moment, nothing was told."""
    if address is None:
        return "已不用这种方式"
    if not wants(address, notice.kind):
        return "已不要这类通知"
    if not notice.user.is_active or not has_post:
        return "账号已停用或没有任职"
    if notice.read_at:
        return "已在系统里看过"
    if (notice.until and notice.until <= at) or at - due_at(notice.kind, notice.at) >= STALE_AFTER:
        return "已经过时"
    if not all(check(notice, at) for check in _checks.get(notice.kind, [])):
        return "事情已经办了"
    return ""


def _taken(kept: list[Delivery], address: Address, *, at: datetime) -> Outgoing:
    lease = uuid.uuid4()
    rows = Delivery.objects.filter(pk__in=[delivery.pk for delivery in kept])
    rows.update(state=State.SENDING, message=lease, taken_at=at, ended_at=None, outcome="", attempts=F("attempts") + 1)
    parts = [Part(delivery.notice.kind_word, delivery.notice.text, delivery.notice.path) for delivery in kept]
    words = text(parts, name=kept[0].notice.user.name, site=next(iter(settings.CSRF_TRUSTED_ORIGINS), ""))
    return Outgoing(Message(id=lease, to=address.value, subject=subject(parts), text=words), len(kept))


def mark_sent(*, message: UUID, words: str, at: datetime) -> None:
    """The other side took it: also when the message had been given up as in doubt meanwhile."""
    _settle(Delivery.objects.of_message(message), State.SENT, words, at=at)


def mark_undeliverable(*, message: UUID, words: str, at: datetime) -> None:
    _settle(Delivery.objects.of_message(message), State.UNDELIVERABLE, words, at=at)


def mark_in_doubt(*, message: UUID, at: datetime) -> None:
    _settle(Delivery.objects.of_message(message), State.UNSURE, IN_DOUBT, at=at)


def give_up_abandoned(*, at: datetime) -> int:
    """What was taken and never settled is in doubt; returns how many."""
    return _settle(Delivery.objects.left_in_doubt(at=at), State.UNSURE, IN_DOUBT, at=at)


def give_up_restored(*, at: datetime) -> int:
    """What was due before the installation was restored at `at` may have gone out since its backup was made; returns how many."""
    return _settle(Delivery.objects.filter(state=State.WAITING, due_at__lt=at), State.UNSURE, RESTORED, at=at)


@transaction.atomic
def put_off(*, message: UUID, words: str, at: datetime) -> None:
    """Certainly not gone out: to be tried again later, outside the quiet hours, for a day."""
    for delivery in Delivery.objects.of_message(message).select_related("notice"):
        kind, own = delivery.notice.kind, Delivery.objects.of_message(message).filter(pk=delivery.pk)
        again = next_try(attempts=delivery.attempts, notice_at=due_at(kind, delivery.notice.at), at=at)
        if again is None:
            _settle(own, State.UNDELIVERABLE, f"{words}，试了一天", at=at)
        else:
            own.update(state=State.WAITING, due_at=due_at(kind, again), message=None, taken_at=None, outcome=words[:200])


def _settle(rows: DeliveryQuerySet, state: State, words: str, *, at: datetime) -> int:
    count: int = rows.update(state=state, outcome=words[:200], ended_at=at)
    return count


def people_due(channel: str, *, at: datetime) -> list[UUID]:
    """Whom something is due to go out to on the channel, who waits longest first."""
    rows = Delivery.objects.due(channel, at=at).order_by("due_at").values_list("notice__user", flat=True)
    return list(dict.fromkeys(rows))
