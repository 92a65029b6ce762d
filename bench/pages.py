"""Pages against the barest view of a signed-in person: the same middleware, no template, no query of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from bench.seed import AS_OF, TENFOLD
from office.models import AuditLine
from office.paging import place_of
from visits.models import VisitRecord

SIZE = 50  # rows a page


@cache
def clerk() -> Client:
    return client_of(User.objects.get(username=f"clerk{TENFOLD}"))


@cache
def client_of(user: User) -> Client:
    """Signed in, on the product's addresses and those of bench.urls."""
    if settings.ROOT_URLCONF != "bench.urls":  # once: the resolver's caches are part of what is measured
        override_settings(ROOT_URLCONF="bench.urls").enable()
    client = Client(headers={"host": "localhost"})
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def ask(address: str) -> None:
    answer = clerk().get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")


def page(name: str) -> Callable[[], None]:
    """Asked for ten times: one answer alone is too short to be told from noise."""
    clerk()
    address = name if name.startswith("/") else reverse(name)
    ask(address)  # templates are read once in a process
    return partial(_ten_times, address)


def audit_page(number: int) -> Callable[[], None]:
    """A page of the whole chain of the county, as the links would lead there."""
    order = ("-at", "-chain", "-number")
    lines = AuditLine.objects.filter(chain=TENFOLD, at__lt=AS_OF).order_by(*order).values_list("at", "chain", "number")
    return page(f"{reverse('audit_list')}?{_at(lines, order, number, {'since': '2024-01-01'})}")


def visit_page(number: int) -> Callable[[], None]:
    """A page of all visits of the county."""
    order = ("-on", "-pk")
    records = VisitRecord.objects.filter(school__county=TENFOLD).order_by(*order).values_list("on", "pk")
    return page(f"{reverse('visit_list')}?{_at(records, order, number, {'from': '2024-09-01'})}")


def _at(rows: QuerySet[Any, Any], order: tuple[str, ...], number: int, asked: dict[str, str]) -> str:
    clerk()
    return urlencode(asked | ({"after": place_of(rows[(number - 1) * SIZE - 1], order)} if number > 1 else {}))


def _ten_times(address: str) -> None:
    for _ in range(10):
        ask(address)
