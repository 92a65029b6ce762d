"""Frozen values as canonical JSON and back: what a digest stands for must read the same in ten years."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

ADDED = {"added": True}
"""Of a field that came later: while it says nothing it is left out, so that what was frozen before keeps its digest."""


def plain(value: Any) -> Any:
    """Only what JSON has: moments in UTC, numbers with a fraction as text."""
    if is_dataclass(value):
        given = ((each, getattr(value, each.name)) for each in fields(value))
        return {each.name: plain(said) for each, said in given if not (each.metadata.get("added") and said == each.default)}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, (date, Fraction)):
        return str(value)
    return value


def canonical(value: Any) -> str:
    """One text for one value: sorted keys, no blanks, no escapes that JSON does not ask for."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def loads(text: str) -> Any:
    return json.loads(text)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read(kind: Any, given: Any) -> Any:
    """The value of `kind` that `plain` made; keys that are missing take their defaults, unknown ones are passed over."""
    if get_origin(kind) in (Union, UnionType):
        inner = next(each for each in get_args(kind) if each is not type(None))
        return None if given is None else read(inner, given)
    if get_origin(kind) is tuple:
        return tuple(read(get_args(kind)[0], each) for each in given)
    if get_origin(kind) is dict:
        return {key: read(get_args(kind)[1], each) for key, each in given.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: read(hint, given[name]) for name, hint in _hints(kind).items() if name in given})
    if kind in (date, datetime):
        return kind.fromisoformat(given)
    return kind(given) if kind in (Decimal, Fraction) else given


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
