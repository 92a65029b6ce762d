"""Sealed fields: encrypted at rest, found again only through a keyed blind index.

AES-256-GCM with the column's name as associated data, so a value moved to another column
does not open. The first of settings.SEALING_KEYS seals, every one opens (rotation).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

_VERSION = "s1"
_NONCE = 12


class Unreadable(Exception):
    """A sealed value does not open with any key: altered, moved, or sealed with a lost key."""


@cache
def _cipher(secret: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"seal:" + secret.encode()).digest())


def seal_bytes(content: bytes, *, purpose: str) -> bytes:
    """Nonce and ciphertext of `content`, bound to `purpose`."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(settings.SEALING_KEYS[0]).encrypt(nonce, content, purpose.encode())


def open_bytes(sealed: bytes, *, purpose: str) -> bytes:
    """The content of `seal_bytes`; raises Unreadable."""
    for secret in settings.SEALING_KEYS:
        try:
            return _cipher(secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError):  # ValueError: too short to be sealed at all
            continue
    raise Unreadable(f"no key opens this value of {purpose}")


def seal(text: str, *, purpose: str) -> str:
    """`text` sealed for storage in a text column; the empty text stays empty."""
    if not text:
        return ""
    return f"{_VERSION}:{base64.b64encode(seal_bytes(text.encode(), purpose=purpose)).decode()}"


def unseal(stored: str, *, purpose: str) -> str:
    """The text that `seal` hid; raises Unreadable."""
    if not stored:
        return ""
    version, _, body = stored.partition(":")
    if version != _VERSION:
        raise Unreadable(f"a value of {purpose} is not sealed")
    try:
        sealed = base64.b64decode(body, validate=True)
    except ValueError:
        raise Unreadable(f"a value of {purpose} is damaged") from None
    return open_bytes(sealed, purpose=purpose).decode()


def blind_index(value: str, *, purpose: str) -> str:
    """A keyed digest (64 hex digits) by which an exact value is found without being stored; empty for empty."""
    if not value:
        return ""
    key = hmac.digest(settings.INDEX_KEY.encode(), purpose.encode(), "sha256")
    return hmac.new(key, value.encode(), "sha256").hexdigest()


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that the database only ever holds sealed. Not searchable: pair it with a blind index column."""

    @property
    def purpose(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None else seal(str(value), purpose=self.purpose)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value if value is None else unseal(value, purpose=self.purpose)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise TypeError(f"{self.purpose} is sealed: search its blind index, not its text")


class SealedJSONField(SealedTextField):
    """Lists, objects, text, numbers; sealed like text. Days and ids become text."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None else super().get_prep_value(json.dumps(value, ensure_ascii=False, default=str))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        return json.loads(text) if text else None
