"""`move_files [--json]`: copies files and anchors from the data directory to the object storage that SONGJIAO_FILES names."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from office import stores
from office.management.arguments import refusals_end_it
from office.models import PrivateFile
from office.refusals import Refused
from office.stores.disk import Disk


class Command(BaseCommand):
    help = "把数据目录里的照片、文件和审计锚点复制到 SONGJIAO_FILES 所说的对象存储，逐个读回核对。先停止服务；可以重复执行，原来的不删。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *, json: bool, **options: Any) -> None:
        with refusals_end_it(self.stdout, json=json):
            told = _moved()
        self.stdout.write(_as_json(told) if json else _as_text(told))
        if told["lost"]:
            raise SystemExit(1)


def _moved() -> dict[str, Any]:
    if not settings.FILES:
        raise Refused("没有设 SONGJIAO_FILES，不知道复制到哪里。")
    names = [file.stored_as for file in PrivateFile.objects.only("pk").iterator()]
    here, there = Disk("PRIVATE_FILES"), stores.private()
    anchors = list(Disk("AUDIT_ANCHORS").names())
    try:
        results = [_copy(name, here, there) for name in names]
        for name in anchors:
            _copy(name, Disk("AUDIT_ANCHORS"), stores.anchors())
    except stores.Unavailable as error:
        raise Refused(f"对象存储用不了（{error}）。已经复制的留在那里，恢复以后再执行一次。") from error
    lost = [name[3:] for name, result in zip(names, results, strict=True) if result is None]
    return {"files": len(names), "copied": results.count(True), "anchors": len(anchors), "lost": lost}


def _copy(name: str, here: stores.Store, there: stores.Store) -> bool | None:
    """Whether it had to be copied; None where it lies in neither. What is there already stays: it may be newer than what is here."""
    if _fetched(name, there) is not None:
        return False
    content = _fetched(name, here)
    if content is None:
        return None
    there.put(name, content)
    if there.fetch(name) != content:
        raise Refused(f"{name} 写到对象存储以后读回来不一样，停在这里。")
    return True


def _fetched(name: str, store: stores.Store) -> bytes | None:
    try:
        return store.fetch(name)
    except FileNotFoundError:
        return None


def _as_json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False)


def _as_text(told: dict[str, Any]) -> str:
    words = f"文件 {told['files']} 个，这次复制了 {told['copied']} 个；锚点 {told['anchors']} 个。都已读回核对，原来的没有删。"
    if told["lost"]:
        words += f"\n注意：有 {len(told['lost'])} 个文件数据库里有登记，两边都没有：{'、'.join(told['lost'][:5])}"
    return words
