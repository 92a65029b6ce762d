"""Signing in and out, and one's own password."""

from __future__ import annotations

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions.passwords import change_password, must_change, profile
from accounts.actions.signing_in import sign_in, sign_out
from accounts.forms import PasswordForm, SignInForm
from accounts.middleware import IDLE, POSTS_CHANGED, Request
from accounts.views.origin import origin_of, remember_device
from office.refusals import Refused

ENDED = {
    IDLE: "您有一阵没有操作，为了安全已经退出，请重新登录。",
    POSTS_CHANGED: "您的职责有变动，请重新登录。",
}


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: Request) -> HttpResponse:
    form = SignInForm(request.POST or None)
    if request.method == "GET" and request.user.is_authenticated:
        return redirect(_after_sign_in(request))
    if form.is_valid():
        username, password = form.cleaned_data["username"], form.cleaned_data["password"]
        try:
            user = sign_in(username=username, password=password, origin=origin_of(request, username), at=request.now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            auth.login(request, user)
            response = redirect(_after_sign_in(request))
            remember_device(request, response, username)
            return response
    ended = ENDED.get(request.session.pop("ended", ""), "")
    return render(request, "accounts/login.html", {"form": form, "ended": ended, "next": request.GET.get("next", "")})


def _after_sign_in(request: Request) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    # A path: redirect() takes any other word for the name of a view.
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)


@require_POST
def logout(request: Request) -> HttpResponse:
    sign_out(user=request.user, at=request.now)
    auth.logout(request)
    messages.success(request, "已退出登录。")
    return redirect("login")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: Request) -> HttpResponse:
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        try:
            user = change_password(user=request.user, old=form.cleaned_data["old"], new=form.cleaned_data["new"], at=request.now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            auth.update_session_auth_hash(request, user)
            messages.success(request, "密码已修改。别处的登录已全部退出。")
            return redirect(settings.LOGIN_REDIRECT_URL)
    context = {"form": form, "forced": must_change(request.user, at=request.now), "profile": profile()}
    return render(request, "accounts/password.html", context)
