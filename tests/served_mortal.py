"""The product as gunicorn serves it, at the moment a file names; told by a file `<point>-<whom>` where the next change asked of it dies.

Whom: `worker`, which does the work; `master`, which leads it; or `both`. Points are those of office/tests/deaths.py.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from office.tests import moved_clock

moved_clock.follow()

from tests.served import application as product  # noqa: E402 — after the clock is moved

DEATHS = Path(os.environ["SONGJIAO_TEST_DEATHS"])

from django.db import connection  # noqa: E402 — after the product is set up

from office.tests.deaths import Death  # noqa: E402

dying = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    death = told() if environ["REQUEST_METHOD"] == "POST" else None
    if death is None:
        return product(environ, start_response)
    dying.death = death
    commit = connection._commit  # type: ignore[attr-defined]
    death.follow_connection()
    try:
        return product(environ, start_response)
    finally:
        connection.execute_wrappers.remove(death.statement)
        connection._commit = commit  # type: ignore[attr-defined]
        dying.death = None


def told() -> Death | None:
    for path in DEATHS.glob("*-*"):
        with contextlib.suppress(FileNotFoundError):
            point, whom = path.name.split("-")
            path.rename(DEATHS / "told")
            pids = {"worker": (os.getpid(),), "master": (os.getppid(),), "both": (os.getppid(), os.getpid())}
            return Death(int(point), pids[whom])
    return None


def disk(event: str, arguments: tuple[Any, ...]) -> None:
    if death := getattr(dying, "death", None):
        death.disk(event, arguments)


sys.addaudithook(disk)
