"""Runs what may not be trusted to end in a child process with limits of memory and time.

The child is a fresh interpreter: no database connection, no request, no threads are carried over.
"""

from __future__ import annotations

import logging
import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from office.refusals import Refused

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

MEMORY = 400 * 1024 * 1024  # bytes of address space: 20 000 rows of 20 columns are read in 250 MB
SECONDS = 30

TOO_LONG = "这个文件读取用时太长，已停止。请只保留需要的表和行，另存后再试。"
TOO_LARGE = "读取这个文件需要的内存太多，已停止。请只保留需要的表和行，另存后再试。"
UNREADABLE = "这个文件读不出来，可能已损坏。请用 Excel 或 WPS 打开检查，另存一份后再试。"


def run_limited(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`function(*args, **kwargs)`, within MEMORY bytes and SECONDS of CPU and of waiting.

    The function stands at the top of a module that imports without Django's models; arguments
    and result are picklable. Raises Refused: with the function's own words, or for whatever else
    ends it (an exception, a panic of a library, too much memory, too long).
    """
    call = pickle.dumps((MEMORY, SECONDS)) + pickle.dumps((function, args, kwargs))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "office.limits"],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            input=call,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a library's last words may quote the file
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused(TOO_LONG) from None
    kind, value = _answer(done)
    if kind == "result":
        return value  # type: ignore[no-any-return]
    if kind != "refused":
        logger.warning("%s in a limited process: %s", function.__qualname__, value)
    raise Refused({"refused": value, "memory": TOO_LARGE, "time": TOO_LONG}.get(kind, UNREADABLE))


_DEATHS = {-signal.SIGXCPU: "time", -signal.SIGABRT: "memory"}  # Rust aborts when an allocation fails


def _answer(done: subprocess.CompletedProcess[bytes]) -> tuple[str, Any]:
    if done.returncode != 0 or not done.stdout:
        return _DEATHS.get(done.returncode, "died"), f"died with status {done.returncode}"
    kind, value = pickle.loads(done.stdout)  # noqa: S301 — written by our own child
    return str(kind), value


def _outcome(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
    try:
        return pickle.dumps(("result", function(*args, **kwargs)))
    except Refused as refusal:
        return pickle.dumps(("refused", str(refusal)))
    except MemoryError:
        return pickle.dumps(("memory", "ran out of memory"))
    except BaseException as error:  # a panic of a Rust library is no Exception
        return pickle.dumps(("failed", type(error).__name__))  # the type alone: its text may quote the file


def main() -> None:
    """The child: limits itself, then reads the call from standard input and answers on standard output."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever the function prints is no answer
    memory, seconds = pickle.load(sys.stdin.buffer)  # noqa: S301 — written by our own parent
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    answer.write(_outcome(*pickle.load(sys.stdin.buffer)))  # noqa: S301 — the same
    answer.close()


if __name__ == "__main__":
    main()
