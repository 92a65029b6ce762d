"""Puts a backup back: everything is checked first, and what stood there stays whole until the last step."""

from __future__ import annotations

import fcntl
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from office import stores
from office.backups import manifest as manifests
from office.backups import store
from office.backups.engines import Engine, engine
from office.backups.manifest import BadBackup, Manifest
from office.models import stored_as
from office.refusals import Refused

NOT_EMPTY = "这里已经有数据，没有恢复。请恢复到空的系统；确实要换掉现有数据，加 --set-aside：现有的先完整地放在一边。"
SHOWN = 5  # of the damaged files


@dataclass(frozen=True)
class Restored:
    path: Path
    manifest: Manifest
    seconds: float
    aside: Path | None  # where what stood there before was put
    behind: list[str]  # migrations that the code has and the backup has not


def checked(path: Path) -> Manifest:
    """The manifest of a backup that is whole to the last byte and fits this installation; raises BadBackup in words."""
    manifest = manifests.read(path)
    if manifest.engine != engine().name:
        raise BadBackup(f"这份备份来自 {manifest.engine}，这里用的是 {engine().name}。只能恢复到同一种数据库。")
    if ahead := sorted(set(manifest.migrations) - _known_migrations()):
        raise BadBackup(f"这份备份来自更新的版本（{ahead[-1]}）。请先升级程序，再恢复。")
    damaged = [name for name, at, measured in _parts(path, manifest) if not at.is_file() or store.measure(at) != measured]
    if damaged:
        some = "、".join(damaged[:SHOWN])
        raise BadBackup(f"备份 {path.name} 不完整：{len(damaged)} 个文件缺少或损坏（{some}）。没有动任何数据，请用另一份备份。")
    return manifest


def restore(path: Path, *, set_aside: bool, at: datetime) -> Restored:
    """Puts the backup in place of what is here. Raises Refused, and then what was here is as it was.

    A restore that was cut off in its last step is finished by the next one; one cut off before has changed nothing.
    """
    began = time.monotonic()
    with _nobody_else(), store.held(path.parent), engine().alone():
        base, manifest = engine(), checked(path)
        if _finish_or_forget(base) == manifest.at:  # this very restore had been cut off in its last step
            return Restored(path, manifest, round(time.monotonic() - began, 2), None, _behind(manifest))
        is_empty = base.is_empty()
        if not is_empty and not set_aside:
            raise Refused(NOT_EMPTY)
        aside = _aside(at) if not is_empty or any(stores.anchors().names()) else None
        with store.disk_errors_in_words(Path(settings.DATA)):
            _put_back(base, path, manifest, aside, is_empty=is_empty)
    return Restored(path, manifest, round(time.monotonic() - began, 2), aside, _behind(manifest))


def _parts(path: Path, manifest: Manifest) -> Iterator[tuple[str, Path, store.Measure]]:
    name, *measured = manifest.database
    yield name, path / Path(name).name, measured
    for name, measured in manifest.files.items():
        yield name, store.stored(path.parent, name), measured


def _known_migrations() -> set[str]:
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def _behind(manifest: Manifest) -> list[str]:
    return sorted(_known_migrations() - set(manifest.migrations))


@contextmanager
def _nobody_else() -> Iterator[None]:
    """Neither scripts/server nor another restore runs on this data directory."""
    with (Path(settings.DATA) / "server.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("系统还在运行。请先停止服务，再恢复。") from None
        yield


# --- Putting back -----------------------------------------------------------------------------------


def _put_back(base: Engine, path: Path, manifest: Manifest, aside: Path | None, *, is_empty: bool) -> None:
    """Files first, which nobody misses if the rest fails; then the database, all at once; then the anchors."""
    added: list[str] = []
    try:
        if aside:
            _keep_aside(aside)
        _add_files(path.parent, manifest, added)
        is_told_apart = base.chains() != manifest.chains
        if not is_told_apart:  # by its chains, as the marker does it; the anchors then fit the old database and the new one
            _replace_anchors(manifest.anchors)
        base.load(
            path / manifest.database[0],
            manifest,
            aside=None if is_empty else aside,
            switch=lambda: _mark(manifest) if is_told_apart else None,
        )
    except BaseException:
        if _finish_or_forget(base):
            return
        _take_back(added, aside)
        raise
    _finish_or_forget(base)


def _take_back(added: list[str], aside: Path | None) -> None:
    for each in added:
        stores.private().delete(each)
    if aside:
        for place, name in _places().items():
            place.drop_aside(f"{aside.name}/{name}")
        shutil.rmtree(aside, ignore_errors=True)


def _aside(at: datetime) -> Path:
    first = Path(settings.DATA) / timezone.localtime(at).strftime("before-restore-%Y-%m-%dT%H-%M-%S")
    names = chain([first], (first.with_name(f"{first.name}.{number}") for number in count(2)))
    return next(path for path in names if not path.exists())


def _keep_aside(aside: Path) -> None:
    """Files and anchors as they are, under a second name; the database's own engine sees to the database."""
    aside.mkdir(mode=0o700)
    for place, name in _places().items():
        place.set_aside(f"{aside.name}/{name}")


def _places() -> dict[stores.Store, str]:
    return {stores.private(): "files", stores.anchors(): "anchors"}


def _add_files(directory: Path, manifest: Manifest, added: list[str]) -> None:
    """Names of private files are never given twice: what is here is the same file, or a damaged one."""
    place, written = stores.private(), dict[str, store.Measure]()
    for key, measured in manifest.files.items():
        name = stored_as(key)
        if (here := _measured(name)) == measured:
            continue
        content = store.stored(directory, key).read_bytes()
        if store.measured(content) != measured:
            raise BadBackup(f"备份里的文件 {key} 在恢复途中变了。")
        if here is None:
            added.append(name)
        place.put(name, content, lasting=False)
        written[name] = measured
    place.settle(list(written))
    if bad := [name for name, measured in written.items() if _measured(name) != measured]:
        raise Refused(f"刚写的 {len(bad)} 个文件读回来不一样，没有恢复。请检查磁盘或对象存储。")


def _measured(name: str) -> store.Measure | None:
    """Of a private file as it lies here; None where there is none."""
    try:
        return store.measured(stores.private().fetch(name))
    except FileNotFoundError:
        return None


# --- The last step, which may be cut off in the middle -------------------------------------------------


def _marker() -> Path:
    return Path(settings.DATA) / "restoring.json"


def _mark(manifest: Manifest) -> None:
    """From here on the database may be the new one while the anchors are the old ones."""
    content = json.dumps({"at": manifest.at, "chains": manifest.chains, "anchors": manifest.anchors})
    draft = _marker().with_suffix(store.DRAFT)
    draft.write_text(content)
    store.sync(draft)
    draft.replace(_marker())
    store.sync(_marker().parent)


def _finish_or_forget(base: Engine) -> str:
    """Finishes a restore that had come to its last step and switched the database: of when its backup was. Else nothing is to be done."""
    if not _marker().exists():
        return ""
    marked = json.loads(_marker().read_text())
    switched = base.chains() == marked["chains"]
    if switched:
        _replace_anchors(marked["anchors"])
    _marker().unlink()
    return str(marked["at"]) if switched else ""


def _replace_anchors(anchors: dict[str, str]) -> None:
    place = stores.anchors()
    for scope, content in anchors.items():
        place.put(f"{scope}.json", content.encode(errors="surrogateescape"))
    for name in list(place.names()):
        if name.removesuffix(".json") not in anchors:
            place.delete(name)
    place.settle([])
