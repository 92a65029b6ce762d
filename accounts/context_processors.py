from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from accounts.rules import ROLE_NAMES, SCHOOL_WIDE, Role
from accounts.rules.appointments import LOOKS_AFTER_PEOPLE
from accounts.rules.notices import count_words


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
BUREAU = frozenset({Role.COUNTY_STAFF, Role.COUNTY_LEADER})
MORE = (
    Link("week_plan", "下周安排", "list", SCHOOL_WIDE),
    Link("plan_list", "个别化教育计划", "list", CASE_WORK - {Role.INSPECTOR}),
    Link("lesson_list", "教案", "list", CASE_WORK - {Role.INSPECTOR, Role.COUNTY_LEADER}),
    Link("bank_list", "目标库", "list", SCHOOL_WIDE | {Role.TEACHER}),
    Link("scale_list", "评估量表", "list", SCHOOL_WIDE),
    Link("archives", "学年档案", "list", frozenset({Role.SCHOOL_ADMIN, Role.PRINCIPAL, Role.COUNTY_STAFF})),
    Link("policy_list", "政策", "list", BUREAU),
    Link("calendar", "校历", "list", BUREAU),
    Link("audit_list", "审计记录", "list", frozenset({Role.AUDITOR, Role.COUNTY_STAFF})),
    Link("delivery_list", "外部消息", "list", frozenset({Role.OPERATOR})),
    Link("job_list", "后台任务", "list", frozenset({Role.SCHOOL_ADMIN, Role.PRINCIPAL, Role.COUNTY_STAFF, Role.AUDITOR, Role.OPERATOR})),
    Link("health", "运行状况", "list", frozenset({Role.OPERATOR})),
    Link("admin:index", "系统管理", "list", frozenset({Role.OPERATOR})),
)
"""Pages a person goes to now and then: under their own name in the top bar."""


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`role_name` of the person signed in, the `navigation` of their roles, `more` pages under their name, `unread_notices`."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.reach.home is None:
        return {"role_name": "", "navigation": [], "more": [], "unread_notices": ""}
    entries = {"navigation": _entries(MENU, user.reach.roles, request.path), "more": _entries(MORE, user.reach.roles, request.path)}
    return {"role_name": ROLE_NAMES[user.reach.home], "unread_notices": count_words(user.unread), **entries}


def _entries(links: Iterable[Link], roles: frozenset[Role], path: str) -> list[dict[str, Any]]:
    return [entry for link in links if not link.roles or roles & link.roles if (entry := _entry(link, path))]


def _entry(link: Link, path: str) -> dict[str, Any]:
    url = reverse(link.url_name)
    return {"url": url, "label": link.label, "icon": link.icon, "current": path == url or (url != "/" and path.startswith(url))}
