"""How the installation is: for its operators in words, for machines that watch in one line."""

from __future__ import annotations

import time

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import Request
from accounts.rules import Role
from office.health import all_parts, down, vital_parts

GOOD_FOR = 5  # seconds an answer to machines stands, however many ask
_last: dict[str, tuple[float, list[str]]] = {}


@never_cache
@require_safe
def health(request: Request) -> HttpResponse:
    if not request.user.reach.holds(Role.OPERATOR):
        raise PermissionDenied
    parts = all_parts(now=request.now)
    return render(request, "accounts/health.html", {"parts": parts, "down": list(down(parts))})


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when all is well, else 503; names what is down and tells nothing else. `?part=database` asks after that part alone."""
    asked, names = request.GET.get("part"), _down_now()
    if asked is not None:
        names = [name for name in names if name == asked]
    return JsonResponse({"down": names}, status=503 if names else 200)


def _down_now() -> list[str]:
    at, names = _last.get("answer", (0.0, []))
    if not at or time.monotonic() - at > GOOD_FOR:
        names = list(down(vital_parts(now=timezone.now())))
        _last["answer"] = time.monotonic(), names
    return names
