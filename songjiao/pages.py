"""The pages of refusal, in plain words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "refusals/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "refusals/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "refusals/404.html", status=404)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came without a valid token: signed out elsewhere, or a page kept open too long."""
    return render(request, "refusals/stale_form.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """No context processors: whatever broke may be what they need."""
    from django.template.loader import render_to_string

    return HttpResponse(render_to_string("refusals/500.html"), status=500)
