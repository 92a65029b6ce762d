"""`backup DIR [--keep N] [--keys FILE] [--json]`: a whole copy while the product runs, read back."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from office import backups
from office.backups import daily
from office.management.arguments import refusals_end_it
from office.refusals import Refused


class Command(BaseCommand):
    help = "备份数据库和私有文件，边运行边做；密钥不在里面。DIR 里可以有许多份备份，没有变的文件只存一次。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR", help="放备份的目录，最好在另一块磁盘上")
        parser.add_argument("--keep", type=int, metavar="N", help="只保留最近的 N 份；不写则全部保留")
        parser.add_argument("--keys", type=Path, metavar="FILE", help="把密钥另写到这个文件（0600），不得在 DIR 里面；请与备份分开保存")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *, directory: Path, keep: int | None, keys: Path | None, json: bool, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep 至少是 1。", returncode=2)
        with refusals_end_it(self.stdout, json=json):
            if keys:
                _write_keys(keys.resolve(), directory.resolve())
            made = backups.make(directory.resolve(), at=timezone.now())
            removed = backups.prune(directory.resolve(), keep=keep) if keep else []
            if not settings.BACKUPS or directory.resolve() == Path(settings.BACKUPS).resolve():
                with suppress(DatabaseError):  # of another version: it is backed up all the same
                    daily.say(made, removed=len(removed), at=timezone.now())
        self.stdout.write(_as_json(made, removed) if json else _as_text(made, removed))


def _write_keys(target: Path, directory: Path) -> None:
    """In the form of keys.json. A file that holds other keys is not overwritten."""
    if target.is_relative_to(directory):
        raise Refused("密钥要与备份分开保存：--keys 的文件不能在备份目录里。")
    content = {"SECRET_KEY": settings.SECRET_KEY, "SEALING_KEYS": ",".join(settings.SEALING_KEYS)}
    content |= {"INDEX_KEY": settings.INDEX_KEY, "AUDIT_KEY": settings.AUDIT_KEY}
    if target.exists():
        if _held(target) != content:
            raise Refused(f"{target} 里是另外的内容，没有覆盖。请换一个文件名。")
        return
    if not target.parent.is_dir():
        raise Refused(f"没有目录 {target.parent}，密钥没有写出，也没有做备份。请先建好它。")
    with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as stream:
        json.dump(content, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())


def _held(target: Path) -> object:
    """What a file of keys holds; None for whatever else it is."""
    try:
        return json.loads(target.read_text())
    except (OSError, ValueError, RecursionError):
        return None


def _as_json(made: backups.Made, removed: list[str]) -> str:
    manifest = made.manifest
    told = {"backup": str(made.path), "at": manifest.at, "seconds": manifest.seconds, "rows": sum(manifest.counts.values())}
    told |= {"database_bytes": manifest.database[1], "files": len(manifest.files), "bytes": manifest.bytes}
    told |= {"copied": made.copied, "mended": made.mended, "lost": manifest.lost}
    return json.dumps(told | {"same_disk": made.on_the_same_disk, "removed": removed}, ensure_ascii=False)


def _as_text(made: backups.Made, removed: list[str]) -> str:
    manifest = made.manifest
    lines = [f"备份做好了：{made.path}"]
    lines.append(
        f"  数据库 {sum(manifest.counts.values())} 行、{manifest.database[1] / 1e6:.1f} MB，文件 {len(manifest.files)} 个"
        f"（这次复制了 {made.copied} 个），用时 {manifest.seconds} 秒，已读回核对。"
    )
    if made.mended:
        lines.append(f"  以前备份的 {made.mended} 个文件损坏了，已重新复制。请检查放备份的磁盘。")
    if manifest.lost:
        lines.append(f"  注意：有 {len(manifest.lost)} 个文件数据库里有登记，磁盘上却没有：{'、'.join(manifest.lost[:5])}")
    if made.on_the_same_disk:
        lines.append("  注意：备份和数据在同一块磁盘上，磁盘坏了两样都没有。")
    if removed:
        lines.append(f"  删去了较早的 {len(removed)} 份：{'、'.join(removed)}")
    return "\n".join(lines)
