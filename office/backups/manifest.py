"""What a backup says of itself, and whether it can be believed."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from office.refusals import Refused

FORMAT = 1
MANIFEST, SUM = "manifest.json", "manifest.sum"


class BadBackup(Refused):
    """What lies there is no whole backup, or none for this installation."""


@dataclass(frozen=True)
class Manifest:
    format: int
    at: str  # when the copy began, ISO 8601
    host: str
    seconds: float
    engine: str  # "sqlite" or "postgresql"
    migrations: list[str]  # applied when it was made, as app.name
    keys: dict[str, list[str]]  # fingerprints of the keys that what is sealed needs
    database: list[Any]  # name, bytes, SHA-256
    counts: dict[str, int]  # rows a table
    digests: dict[str, str]  # of the rows of a table, where the database is not compared byte for byte
    chains: dict[str, list[Any]]  # lines and head of each audit chain
    anchors: dict[str, str]  # the anchors of the audit chains, as they lay outside the database
    files: dict[str, list[Any]]  # bytes and SHA-256 of each private file
    lost: list[str]  # files that rows name and the disk no longer had

    @property
    def bytes(self) -> int:
        return int(self.database[1]) + sum(int(size) for size, _ in self.files.values())


def write(manifest: Manifest, directory: Path) -> None:
    content = json.dumps(asdict(manifest), indent=1).encode()
    (directory / MANIFEST).write_bytes(content)
    (directory / SUM).write_text(json.dumps(_sums(content)))


def read(directory: Path) -> Manifest:
    """The manifest, unaltered and for the keys of this installation; raises BadBackup in words."""
    try:
        content, told = (directory / MANIFEST).read_bytes(), (directory / SUM).read_bytes()
    except FileNotFoundError:
        raise BadBackup(f"{directory} 不是一份完整的备份：没有 {MANIFEST} 或 {SUM}。") from None
    sums, expected = _parsed_sums(told), _sums(content)
    if sums.get("sha256") != expected["sha256"]:
        raise BadBackup(f"备份 {directory.name} 的清单损坏了。")
    manifest = _parsed(content, directory)
    if lacking := _lacking(manifest.keys):
        raise BadBackup(f"备份 {directory.name} 是用另外的密钥加密的，这里没有：{'、'.join(lacking)}。请先放好与它配套的密钥。")
    if sums != expected:
        raise BadBackup(f"备份 {directory.name} 的清单被改过，不是本系统写的。")
    return manifest


def fingerprints() -> dict[str, list[str]]:
    """Of the keys without which the data cannot be read, found or verified; they tell nothing of the keys."""
    keys = {"SEALING_KEYS": settings.SEALING_KEYS, "INDEX_KEY": [settings.INDEX_KEY], "AUDIT_KEY": [settings.AUDIT_KEY]}
    return {name: [_fingerprint(name, key) for key in some] for name, some in keys.items()}


@cache
def _fingerprint(name: str, key: str) -> str:
    """Slow on purpose: a short key chosen by a person cannot be guessed from it."""
    return hashlib.scrypt(key.encode(), salt=f"songjiao backup {name}".encode(), n=2**14, r=8, p=1, dklen=16).hex()


def _lacking(needed: dict[str, list[str]]) -> list[str]:
    here = fingerprints()
    return [name for name, some in needed.items() if not set(some) <= set(here.get(name, []))]


def _sums(content: bytes) -> dict[str, str]:
    mac = hmac.new(settings.AUDIT_KEY.encode(), b"backup:" + content, hashlib.sha256).hexdigest()
    return {"sha256": hashlib.sha256(content).hexdigest(), "mac": mac}


def _parsed_sums(told: bytes) -> dict[str, Any]:
    try:
        sums = json.loads(told)
    except ValueError:
        return {}
    return sums if isinstance(sums, dict) else {}


def _parsed(content: bytes, directory: Path) -> Manifest:
    try:
        fields = json.loads(content)
        if fields["format"] != FORMAT:
            raise BadBackup(f"备份 {directory.name} 的格式是第 {fields['format']} 版，这里只认第 {FORMAT} 版。请用做备份的那个版本恢复。")
        return Manifest(**fields)
    except (ValueError, TypeError, KeyError):
        raise BadBackup(f"备份 {directory.name} 的清单读不懂。") from None
