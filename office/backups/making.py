"""Makes a backup while the product runs."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import chain, count
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from office import anchors, stores
from office.backups import store
from office.backups.engines import Engine, Facts, engine
from office.backups.manifest import FORMAT, BadBackup, Manifest, fingerprints, read, write
from office.models import PrivateFile, stored_as

TRIES = 5  # of a snapshot that was overtaken while its files were copied
READ_AGAIN_EVERY = 7  # days: so often each stored file is read, a part of them with each backup
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Made:
    """A backup that is whole; how many of its files were copied now, and how many stored ones had rotted and were replaced."""

    path: Path
    manifest: Manifest
    copied: int
    mended: int

    @property
    def on_the_same_disk(self) -> bool:
        return self.path.stat().st_dev == Path(settings.DATA).stat().st_dev


def make(directory: Path, *, at: datetime, tell: Tell = lambda done, total: None) -> Made:
    """Copies database, private files and anchors into a new backup in `directory`, and reads it back.

    Raises Refused in words. Cut off at any point, it leaves nothing that calls itself a backup.
    """
    began = time.monotonic()
    with store.disk_errors_in_words(directory), store.held(directory):
        store.clear_drafts(directory)
        draft = directory / (_name(directory, at) + store.DRAFT)
        draft.mkdir(mode=0o700)
        try:
            return _make(draft, at, began, tell)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _make(draft: Path, at: datetime, began: float, tell: Tell) -> Made:
    base, copying = engine(), _Copying(draft.parent, at, tell)
    facts, anchored = _consistent(base, draft / base.dump, copying)
    store.sync(draft / base.dump)
    manifest = Manifest(
        format=FORMAT,
        at=at.isoformat(),
        host=socket.gethostname(),
        seconds=round(time.monotonic() - began, 2),
        engine=base.name,
        migrations=facts.migrations,
        keys=fingerprints(),
        database=[base.dump, *store.measure(draft / base.dump, from_disk=True)],
        counts=facts.counts,
        digests=facts.digests,
        chains=facts.chains,
        anchors=anchored,
        files={name: copying.measured[name] for name in sorted(facts.files) if name in copying.measured},
        lost=sorted(facts.files - set(copying.measured)),
    )
    return Made(_finish(draft, manifest), manifest, copying.copied, copying.mended)


def _finish(draft: Path, manifest: Manifest) -> Path:
    """The draft becomes a backup, once what it says of itself is on the disk and reads back."""
    write(manifest, draft)
    for path in draft.iterdir():
        path.chmod(0o600)
        store.sync(path)
    store.sync(draft)
    if read(draft) != manifest:
        raise BadBackup("刚写的清单读回来不一样，没有做成备份。请检查磁盘。")
    final = draft.with_name(draft.name.removesuffix(store.DRAFT))
    draft.rename(final)
    store.sync(final.parent)
    return final


def _consistent(base: Engine, target: Path, copying: _Copying) -> tuple[Facts, dict[str, str]]:
    """A snapshot, every file that it names, and anchors that are not ahead of it.

    Files are never changed, but they are removed, and chains begin: what was overtaken meanwhile is taken again.
    """
    for tries_left in reversed(range(TRIES)):
        target.unlink(missing_ok=True)
        anchored = _anchors()
        facts = base.snapshot(target)
        missing = copying.copy(facts.files)
        late = {scope for scope, (lines, _) in facts.chains.items() if lines > 1} - set(anchored)
        overtaken = late & anchors.scopes() or missing - _known(missing)
        if not overtaken or not tries_left:
            break
    return facts, anchored


def _known(names: set[str]) -> set[str]:
    """Which of the files still have their rows: those are lost, not removed."""
    return {pk.hex for pk in PrivateFile.objects.filter(pk__in=names).values_list("pk", flat=True)}


def _anchors() -> dict[str, str]:
    """As they lie there: an altered one is evidence, and goes along."""
    found = {}
    for scope in anchors.scopes():
        found[scope] = stores.anchors().fetch(f"{scope}.json").decode(errors="surrogateescape")
    return found


def _name(directory: Path, at: datetime) -> str:
    name = timezone.localtime(at).strftime("%Y-%m-%dT%H-%M-%S")
    taken = {path.name for path in store.backups(directory)}
    return next(each for each in chain([name], (f"{name}.{number}" for number in count(2))) if each not in taken)


class _Copying:
    """Fills the store of files. What an earlier backup stored is not copied again: a sealed file never changes."""

    def __init__(self, directory: Path, at: datetime, tell: Tell) -> None:
        self._directory, self._tell = directory, tell
        self._turn = timezone.localdate(at).toordinal() % READ_AGAIN_EVERY
        last = store.latest(directory)
        self._stored = read(last).files if last else {}
        self.measured: dict[str, store.Measure] = {}
        self.copied = self.mended = 0

    def copy(self, names: set[str]) -> set[str]:
        """Stores the files; which of them the disk does not have."""
        left, written = names - set(self.measured), dict[Path, store.Measure]()
        for number, name in enumerate(sorted(left), start=1):
            measured = self._already(name) or self._copy(name, written)
            if measured:
                self.measured[name] = measured
            self._tell(number, len(left))
        store.proven(written)
        return names - set(self.measured)

    def _already(self, name: str) -> store.Measure | None:
        known, path = self._stored.get(name), store.stored(self._directory, name)
        if known is None or not path.is_file() or path.stat().st_size != known[0]:
            return None
        if int(name, 16) % READ_AGAIN_EVERY != self._turn or store.measure(path) == known:
            return known
        self.mended += 1
        return None

    def _copy(self, name: str, written: dict[Path, store.Measure]) -> store.Measure | None:
        path = store.stored(self._directory, name)
        try:
            content = stores.private().fetch(stored_as(name))
        except FileNotFoundError:
            return None
        if path.is_file() and (measured := store.measure(path)) == store.measured(content):
            return measured  # of a backup that was cut off
        measured = written[path] = store.write(BytesIO(content), path)
        self.copied += 1
        return measured
