"""Every address of the site, walked from the URL resolver."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

NOBODY = UUID("00000000-0000-4000-8000-000000000000")
SAMPLES = {"uuid": str(NOBODY), "int": "1", "str": "2026-10", "slug": "a", "path": "a"}


@dataclass(frozen=True)
class Address:
    name: str
    path: str

    def __str__(self) -> str:
        return self.name or self.path


def addresses() -> list[Address]:
    """One sample address for each pattern; ids in them are nobody's."""
    return list(_walk(get_resolver().url_patterns, "/", ""))


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[Address]:
    for item in patterns:
        if not isinstance(item.pattern, RoutePattern):
            continue  # the admin's catch-all
        path = prefix + re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], str(item.pattern))
        if isinstance(item, URLResolver):
            yield from _walk(item.url_patterns, path, f"{namespace}{item.namespace}:" if item.namespace else namespace)
        elif isinstance(item, URLPattern):
            yield Address(f"{namespace}{item.name or ''}", path)
