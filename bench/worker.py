"""Does the tasks it is told, a name a line, and answers the seconds each took and those of its own CPU; a fact where it is one."""

from __future__ import annotations

import gc
import json
import sys
import time

from bench.facts import memory, queries
from bench.tasks import TASKS


def main() -> None:
    for line in sys.stdin:
        name = line.strip()
        if name in FACTS:
            answer = FACTS[name]()
        else:
            task = TASKS[name]()  # what it needs is made ready before the clock runs
            gc.freeze()  # what is kept for other tasks is no weight on this one
            began = time.perf_counter(), time.process_time()
            task()
            answer = (time.perf_counter() - began[0], time.process_time() - began[1])
        print(json.dumps(answer), flush=True)


FACTS = {"queries": queries, "memory": memory}

if __name__ == "__main__":
    main()
