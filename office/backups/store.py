"""The directory of backups: copying so that a copy is whole or not there, one hand at a time, old ones pruned."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from office.backups import manifest
from office.refusals import Refused
from office.stores import Unavailable

DRAFT = ".draft"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CHUNK = 1024 * 1024

Measure = list[int | str]  # bytes and SHA-256 of a file, as they stand in a manifest


@contextlib.contextmanager
def held(directory: Path) -> Iterator[None]:
    """Nobody else makes, prunes or reads backups here meanwhile; raises Refused when somebody does.

    The directory must be there: a disk that is not mounted must not be replaced by an empty directory.
    """
    if not directory.is_dir():
        raise Refused(f"没有目录 {directory}。请先建好它；它若在另一块磁盘上，看磁盘挂上了没有。")
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise Refused(f"{directory} 里正在做另一份备份或恢复。请等它结束。") from None
    try:
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def disk_errors_in_words(place: Path) -> Iterator[None]:
    try:
        yield
    except Unavailable as error:
        raise Refused(f"存放文件的对象存储用不了（{error}），没有做成。请先看运行状况。") from error
    except OSError as error:
        if error.errno in _FULL:
            raise Refused(f"{place} 所在的磁盘满了，没有做成，也没有留下半份。") from None
        raise Refused(f"读写 {error.filename or place} 出错，没有做成：{error.strerror}。") from error


def stored(directory: Path, name: str) -> Path:
    """Where the private file of that name lies in the directory of backups."""
    return directory / "files" / name[:2] / name


def copy(source: Path, target: Path) -> Measure:
    """Copies a file: whole under its name and on the disk, or not at all. What it measures; the copy was read back."""
    with source.open("rb") as original:
        measured = write(original, target)
    sync(target)
    sync(target.parent)
    proven({target: measured})
    return measured


def write(original: IO[bytes], target: Path) -> Measure:
    """Writes a file: whole under its name or not at all, as long as the machine does not lose power. What its source measured."""
    for directory in (target.parent.parent, target.parent):
        directory.mkdir(exist_ok=True, mode=0o700)
    draft, digest, size = target.with_name(target.name + DRAFT), hashlib.sha256(), 0
    try:
        with open(draft, "wb", opener=_private) as stream:
            while chunk := original.read(_CHUNK):
                digest.update(chunk)
                size += stream.write(chunk)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return [size, digest.hexdigest()]


def proven(written: dict[Path, Measure]) -> None:
    """Everything written is on the disk and reads back as it should; what does not is removed, and Refused raised."""
    os.sync()  # once for all: a sync a file takes longer than the copies
    bad = [path for path, measured in written.items() if measure(path, from_disk=True) != measured]
    for path in bad:
        path.unlink()
    if bad:
        raise Refused(f"{bad[0].parent} 里刚写的 {len(bad)} 个文件读回来不一样，没有做成。请检查磁盘。")


def measure(path: Path, *, from_disk: bool = False) -> Measure:
    """The bytes and the SHA-256 of a file; `from_disk`, not as the machine still remembers writing it."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        if from_disk:
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return [size, digest.hexdigest()]


def measured(content: bytes) -> Measure:
    return [len(content), hashlib.sha256(content).hexdigest()]


def sync(path: Path) -> None:
    """What was written there is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


# --- The backups of a directory ----------------------------------------------------------------------


def backups(directory: Path) -> list[Path]:
    """Everything that calls itself a backup, oldest first."""
    return sorted(path for path in directory.glob("[0-9]*") if path.is_dir() and not path.name.endswith(DRAFT))


def chosen(directory: Path) -> Path:
    """The backup meant by a path: itself, or the newest in it, whatever its state. Raises Refused where there is none."""
    if (directory / manifest.MANIFEST).exists():
        return directory
    if not (directory.is_dir() and (found := backups(directory))):
        raise Refused(f"{directory} 里没有备份。")
    return found[-1]


def latest(directory: Path) -> Path | None:
    """The newest backup whose manifest can be believed."""
    return next((path for path in reversed(backups(directory)) if _readable(path)), None)


def clear_drafts(directory: Path) -> None:
    """Takes away what a backup that was cut off left behind."""
    for path in directory.glob(f"*{DRAFT}"):
        shutil.rmtree(path)
    for path in directory.glob(f"files/??/*{DRAFT}"):
        path.unlink()


def prune(directory: Path, *, keep: int) -> list[str]:
    """Removes all but the `keep` (at least one) newest good backups, and the files no backup needs. The names of those removed.

    What cannot be read is left for a person to look at, and no file is removed while there is such a thing.
    """
    with held(directory):
        good = [path for path in backups(directory) if _readable(path)]
        old = good[: -max(1, keep)]
        for path in old:
            gone = path.rename(path.with_name(path.name + DRAFT))  # at once no backup any more
            shutil.rmtree(gone)
        kept = good[len(old) :]
        if kept == backups(directory):
            _drop_files(directory, {name for path in kept for name in manifest.read(path).files})
    return [path.name for path in old]


def _drop_files(directory: Path, needed: set[str]) -> None:
    for path in directory.glob("files/??/*"):
        if path.name not in needed:
            path.unlink()


def _readable(path: Path) -> bool:
    try:
        manifest.read(path)
    except manifest.BadBackup:
        return False
    return True
