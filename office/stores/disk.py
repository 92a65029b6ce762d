"""A directory of this machine's disk."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from office.stores import Full

FULL = "服务器的磁盘满了，文件没有保存。请联系系统管理员，稍后再试。"
_FULL = {errno.ENOSPC, errno.EDQUOT}


class Disk(FileSystemStorage):
    """The directory that the setting named `place` says. Files are only the owner's to read."""

    is_shared = False

    def __init__(self, place: str) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)
        self._place = place

    @property
    def location(self) -> str:  # asked each time: the setting may move
        return str(getattr(settings, self._place))

    base_location = location

    def url(self, name: str | None) -> NoReturn:
        raise ValueError("nothing here has an address")

    def keep(self, contents: Mapping[str, bytes]) -> None:
        paths = {Path(self.path(name)): content for name, content in contents.items()}
        try:
            _write_new(paths)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise Full(FULL) from None

    def put(self, name: str, content: bytes, *, lasting: bool = True) -> None:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                if lasting:
                    os.fsync(stream.fileno())
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise

    def settle(self, names: list[str]) -> None:
        os.sync()  # once for all: a sync a file takes longer than the copies
        for name in names:
            with open(self.path(name), "rb") as stream:
                os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def fetch(self, name: str) -> bytes:
        return Path(self.path(name)).read_bytes()

    def names(self, *, before: datetime | None = None) -> Iterator[str]:
        for directory, _, files in os.walk(self.location):
            for name in files:
                path = Path(directory, name)
                with contextlib.suppress(FileNotFoundError):
                    if before is None or path.stat().st_mtime < before.timestamp():
                        yield path.relative_to(self.location).as_posix()

    def set_aside(self, to: str) -> None:
        if any(True for _ in self.names()):
            shutil.copytree(self.location, Path(settings.DATA) / to, copy_function=_link)

    def drop_aside(self, to: str) -> None:
        shutil.rmtree(Path(settings.DATA) / to, ignore_errors=True)

    def probe(self) -> None:
        return None


def _write_new(contents: Mapping[Path, bytes]) -> None:
    """Whole files, surviving a power cut, or none of them: nobody looks at a file before its row is there."""
    directories = {path.parent for path in contents}
    for directory in directories:
        if not directory.is_dir():
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            _sync(directory.parent)
    try:
        for path, content in contents.items():
            with open(path, "xb", opener=_private) as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        for directory in directories:
            _sync(directory)
    except BaseException:
        for path in contents:
            path.unlink(missing_ok=True)
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _sync(directory: Path) -> None:
    """What was made in the directory keeps its name."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
