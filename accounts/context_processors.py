from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accounts.rules import ROLE_NAMES, Role
from accounts.rules.appointments import LOOKS_AFTER_PEOPLE


class Link(NamedTuple):
    """An entry of the menu: where it leads, its word and icon (static/img/nav.svg), and whose it is (empty: everybody's)."""

    url_name: str
    label: str
    icon: str
    roles: frozenset[Role] = frozenset()


CASE_WORK = frozenset(
    {Role.TEACHER, Role.SCHOOL_ADMIN, Role.PRINCIPAL, Role.COUNTY_STAFF, Role.COUNTY_LEADER, Role.ITINERANT, Role.INSPECTOR}
)
MENU = (
    Link("home", "首页", "home"),
    Link("student_list", "学生", "child", CASE_WORK),
    Link("visit_list", "送教", "visit", CASE_WORK),
    Link("month_list", "月报", "month", CASE_WORK | {Role.OBSERVER}),
    Link("person_list", "人员", "people", frozenset(LOOKS_AFTER_PEOPLE)),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`role_name` of the person signed in and the `navigation` of their roles."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.reach.home is None:
        return {"role_name": "", "navigation": []}
    links = [link for link in MENU if not link.roles or user.reach.roles & link.roles]
    return {"role_name": ROLE_NAMES[user.reach.home], "navigation": [entry for link in links if (entry := _entry(link, request.path))]}


def _entry(link: Link, path: str) -> dict[str, Any] | None:
    try:
        url = reverse(link.url_name)
    except NoReverseMatch:
        return None
    return {"url": url, "label": link.label, "icon": link.icon, "current": path == url or (url != "/" and path.startswith(url))}
