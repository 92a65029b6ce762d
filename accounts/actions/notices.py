"""Telling people in the product: each once for an occasion, however often and from wherever it is said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actions.deliveries import plan
from accounts.models import Notice, User
from office.senders import channels


@transaction.atomic
def notify(*, users: Iterable[UUID], kind: str, key: str, text: str, path: str, at: datetime, until: datetime | None = None) -> None:
    """Tells each of `users`, unless they were told under this `key` before: also when two tell at once.

    `key` names the occasion (what, which version, which day); `text` names no child; `path` is a page of
    this site, or empty. It is part of the change it tells of: call it in that transaction, before the audit line.
    It also goes out where the person confirmed an address for it; not from `until` on, nor when a check of the kind
    (accounts.actions.deliveries.true_while) says that its reason has gone.
    """
    if path and (not path.startswith("/") or path.startswith("//")):
        raise ValueError("a notice leads to a page of this site")
    told = [Notice(user_id=user, kind=kind, key=key, text=text[:300], path=path, at=at, until=until) for user in sorted(set(users))]
    Notice.objects.bulk_create(told, ignore_conflicts=True)
    if channels():
        plan(told)


def mark_read(*, notice: Notice, at: datetime) -> None:
    """The first time counts. Reading is nobody's business but the reader's: no audit line."""
    Notice.objects.filter(pk=notice.pk).unread().update(read_at=at)


def mark_all_read(*, by: User, at: datetime) -> int:
    """Everything the person has been told so far; returns how many were unread."""
    return Notice.objects.visible_to(by).unread().filter(at__lte=at).update(read_at=at)
