from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import HttpRequest


class OperatorSite(AdminSite):
    """Accounts, areas and policies for the operator; no case data is registered here."""

    site_header = site_title = "送教上门 · 系统管理"
    index_title = "系统管理"

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.user.is_staff)
