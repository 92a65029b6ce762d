"""Signing in: every try is counted before the password is looked at, so that a hundred at once gain nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db import transaction
from django.utils import timezone

from accounts.models import Throttle, User
from accounts.rules.throttle import Kind, is_forgotten, wait, wait_text
from office.audit import record
from office.fields import blind_index
from office.refusals import Refused

WRONG = "登录名或密码不对。"
TOO_MANY = "试的次数太多，请过 {} 再试。也可以请学校送教负责人或县局经办人解除。"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a try comes from: the address, and the device's own id if it has been in this very account before."""

    address: str
    device: str = ""


def account_key(username: str) -> str:
    """The digest an account is counted by, whether or not it exists."""
    return blind_index(username.strip().lower(), purpose="accounts.account")


def sign_in(*, username: str, password: str, origin: Origin, at: datetime) -> User:
    """The person whose name and password these are. Raises Refused, with the same words whoever the name belongs to.

    An unknown name, a disabled account and a wrong password cost the same single hash (Django's ModelBackend).
    """
    account = account_key(username)
    hold_back(account, origin=origin, at=at)
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        _note_failure(username, at=at)
        raise Refused(WRONG)
    _note_success(user, account, origin=origin, at=at)
    return user


@transaction.atomic
def hold_back(account: str, *, origin: Origin, at: datetime) -> None:
    """Counts a try. Raises Refused, and counts nothing, while an earlier one is still waited for."""
    rows = [_row(Kind.DEVICE, origin.device, account, at)] if origin.device else _rows_of_a_stranger(account, origin, at)
    left = max(row.free_at - at for row in rows)
    if left > timedelta():
        raise Refused(TOO_MANY.format(wait_text(left)))
    for row in rows:
        if row.kind != Kind.ADDRESS or not _was_tried_from_here(account, origin, at):
            _count(row, at)


def _rows_of_a_stranger(account: str, origin: Origin, at: datetime) -> list[Throttle]:
    """Always in this order, so that two tries never wait for each other."""
    address = blind_index(origin.address, purpose="accounts.address")
    return [_row(Kind.ACCOUNT, account, account, at), _row(Kind.ADDRESS, address, "", at)]


def _was_tried_from_here(account: str, origin: Origin, at: datetime) -> bool:
    """Whether this account already counts against the address; from now on it does."""
    pair = _row(Kind.PAIR, _pair_key(account, origin), account, at)
    tried = pair.tries > 0
    _count(pair, at)
    return tried


def _pair_key(account: str, origin: Origin) -> str:
    return blind_index(f"{account} {origin.address}", purpose="accounts.pair")


def _row(kind: Kind, key: str, account: str, at: datetime) -> Throttle:
    """The row, locked until the transaction ends; begun anew when its tries are long past."""
    fresh = {"account": account, "tried_at": at, "free_at": at}
    row, _ = Throttle.objects.select_for_update().get_or_create(kind=kind, key=key, defaults=fresh)
    if is_forgotten(kind, tried_at=row.tried_at, at=at):
        row.tries, row.free_at = 0, at
    return row


def _count(row: Throttle, at: datetime) -> None:
    row.tries += 1
    row.tried_at = at
    row.free_at = at + wait(Kind(row.kind), row.tries)
    row.save(update_fields=["tries", "tried_at", "free_at"])


@transaction.atomic
def _note_failure(username: str, *, at: datetime) -> None:
    known = User.objects.filter(username=username.strip().lower()).values_list("pk", flat=True).first()
    record("account.sign_in_failed", subject=known, by=None, at=at)


@transaction.atomic
def _note_success(user: User, account: str, *, origin: Origin, at: datetime) -> None:
    take_back(account, origin=origin, at=at)
    Throttle.objects.filter(tried_at__lt=at - timedelta(days=2)).delete()
    user.stand(on=timezone.localdate(at))
    record("account.signed_in", subject=user.pk, by=user.pk, at=at, county=user.reach.county)


@transaction.atomic
def take_back(account: str, *, origin: Origin, at: datetime) -> None:
    """Takes somebody's own tries off the counts; an address keeps those at other accounts."""
    rows = [_row(Kind.DEVICE, origin.device, account, at)] if origin.device else _rows_of_a_stranger(account, origin, at)
    counted_here, _ = Throttle.objects.filter(kind=Kind.PAIR, key=_pair_key(account, origin)).delete()
    for row in rows:
        row.tries = max(0, row.tries - counted_here) if row.kind == Kind.ADDRESS else 0
        row.free_at = at
        row.save(update_fields=["tries", "free_at"])


@transaction.atomic
def release(*, user: User, by: User, at: datetime) -> None:
    """Ends every wait before this person's account."""
    Throttle.objects.filter(account=account_key(user.username)).delete()
    record("account.released", subject=user.pk, by=by.pk, at=at, county=by.reach.county)


def waiting(users: list[User], *, at: datetime) -> set[str]:
    """The usernames that a stranger's device could not try just now."""
    keys = {account_key(user.username): user.username for user in users}
    held = Throttle.objects.filter(kind=Kind.ACCOUNT, key__in=keys, free_at__gt=at).values_list("key", flat=True)
    return {keys[key] for key in held}


@transaction.atomic
def sign_out(*, user: User, at: datetime) -> None:
    record("account.signed_out", subject=user.pk, by=user.pk, at=at, county=user.reach.county)
