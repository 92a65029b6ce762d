"""People for tests. Every account's password is PASSWORD."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Post, User
from accounts.rules import Role
from counties.models import Area, School
from counties.tests.make import at

PASSWORD = "qin-shan-lu-shui-42"
TODAY = date(2026, 10, 28)
_numbers = itertools.count(1)
_hash = ""


def make_user(role: Role | None = None, where: School | Area | None = None, **fields: Any) -> User:
    """Somebody with at most one post, standing on TODAY."""
    global _hash  # hashed once: Argon2id is slow on purpose
    _hash = _hash or make_password(PASSWORD)
    number = next(_numbers)
    defaults = {
        "username": f"u{number:05}",
        "name": f"人员{number}",
        "password": _hash,
        "must_change_password": False,
        "created_at": at("2026-08-01"),
    }
    user: User = User.objects.create(**defaults | fields)
    if role is not None:
        give_post(user, role, where)
    return user.stand(on=TODAY)


def give_post(user: User, role: Role, where: School | Area | None = None, **fields: Any) -> Post:
    place = {"school": where} if isinstance(where, School) else {"area": where} if where else {}
    post = Post.objects.create(user=user, role=role, **place, **fields)
    user.stand(on=TODAY)
    return post
