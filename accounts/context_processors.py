from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from accounts.rules import ROLE_NAMES


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`role_name` of the person signed in, for the top bar."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.reach.home is None:
        return {"role_name": ""}
    return {"role_name": ROLE_NAMES[user.reach.home]}
