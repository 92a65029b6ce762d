"""The product's addresses and, beside them, the barest views that it is measured against."""

from __future__ import annotations

from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>送教</title>")


def empty(request: HttpRequest) -> HttpResponse:
    """The frame that every page has, with nothing in it."""
    return render(request, "base.html")


def bare_receive(request: HttpRequest) -> HttpResponse:
    """Keeps what comes as a file and writes one row."""
    name = default_storage.save(f"bare/{uuid4().hex}", ContentFile(request.body))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_received VALUES (%s, %s)", [name, len(request.body)])
    return HttpResponse(status=201)


urlpatterns = [
    path("bare/", bare),
    path("bare/receive/", bare_receive),
    path("empty/", empty),
    path("", include("songjiao.urls")),
]
