"""Who stands behind a request: read once, on the day the request came in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User

Handler = Callable[[HttpRequest], HttpResponse]


class Request(HttpRequest):
    """A request of somebody signed in, as `standing` leaves it: what views annotate."""

    user: User
    now: datetime


def standing(get_response: Handler) -> Handler:
    """Sets `request.now` and, for a person signed in, `request.user.reach`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.now = timezone.now()  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            request.user.stand(on=timezone.localdate(request.now))  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
