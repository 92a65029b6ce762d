"""Where bytes lie that no database holds: a directory of this machine, or S3-compatible storage (SONGJIAO_FILES).

Both are Django storages, by the same few verbs, so that nobody above asks which one it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol, cast

from django.core.files.storage import storages

from office.refusals import Refused

AWAY = "存放照片和文件的地方现在连不上，这次没有存下，过一会儿再试。写的内容都还在。"


class Full(Refused):
    """Nothing more fits there; what was to be kept was not, not even in part."""


class Unavailable(Exception):
    """The storage cannot be reached or does not let us in: nothing is wrong with what was asked, later it may work."""


class Store(Protocol):
    """Bytes by name. A name is whole or not there, and what was kept outlives a power cut. Raises Full and Unavailable."""

    is_shared: bool  # other installations may keep their own things in the same place

    def keep(self, contents: Mapping[str, bytes]) -> None:
        """Adds things under new names: all of them, or none."""
        ...

    def put(self, name: str, content: bytes, *, lasting: bool = True) -> None:
        """Puts a thing there, in place of what had its name. Unless `lasting`, a power cut before `settle` may undo it."""
        ...

    def settle(self, names: list[str]) -> None:
        """What was put under these names lasts from now on, and is read again from where it lies."""
        ...

    def fetch(self, name: str) -> bytes:
        """Raises FileNotFoundError."""
        ...

    def delete(self, name: str) -> None:
        """It is gone; it need not have been there."""
        ...

    def names(self, *, before: datetime | None = None) -> Iterator[str]:
        """Everything that lies there, or what nobody touched since `before`."""
        ...

    def set_aside(self, to: str) -> None:
        """Everything a second time, as `to`, out of the way of the first."""
        ...

    def drop_aside(self, to: str) -> None: ...

    def probe(self) -> None:
        """Raises Unavailable when it is."""
        ...


def private() -> Store:
    return cast(Store, storages["private"])


def anchors() -> Store:
    return cast(Store, storages["anchors"])
