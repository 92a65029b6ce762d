"""Processes that die without a word at a chosen one of their write points.

The points, as they come: before and after each statement that changes rows or tables, each commit, each message to a worker, and before
each change of the disk. Whoever does the same work again and again, killed one point later each time, was killed everywhere.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.db import connection

from office.tests.backed_up import WRITES, child

CHANGES = ("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP")
Work = Callable[[], object]


@dataclass
class Death:
    """Comes at the `left`-th point, for the processes `pids` (this one by default)."""

    left: int
    pids: tuple[int, ...] = ()
    is_near: bool = True  # False: points do not count for now

    def point(self) -> None:
        if not self.is_near:
            return
        self.left -= 1
        if self.left <= 0:
            for pid in self.pids or (os.getpid(),):
                os.kill(pid, signal.SIGKILL)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def mortal(*args: Any, **kwargs: Any) -> Any:
            self.point()
            answer = function(*args, **kwargs)
            self.point()
            return answer

        return mortal

    def statement(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        changes = sql.lstrip().upper().startswith(CHANGES)
        return (self.around(execute) if changes else execute)(sql, *rest)

    def disk(self, event: str, arguments: tuple[Any, ...]) -> None:
        opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if opened or event in WRITES - {"sqlite3.connect"}:
            self.point()

    def await_it(self) -> None:
        """From now on points count in this process and thread."""
        self.follow_connection()
        current_app.send_task = self.around(current_app.send_task)  # type: ignore[method-assign]
        sys.addaudithook(self.disk)

    def follow_connection(self) -> None:
        connection.execute_wrappers.append(self.statement)
        connection._commit = self.around(connection._commit)  # type: ignore[attr-defined]


def killed_at(point: int, work: Work) -> bool:
    """Does the work in a process of its own, killed at the point; False where it came to its end before."""
    status = child(work, Death(point).await_it)
    assert status == 0 or os.WTERMSIG(status) == signal.SIGKILL, f"a fault of the work, not a kill: {status}"
    return status != 0


def killed_everywhere(work: Work, *, step: int = 1) -> Iterator[int]:
    """Has the work killed at every `step`-th of its points, until it comes to its end; tells each point once it is dead."""
    for point in range(1, 5000, step):
        if not killed_at(point, work):
            return
        yield point
    raise AssertionError("it never came to its end")
