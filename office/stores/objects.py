"""A bucket of S3-compatible storage. Imported only where a setting asks for it: its client takes half a second to load.

Nothing is public: no ACL is sent and no address is ever given out. An object is put in one request, whole or not at all.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Lock
from types import SimpleNamespace
from typing import Any, NoReturn

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from office.stores import Full, Unavailable

logger = logging.getLogger(__name__)

FULL = "存文件的地方满了，文件没有保存。请联系系统管理员，稍后再试。"
_FULL = {"InsufficientStorage", "XMinioStorageFull", "QuotaExceeded", "EntityTooLarge"}
CONNECT, READ, TRIES = 2, 5, 2  # seconds, seconds, requests: silent storage holds no page up
REST = 5  # seconds after a silence in which nobody asks again
NEUTRAL = "application/octet-stream"
_CONFIG = {
    "connect_timeout": CONNECT,
    "read_timeout": READ,
    "retries": {"total_max_attempts": TRIES, "mode": "standard"},
    "max_pool_connections": 16,
    "proxies": {},  # straight there, whatever the environment says
    # Checksums in headers that servers other than Amazon's may not know.
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}


class Objects(S3Storage):  # type: ignore[misc]  # has no types
    """What lies below `location` in the bucket."""

    is_shared = True

    def __init__(self, *, style: str, **options: Any) -> None:
        config = Config(s3={"addressing_style": style}, signature_version="s3v4", **_CONFIG)
        super().__init__(default_acl=None, querystring_auth=False, client_config=config, **options)
        self._lock, self._pid, self._silent_until = Lock(), 0, 0.0

    @property
    def _client(self) -> Any:
        """One for all threads of a process; a child of it makes its own, connections cannot be shared."""
        with self._lock:
            if self._pid != os.getpid():
                self._connections, self._pid = SimpleNamespace(), os.getpid()
            return self.connection.meta.client

    def url(self, name: str, *args: Any, **kwargs: Any) -> NoReturn:
        raise ValueError("nothing here has an address")

    def keep(self, contents: Mapping[str, bytes]) -> None:
        try:
            for name, content in contents.items():
                self.put(name, content)
        except BaseException:
            for name in contents:
                with suppress(Unavailable):  # the daily tidying finds what is left
                    self.delete(name)
            raise

    def put(self, name: str, content: bytes, *, lasting: bool = True) -> None:
        with self._asked():
            self._client.put_object(**self._at(name), Body=content, ContentType=NEUTRAL)

    def settle(self, names: list[str]) -> None:
        return None

    def fetch(self, name: str) -> bytes:
        with self._asked():
            content: bytes = self._client.get_object(**self._at(name))["Body"].read()
        return content

    def delete(self, name: str) -> None:
        with self._asked():
            self._client.delete_object(**self._at(name))

    def names(self, *, before: datetime | None = None) -> Iterator[str]:
        start = f"{self.location}/"
        with self._asked():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=start):
                for each in page.get("Contents", []):
                    if before is None or each["LastModified"] < before:
                        yield each["Key"].removeprefix(start)

    def set_aside(self, to: str) -> None:
        for name in self.names():
            with self._asked():
                self._client.copy_object(Bucket=self.bucket_name, Key=self._aside(to) + name, CopySource=self._at(name))

    def drop_aside(self, to: str) -> None:
        start = self._aside(to)
        with self._asked():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=start):
                for each in page.get("Contents", []):
                    self._client.delete_object(Bucket=self.bucket_name, Key=each["Key"])

    def probe(self) -> None:
        with self._asked():
            self._client.head_bucket(Bucket=self.bucket_name)

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": f"{self.location}/{name}"}

    def _aside(self, to: str) -> str:
        """Beside the location, never in it."""
        return f"{self.location.rpartition('/')[0]}/{to}/".removeprefix("/")

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """What the storage answers, in this house's words."""
        if time.monotonic() < self._silent_until:
            raise Unavailable("silent")
        try:
            yield
        except ClientError as error:
            raise _meaning(error) from None
        except BotoCoreError as error:
            self._silent_until = time.monotonic() + REST
            logger.error("object storage does not answer: %s", type(error).__name__)
            raise Unavailable(type(error).__name__) from None


def _meaning(error: ClientError) -> Exception:
    code = str(error.response["Error"].get("Code", ""))
    status = error.response["ResponseMetadata"].get("HTTPStatusCode")
    if code == "NoSuchKey":
        return FileNotFoundError(code)
    if code in _FULL or status == 507:
        return Full(FULL)
    logger.error("object storage refuses: %s %s", status, code)
    return Unavailable(code)
