"""`restore DIR [--set-aside] [--check] [--json]`: puts a backup back, after every byte of it was checked."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections
from django.utils import timezone

from office import backups
from office.management.arguments import refusals_end_it
from office.pulse import beat
from office.verification import Fault, chains, verify


class Command(BaseCommand):
    help = "恢复一份备份：先核对每一个字节和密钥，再装入空的系统。失败了，原来的数据一点不变。先停止服务。"
    requires_system_checks: list[str] = []  # they stop everything after a restore that was cut off; this finishes it

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR", help="一份备份，或放备份的目录（取最近的一份）")
        parser.add_argument("--set-aside", action="store_true", help="这里已有数据时：先把它完整地放在一边，再恢复")
        parser.add_argument("--check", action="store_true", help="只核对备份，什么都不动")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *, directory: Path, set_aside: bool, check: bool, json: bool, **options: Any) -> None:
        with refusals_end_it(self.stdout, json=json):
            path = backups.chosen(directory.resolve())
            if check:
                self.stdout.write(_checked(path, as_json=json))
                return
            done = backups.restore(path, set_aside=set_aside, at=timezone.now())
        connections.close_all()
        with suppress(DatabaseError):  # of a version that kept no signs
            beat("restored", at=timezone.now())
        faults = [] if done.behind else [fault for scope in chains() for fault in verify(scope)]
        self.stdout.write(_as_json(done, faults) if json else _as_text(done, faults))
        if faults:
            raise SystemExit(1)


def _checked(path: Path, *, as_json: bool) -> str:
    manifest = backups.checked(path)
    told = {"backup": str(path), "at": manifest.at, "rows": sum(manifest.counts.values()), "files": len(manifest.files)}
    if as_json:
        return json.dumps(told | {"bytes": manifest.bytes}, ensure_ascii=False)
    return f"备份 {path} 完好：{told['rows']} 行，{told['files']} 个文件，做于 {manifest.at}。"


def _as_json(done: backups.Restored, faults: list[Fault]) -> str:
    manifest = done.manifest
    told = {"backup": str(done.path), "at": manifest.at, "seconds": done.seconds, "counts": manifest.counts}
    told |= {"rows": sum(manifest.counts.values()), "files": len(manifest.files), "lost": manifest.lost}
    told |= {"aside": str(done.aside) if done.aside else None, "migrate": done.behind}
    return json.dumps(told | {"faults": [fault.message for fault in faults]}, ensure_ascii=False)


def _as_text(done: backups.Restored, faults: list[Fault]) -> str:
    manifest = done.manifest
    lines = [f"恢复了 {manifest.at} 的备份：{sum(manifest.counts.values())} 行，{len(manifest.files)} 个文件，用时 {done.seconds} 秒。"]
    if done.aside:
        lines.append(f"  原来的数据在 {done.aside}（PostgreSQL 的表在同名的 schema 里），确认不要了再删。")
    if manifest.lost:
        lines.append(f"  做备份时就缺少的文件有 {len(manifest.lost)} 个：{'、'.join(manifest.lost[:5])}")
    if done.behind:
        lines.append("  备份来自较早的版本：请执行 manage.py migrate，再执行 manage.py verify_audit。")
    else:
        lines += [f"  审计：{fault.message}" for fault in faults] or ["  审计链完好。"]
    lines.append("  所有人都要重新登录：备份里没有登录状态。")
    return "\n".join(lines)
