"""Pages against the barest view of a signed-in person: the same middleware, no template, no query of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from bench.seed import TENFOLD


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


def _ten_times(address: str) -> None:
    for _ in range(10):
        ask(address)
