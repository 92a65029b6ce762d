"""Several people in the same moment, each in a thread with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection

from office.refusals import Refused


def at_once(*tasks: Callable[[], object]) -> list[str]:
    """Each task in a thread of its own, begun together: how each ended, in order ("" when it went through)."""
    start, ended = threading.Barrier(len(tasks)), [""] * len(tasks)
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            start.wait()
            tasks[number]()
        except Refused as refused:
            ended[number] = str(refused)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return ended
