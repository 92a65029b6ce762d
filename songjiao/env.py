"""Reads the environment: every reader fails loudly, with the variable's name.

Nothing here knows Django; settings.py is the only caller.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class Misconfigured(Exception):
    """The environment does not say what the product needs; the message names the variable."""


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise Misconfigured(f"{name} is not set (see docs/settings.md)")
    return default


def flag(name: str, *, default: bool) -> bool:
    value = text(name, "yes" if default else "no").lower()
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"0", "no", "false", "off"}:
        return False
    raise Misconfigured(f"{name} must be yes or no, not {value!r}")


def whole(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdigit():
        raise Misconfigured(f"{name} must be a whole number, not {value!r}")
    return int(value)


def one_of(name: str, *choices: str) -> str:
    """One of a few words; the first when nothing is set."""
    value = text(name, choices[0])
    if value not in choices:
        raise Misconfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas, empty items dropped."""
    return [word for item in text(name, default or ",").split(",") if (word := item.strip())]


def postgres(url: str) -> dict[str, object]:
    """Django's settings for `postgres://user:password@host:port/name?option=value`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or len(parts.path) < 2:
        raise Misconfigured("DATABASE_URL must read postgres://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # A database that does not answer is told in seconds, not after the minutes of TCP.
        "OPTIONS": {"connect_timeout": "5", "tcp_user_timeout": "15000"} | dict(parse_qsl(parts.query)),
    }


def mail(name: str) -> tuple[dict[str, Any], str]:
    """How to reach a mail server and who writes, from `smtp://user:password@host:port?from=address`; empty when nothing is set.

    `smtp` insists on STARTTLS (`&tls=no` goes without), `smtps` speaks TLS from the start.
    """
    url = text(name, "")
    if not url:
        return {}, ""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    sender, tls = options.pop("from", ""), options.pop("tls", "yes")
    form = f"{name} must read smtp://user:password@host:port?from=address (or smtps://, or with &tls=no)"
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or options or parts.path not in {"", "/"} or tls not in {"yes", "no"}:
        raise Misconfigured(form)
    if "@" not in sender or bool(parts.username) != bool(parts.password) or (parts.scheme == "smtps" and tls == "no"):
        raise Misconfigured(form)
    implicit, starttls = parts.scheme == "smtps", parts.scheme == "smtp" and tls == "yes"
    try:
        port = parts.port or (465 if implicit else 587 if starttls else 25)
    except ValueError:
        raise Misconfigured(form) from None
    credentials = {"username": unquote(parts.username or ""), "password": unquote(parts.password or "")}
    return {"host": parts.hostname, "port": port, "use_ssl": implicit, "use_tls": starttls, **credentials}, sender


def objects(name: str) -> dict[str, Any]:
    """How to reach a bucket, from `s3://access:secret@host:port/bucket/prefix?region=…`; empty when nothing is set.

    By TLS unless `&tls=no`; `&ca=` a file of the authority that signed it; `&style=virtual` has the bucket in the host's name.
    """
    url = text(name, "")
    if not url:
        return {}
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    region, tls, style, ca = given.pop("region", ""), given.pop("tls", "yes"), given.pop("style", "path"), given.pop("ca", "")
    bucket, _, prefix = unquote(parts.path).strip("/").partition("/")
    known = not given and tls in {"yes", "no"} and style in {"path", "virtual"} and not (ca and (tls == "no" or not Path(ca).is_file()))
    try:
        address = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    except ValueError:
        address = None
    if parts.scheme != "s3" or not (known and address and bucket and parts.username and parts.password):
        raise Misconfigured(f"{name} must read s3://access:secret@host:port/bucket?region=name (or with &tls=no, &style=virtual, &ca=file)")
    return {
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "endpoint_url": f"{'https' if tls == 'yes' else 'http'}://{address}",
        "region_name": region or "us-east-1",
        "verify": ca or None,
        "bucket_name": bucket,
        "style": style,
        "prefix": prefix,
    }


def stores(bucket: dict[str, Any]) -> dict[str, Any]:
    """Django's storages of what lies outside the database: in a bucket, or in the directories of two settings."""
    if not bucket:
        disk = "office.stores.disk.Disk"
        return {
            "private": {"BACKEND": disk, "OPTIONS": {"place": "PRIVATE_FILES"}},
            "anchors": {"BACKEND": disk, "OPTIONS": {"place": "AUDIT_ANCHORS"}},
        }
    options = {key: value for key, value in bucket.items() if key != "prefix"}
    places = {"private": "files", "anchors": "anchors"}
    return {
        name: {"BACKEND": "office.stores.objects.Objects", "OPTIONS": options | {"location": f"{bucket['prefix']}/{place}".lstrip("/")}}
        for name, place in places.items()
    }


def private_directory(path: Path) -> Path:
    """The directory, made if need be, that only the product's own user may enter."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def embedded_keys(directory: Path, database: Path) -> dict[str, str]:
    """The secrets of an embedded installation, in `keys.json` (mode 0600) beside its database.

    A new directory gets its own keys. A database whose keys are gone is never given others:
    everything sealed with the old ones would be lost silently.
    """
    path = directory / "keys.json"
    if not path.exists():
        if database.exists():
            raise Misconfigured(f"{database} exists but {path} does not: restore the key file; a new one could not read the data")
        directory.mkdir(parents=True, exist_ok=True)
        _create_once(path, json.dumps({name: secrets.token_hex(32) for name in KEY_NAMES}, indent=1))
    keys = json.loads(path.read_text())
    if missing := [name for name in KEY_NAMES if not keys.get(name)]:
        raise Misconfigured(f"{path} lacks {', '.join(missing)}")
    return dict(keys)


KEY_NAMES = ("SECRET_KEY", "SEALING_KEYS", "INDEX_KEY", "AUDIT_KEY")


def _create_once(path: Path, content: str) -> None:
    """Writes the whole file or nothing, and never over another process's file."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as stream:
        stream.write(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process of the same start was first: its keys are the keys
    finally:
        draft.unlink()
