"""Private files: sealed on disk under names that say nothing, and handed out by views that asked first.

The file is on disk, whole, before its row is committed: a row never points at nothing. What a
transaction that failed left behind is tidied away a day later.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from office.fields import Unreadable, open_bytes, seal_bytes
from office.models import PrivateFile
from office.refusals import Refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
ORPHAN_AFTER = timedelta(days=1)
_FULL = {errno.ENOSPC, errno.EDQUOT}


class DiskFull(Refused):
    """Nothing was kept, because nothing more fits on the disk."""


def keep(
    content: bytes, *, name: str, content_type: str, by: uuid.UUID | None, at: datetime, keep_until: datetime | None = None
) -> PrivateFile:
    """Seals `content` onto the disk and adds its row. Raises DiskFull, a Refused, when the disk is, and nothing is kept then."""
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
    try:
        _write({file.path: seal_bytes(content, purpose=_purpose(file)) for file, content in zip(kept, contents.values(), strict=True)})
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise DiskFull("服务器的磁盘满了，文件没有保存。请联系系统管理员，稍后再试。") from None
    PrivateFile.objects.bulk_create(kept)
    return kept


def read(file: PrivateFile) -> bytes:
    """The content as it was kept; raises Unreadable when the disk no longer holds exactly that."""
    try:
        content = open_bytes(file.path.read_bytes(), purpose=_purpose(file))
    except FileNotFoundError:
        raise Unreadable(f"file {file} is gone") from None
    if _digest(content) != file.digest:
        raise Unreadable(f"file {file} is another one")
    return content


def remove(file: PrivateFile) -> None:
    """Deletes the row, and the file with the commit."""
    path = file.path
    file.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True), robust=True)


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
    for path in orphans:
        _discard(path)
    return len(over) + len(orphans)


def _orphans(before: datetime) -> Iterator[Path]:
    """What lies untouched since `before` on the disk and no row knows."""
    for path in [*Path(settings.PRIVATE_FILES).glob("??/*"), *Path(settings.SCRATCH).iterdir()]:
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < before.timestamp() and not _has_row(path):
                yield path


def _has_row(path: Path) -> bool:
    return bool(re.fullmatch(r"[0-9a-f]{32}", path.name)) and PrivateFile.objects.filter(pk=uuid.UUID(path.name)).exists()


def _discard(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _ids_of_one_directory(count: int) -> list[uuid.UUID]:
    """New ids whose files lie side by side, so that one sync makes all their names last."""
    first = uuid.uuid4()
    return [first, *(uuid.UUID(bytes=first.bytes[:1] + uuid.uuid4().bytes[1:]) for _ in range(count - 1))]


def _write(contents: Mapping[Path, bytes]) -> None:
    """Whole files in one directory, surviving a power cut, or none of them. Nobody looks at a file before its row is there."""
    directory = next(iter(contents)).parent
    if not directory.is_dir():
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sync(directory.parent)
    try:
        for path, content in contents.items():
            with open(path, "xb", opener=_private) as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        _sync(directory)
    except BaseException:
        for path in contents:
            path.unlink(missing_ok=True)
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync(directory: Path) -> None:
    """What was made in the directory keeps its name."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _purpose(file: PrivateFile) -> str:
    return f"office_privatefile.{file.pk.hex}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
