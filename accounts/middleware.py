"""Who stands behind a request: read once, on the day the request came in; and when a session is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.actions.passwords import must_change
from accounts.models import User

Handler = Callable[[HttpRequest], HttpResponse]

IDLE, POSTS_CHANGED = "idle", "posts"


class Request(HttpRequest):
    """A request of somebody signed in, as `standing` leaves it: what views annotate."""

    user: User
    now: datetime


def standing(get_response: Handler) -> Handler:
    """Sets `request.now` and, for a person signed in, `request.user.reach`; ends sessions that are over.

    What a person is shown no cache keeps: the back button of a shared machine must not bring it back.
    Django itself drops the sessions of disabled accounts and of those whose password changed.
    """

    def middleware(bare: HttpRequest) -> HttpResponse:
        request = cast(Request, bare)
        if request.path == reverse("healthz"):  # machines ask this also while there is no database to know a session from
            bare.user = AnonymousUser()
        request.now = timezone.now()
        if request.user.is_authenticated:
            request.user.stand(on=timezone.localdate(request.now))
            if reason := _why_over(request):
                logout(request)
                request.session["ended"] = reason
        response = get_response(request)
        if request.user.is_authenticated:
            patch_cache_control(response, no_store=True, private=True)
        return response

    return middleware


def _why_over(request: Request) -> str:
    """Why this session may go no further, or an empty text. The first request binds it to the posts in force."""
    session, now, posts = request.session, request.now.timestamp(), request.user.reach.digest
    if session.setdefault("posts", posts) != posts:
        return POSTS_CHANGED
    idle = now - session.setdefault("seen_at", now)
    if settings.IDLE_MINUTES and idle >= timedelta(minutes=settings.IDLE_MINUTES).total_seconds():
        return IDLE
    if idle >= 60:  # not a write for every request
        session["seen_at"] = now
    return ""


UNSENT = "登录已经过期，刚才提交的没有保存。登录以后请再做一次。"


class SignInFirst(LoginRequiredMiddleware):
    """Whoever posts after their session ended comes back to the page they posted from, and is told that nothing was done."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        messages.warning(request, UNSENT)
        page, here = urlsplit(request.headers.get("Referer", "")), {request.get_host()}
        known = page.netloc in here and url_has_allowed_host_and_scheme(page.path, here)
        return redirect_to_login(f"{page.path}?{page.query}".rstrip("?") if known else "/")


def own_password(get_response: Handler) -> Handler:
    """A person with a first or an outdated password chooses a new one before anything else."""

    def middleware(bare: HttpRequest) -> HttpResponse:
        request = cast(Request, bare)
        if request.user.is_authenticated and must_change(request.user, at=request.now):
            page = reverse("password")
            if request.method in ("PUT", "DELETE"):  # a script's: it is told, not led elsewhere
                return JsonResponse({"words": "请先修改初始密码，再接着提交。写的内容都还在。"}, status=403)
            if request.path not in {page, reverse("logout")}:
                return redirect(page)
        return get_response(request)

    return middleware
