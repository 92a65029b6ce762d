from __future__ import annotations

from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator


class OperatorSite(AdminSite):
    """Accounts, areas and policies for the operator; no case data is registered here.

    One door: signing in and out and changing the password are the product's own pages.
    """

    site_header = site_title = "送教上门 · 系统管理"
    index_title = "系统管理"
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.user.is_staff)

    def get_urls(self) -> Any:
        """Strangers go straight to the product's own sign-in, not to a page that sends them on."""
        urls = super().get_urls()
        for url in urls:
            vars(getattr(url, "callback", None) or self).pop("login_url", None)
        return urls

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's
        inner = super().admin_view(view, cacheable)

        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return update_wrapper(door, inner)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("/") if request.user.is_authenticated else redirect_to_login(request.GET.get("next", reverse("admin:index")))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        from accounts.views.signing_in import logout

        return logout(request)  # type: ignore[arg-type]

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("password")
