"""An S3 server on this machine that checks signatures, and a door before it that a test can shut."""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

import boto3
from botocore.config import Config

from songjiao import env

MADE_BEFORE_IT_CHECKS = 3  # requests: a user, what it may, its key


@dataclass(frozen=True)
class Server:
    port: int
    access: str
    secret: str

    def client(self, kind: str = "s3", **keys: str) -> Any:
        given = {"aws_access_key_id": self.access, "aws_secret_access_key": self.secret} | keys
        config = Config(proxies={}, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return boto3.client(kind, endpoint_url=f"http://127.0.0.1:{self.port}", region_name="us-east-1", config=config, **given)

    def bucket(self) -> str:
        """A new one."""
        name = f"songjiao-{uuid.uuid4().hex[:12]}"
        self.client().create_bucket(Bucket=name)
        return name

    def url(self, bucket: str, *, port: int | None = None, secret: str = "", prefix: str = "county") -> str:
        return f"s3://{self.access}:{quote(secret or self.secret, safe='')}@127.0.0.1:{port or self.port}/{bucket}/{prefix}?tls=no"


@cache
def object_server() -> Server:
    """One for all the tests of a process; it goes with it."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    environ = os.environ | {"INITIAL_NO_AUTH_ACTION_COUNT": str(MADE_BEFORE_IT_CHECKS)}
    command = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(process.kill)
    until = time.monotonic() + 90
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            break
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.1)
    people = Server(port, "nobody", "nothing").client("iam")
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    people.create_user(UserName="songjiao")
    people.put_user_policy(UserName="songjiao", PolicyName="all", PolicyDocument=json.dumps(everything))
    key = people.create_access_key(UserName="songjiao")["AccessKey"]
    return Server(port, key["AccessKeyId"], key["SecretAccessKey"])


def use(url: str, settings: Any, monkeypatch: Any) -> None:
    """The product under test keeps its files there, as SONGJIAO_FILES says it."""
    monkeypatch.setenv("SONGJIAO_FILES", url)
    settings.FILES = env.objects("SONGJIAO_FILES")
    settings.STORAGES = {**settings.STORAGES, **env.stores(settings.FILES)}


class Door:
    """Lets requests through to the server until it is shut: after so many with `shut_after`, or at once."""

    def __init__(self, to: int) -> None:
        self._to, self._left = to, 1_000_000
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def shut_after(self, puts: int) -> None:
        self._left = puts

    def shut(self) -> None:
        self._left = -1
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(65536):
                if chunk.startswith(b"PUT "):
                    self._left -= 1
                if self._left < 0:
                    self.shut()
                    return
                target.sendall(chunk)


@contextmanager
def door(to: int) -> Iterator[Door]:
    one = Door(to)
    try:
        yield one
    finally:
        one.shut()
