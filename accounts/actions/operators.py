"""The people who keep the installation itself: made from the command line, never on a page."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.actions.first_passwords import draw_first_password
from accounts.models import Post, User
from accounts.rules import INSTALLATION_ROLES, Role
from accounts.rules.appointments import clashing_duties
from accounts.rules.county_file import USERNAME
from office.audit import record
from office.refusals import Refused


def add_operator(*, username: str, name: str, roles: list[Role], at: datetime, password: str = "") -> str:
    """A new account with roles of the installation; returns its first password. Raises Refused.

    A password given beforehand need not be changed: for trials only.
    """
    if not USERNAME.fullmatch(username):
        raise Refused("登录名用 2–30 个小写字母、数字、点或横线。")
    if not set(roles) <= INSTALLATION_ROLES:
        raise Refused("这里只能给系统管理员、安全管理员、审计员。")
    if settings.SEPARATE_DUTIES and clashing_duties(roles):
        raise Refused("已设为三员分立：系统管理员、安全管理员、审计员要由不同的人担任。")
    first = password or draw_first_password()
    _create(username, name, roles, hashed=make_password(first), must_change=not password, at=at)
    return first


@transaction.atomic
def _create(username: str, name: str, roles: list[Role], *, hashed: str, must_change: bool, at: datetime) -> None:
    values = {"name": name, "password": hashed, "must_change_password": must_change, "created_at": at}
    user, made = User.objects.get_or_create(username=username, defaults=values)
    if not made:
        raise Refused(f"登录名 {username} 已有人用。")
    Post.objects.bulk_create(Post(user=user, role=role.value) for role in roles)
    record("account.created", subject=user.pk, by=None, at=at, detail={"roles": sorted(role.value for role in roles)})
