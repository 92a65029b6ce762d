"""Where the audit chains ended, kept outside the database.

One small file a chain, beside the private files, written after each commit: a database whose last
lines were cut off, or whose lines were all written anew, no longer agrees with it. A file may lag
behind its chain (the process died between commit and file); it is never ahead of it.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from office import stores

LOCK = 0x616E63686F72  # of PostgreSQL's advisory locks: "anchor"


class BadAnchor(Exception):
    """An anchor file is not what this installation wrote."""


@dataclass(frozen=True)
class Anchor:
    scope: str
    count: int  # lines in the chain
    head: str  # the HMAC of the last of them

    @property
    def mac(self) -> str:
        content = json.dumps([self.scope, self.count, self.head])
        return hmac.new(settings.AUDIT_KEY.encode(), b"anchor:" + content.encode(), hashlib.sha256).hexdigest()


def scopes() -> set[str]:
    """The chains that have an anchor."""
    return {name.removesuffix(".json") for name in stores.anchors().names() if name.endswith(".json")}


def read(scope: str) -> Anchor | None:
    """The chain's anchor, None where none was written yet; raises BadAnchor."""
    try:
        content = json.loads(stores.anchors().fetch(f"{scope}.json"))
        mac = content.pop("mac")
        anchor = Anchor(**content)
        honest = anchor.scope == scope and hmac.compare_digest(mac, anchor.mac)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError):
        honest = False
    if not honest:
        raise BadAnchor(scope)
    return anchor


@contextmanager
def held() -> Iterator[None]:
    """Nobody else writes an anchor meanwhile: none is replaced by an older one. On this host, or with a bucket on all of them."""
    if settings.FILES and connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '3s'")  # a silent storage holds nobody up for long: the next line anchors this one too
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            yield
        return
    directory = Path(settings.AUDIT_ANCHORS)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write(anchor: Anchor) -> None:
    """Replaces the chain's anchor whole or not at all."""
    stores.anchors().put(f"{anchor.scope}.json", json.dumps(asdict(anchor) | {"mac": anchor.mac}).encode())
