"""The processes of a worker, made safe for a child that is killed outright.

With the embedded broker Celery's children take their work from one pipe, under a lock that a killed child never gives back:
the worker would live on and do nothing. Here the kernel gives it back. With Redis each child has pipes of its own.
"""

from __future__ import annotations

import fcntl
import tempfile
from typing import Any

from billiard.pool import Pool
from celery.concurrency import prefork


class KernelLock:
    """A lock between processes that ends with the process that holds it."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 — as long as the process

    def acquire(self) -> bool:
        fcntl.lockf(self.file, fcntl.LOCK_EX)
        return True

    def release(self) -> None:
        fcntl.lockf(self.file, fcntl.LOCK_UN)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()


class BlockingPool(Pool):
    _inqueue: Any
    _outqueue: Any

    def _setup_queues(self) -> None:
        super()._setup_queues()  # type: ignore[misc]  # its types do not tell of it
        self._inqueue._rlock, self._outqueue._wlock = KernelLock(), KernelLock()


class TaskPool(prefork.TaskPool):
    BlockingPool: Any = BlockingPool
