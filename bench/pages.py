"""Pages against the barest view of a signed-in person: the same middleware, no template, no query of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client, override_settings
from django.urls import include, path, reverse

from accounts.models import User
from bench.seed import TENFOLD


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>送教</title>")


def empty(request: HttpRequest) -> HttpResponse:
    """The frame that every page has, with nothing in it."""
    return render(request, "base.html")


urlpatterns = [path("bare/", bare), path("empty/", empty), path("", include("songjiao.urls"))]


@cache
def clerk() -> Client:
    override_settings(ROOT_URLCONF="bench.pages").enable()  # once: the resolver's caches are part of what is measured
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username=f"clerk{TENFOLD}"), "django.contrib.auth.backends.ModelBackend")
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
