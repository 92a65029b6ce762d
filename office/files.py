"""Private files: sealed in the store under names that say nothing, and handed out by views that asked first.

The file is there, whole, before its row is committed: a row never points at nothing. What a
transaction that failed left behind is tidied away a day later.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from office import stores
from office.fields import Unreadable, open_bytes, seal_bytes
from office.models import PrivateFile
from office.stores import Full, Unavailable

__all__ = ["PDF", "XLSX", "Full", "Unavailable", "Unreadable", "download", "keep", "keep_all", "read", "remove", "tidy"]

logger = logging.getLogger(__name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
ORPHAN_AFTER = timedelta(days=1)
_PAGE = 500


def keep(
    content: bytes, *, name: str, content_type: str, by: uuid.UUID | None, at: datetime, keep_until: datetime | None = None
) -> PrivateFile:
    """Seals `content` into the store and adds its row. Raises Full, a Refused, or Unavailable; nothing is kept then."""
    return keep_all({name: content}, content_type=content_type, by=by, at=at, keep_until=keep_until)[0]


def keep_all(
    contents: Mapping[str, bytes], *, content_type: str, by: uuid.UUID | None, at: datetime, keep_until: datetime | None = None
) -> list[PrivateFile]:
    """What `keep` does, for files of one kind that belong together, by name: all of them, or none."""
    told: dict[str, Any] = {"content_type": content_type, "by": by, "at": at, "keep_until": keep_until}
    ids = _ids_of_one_directory(len(contents))
    kept = [
        PrivateFile(pk=pk, name=name[:200], size=len(content), digest=_digest(content), **told)
        for pk, (name, content) in zip(ids, contents.items(), strict=True)
    ]
    sealed = {file.stored_as: seal_bytes(content, purpose=_purpose(file)) for file, content in zip(kept, contents.values(), strict=True)}
    stores.private().keep(sealed)
    PrivateFile.objects.bulk_create(kept)
    return kept


def read(file: PrivateFile) -> bytes:
    """The content as it was kept; raises Unreadable when the store no longer holds exactly that, Unavailable when it does not answer."""
    try:
        content = open_bytes(stores.private().fetch(file.stored_as), purpose=_purpose(file))
    except FileNotFoundError:
        raise Unreadable(f"file {file} is gone") from None
    if _digest(content) != file.digest:
        raise Unreadable(f"file {file} is another one")
    return content


def remove(file: PrivateFile) -> None:
    """Deletes the row, and the file with the commit."""
    name = file.stored_as
    file.delete()
    transaction.on_commit(lambda: _delete(name), robust=True)


def download(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """An answer that is saved under `name`, never shown by the browser and never kept by it or a proxy."""
    name = re.sub(r"[\x00-\x1f\x7f/\\]", "_", name)
    headers = {
        "Content-Disposition": str(content_disposition_header(as_attachment=True, filename=name)),
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)


def tidy(*, now: datetime) -> int:
    """Removes files whose time is over, files without a row, and what was left half done. Returns how many."""
    over = list(PrivateFile.objects.filter(keep_until__lte=now))
    for file in over:
        remove(file)
    orphans = list(_orphans(now - ORPHAN_AFTER))
    for name in orphans:
        stores.private().delete(name)
    return len(over) + len(orphans) + _clear_scratch(now - ORPHAN_AFTER)


def _delete(name: str) -> None:
    try:
        stores.private().delete(name)
    except Unavailable:
        logger.warning("a removed file is left for the daily tidying: the storage does not answer")


def _orphans(before: datetime) -> Iterator[str]:
    """What lies untouched since `before` in the store and no row knows."""
    store = stores.private()
    names = (name for name in store.names(before=before) if re.fullmatch(r"[0-9a-f]{2}/[^/]+", name))
    while page := list(islice(names, _PAGE)):
        ids = {name: uuid.UUID(name[3:]) for name in page if re.fullmatch(r"[0-9a-f]{32}", name[3:])}
        known = set(PrivateFile.objects.filter(pk__in=ids.values()).values_list("pk", flat=True))
        yield from (name for name in page if ids.get(name) not in known and (not store.is_shared or _is_ours(name)))


def _is_ours(name: str) -> bool:
    """Whether it was sealed with our keys: in a bucket that two installations share, neither tidies the other's files away."""
    try:
        open_bytes(stores.private().fetch(name), purpose=_purpose_of(name[3:]))
    except (Unreadable, FileNotFoundError):
        logger.warning("the storage holds what this installation did not put there")
        return False
    return True


def _clear_scratch(before: datetime) -> int:
    left = [path for path in Path(settings.SCRATCH).iterdir() if _is_older(path, before)]
    for path in left:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(left)


def _is_older(path: Path, before: datetime) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_mtime < before.timestamp()
    return False


def _ids_of_one_directory(count: int) -> list[uuid.UUID]:
    """New ids whose files lie side by side, so that one sync makes all their names last."""
    first = uuid.uuid4()
    return [first, *(uuid.UUID(bytes=first.bytes[:1] + uuid.uuid4().bytes[1:]) for _ in range(count - 1))]


def _purpose(file: PrivateFile) -> str:
    return _purpose_of(file.pk.hex)


def _purpose_of(key: str) -> str:
    return f"office_privatefile.{key}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
