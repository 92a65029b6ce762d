"""Changing one's own password."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.db import transaction

import accounts.rules
from accounts.actions.signing_in import Origin, account_key, hold_back, take_back
from accounts.models import FormerPassword, User
from accounts.rules.passwords import PROFILES, Profile, is_due, weaknesses
from accounts.rules.usernames import spellings
from office.audit import record
from office.refusals import Refused


def profile() -> Profile:
    return PROFILES[settings.PASSWORD_PROFILE]


@cache
def common_passwords() -> frozenset[str]:
    """About twenty thousand: Django's list of leaked ones, and the habits of Chinese users."""
    own = Path(accounts.rules.__file__).with_name("common_passwords.txt").read_text().split()
    return frozenset(own) | frozenset(CommonPasswordValidator().passwords)


def must_change(user: User, *, at: datetime) -> bool:
    """Whether nothing else is open to this person before they chose a password."""
    return user.must_change_password or is_due(profile(), changed_at=user.password_changed_at or user.created_at, at=at)


def change_password(*, user: User, old: str, new: str, at: datetime) -> User:
    """The person's own new password; every other session of theirs ends. Raises Refused."""
    account, origin = account_key(user.username), Origin(address="", device=f"signed in {user.pk}")
    hold_back(account, origin=origin, at=at)
    if not check_password(old, user.password):
        raise Refused("现在的密码不对。")
    take_back(account, origin=origin, at=at)
    if found := weaknesses(new, profile=profile(), own_words=[user.username, *spellings(user.name)], common=common_passwords()):
        raise Refused(" ".join(found))
    if new == old or _was_used(user, new):
        raise Refused(f"不能再用最近 {max(profile().remembered, 1)} 次用过的密码。")
    return _set_password(user, hashed=make_password(new), at=at)


def _was_used(user: User, new: str) -> bool:
    former = user.former_passwords.order_by("-replaced_at")[: profile().remembered]
    return any(check_password(new, row.password) for row in former)


@transaction.atomic
def _set_password(user: User, *, hashed: str, at: datetime) -> User:
    remember_password(user, at=at)
    user.password, user.must_change_password, user.password_changed_at = hashed, False, at
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    record("account.password_changed", subject=user.pk, by=user.pk, at=at, county=user.reach.county)
    return user


def remember_password(user: User, *, at: datetime) -> None:
    """Keeps the hash that is about to be replaced, and of former ones no more than the profile asks for."""
    if profile().remembered:
        FormerPassword.objects.create(user=user, password=user.password, replaced_at=at)
        kept = user.former_passwords.order_by("-replaced_at").values_list("pk", flat=True)[: profile().remembered]
        user.former_passwords.exclude(pk__in=list(kept)).delete()
