"""A parser that hangs, eats memory or dies does not take the server with it."""

from __future__ import annotations

import os
import signal
import time

import pytest

from office import limits
from office.limits import run_limited
from office.refusals import Refused


def add(a: int, *, b: int) -> int:
    print("this is no part of the answer")
    return a + b


def refuse() -> None:
    raise Refused("第 3 行又是一行表头。")


def fail() -> None:
    raise ValueError("身份证号 450125201403080007")


class Panic(BaseException):
    """As pyo3's PanicException: no Exception."""


def panic() -> None:
    raise Panic


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def abort() -> None:
    os.abort()


def eat() -> int:
    return len(b"x" * 4_000_000_000)


def answer_too_much() -> list[bytes]:
    return [bytes(1000) for _ in range(200_000)]


def spin() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(30)


def test_the_result_comes_back() -> None:
    assert run_limited(add, 40, b=2) == 42


def test_a_refusal_keeps_its_words() -> None:
    with pytest.raises(Refused, match="第 3 行又是一行表头。"):
        run_limited(refuse)


@pytest.mark.parametrize("function", [fail, panic, die])
def test_whatever_ends_the_child_becomes_words(function: object, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Refused) as caught:
        run_limited(function)  # type: ignore[arg-type]
    assert str(caught.value) == limits.UNREADABLE
    assert "4501" not in caplog.text
    assert function.__qualname__ in caplog.text  # type: ignore[attr-defined]


@pytest.mark.parametrize("function", [eat, abort, answer_too_much])
def test_memory_ends(function: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMORY", 300 * 1024 * 1024)
    with pytest.raises(Refused) as caught:
        run_limited(function)  # type: ignore[arg-type]
    assert str(caught.value) == limits.TOO_LARGE


@pytest.mark.parametrize("function", [spin, sleep])
def test_time_ends(function: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 1)
    begun = time.monotonic()
    with pytest.raises(Refused) as caught:
        run_limited(function)  # type: ignore[arg-type]
    assert str(caught.value) == limits.TOO_LONG
    assert time.monotonic() - begun < 20


def test_what_is_small_passes_under_the_same_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMORY", 300 * 1024 * 1024)
    assert run_limited(add, 1, b=1) == 2
