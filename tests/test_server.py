"""`scripts/server` as a person uses it: it answers, it says when it cannot, and it leaves nothing running."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.skipif(bool(settings.DATABASE_URL), reason="the embedded database is what it starts")
PATIENCE = 120  # seconds: a busy machine
PARTS = {"web": "gunicorn", "documents": "documents@", "clock": "clock@"}


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with a database, so that no demo county is loaded."""
    environ = os.environ | {"SONGJIAO_DATA": str(tmp_path / "data")}
    subprocess.run([".venv/bin/python", "manage.py", "migrate", "--verbosity", "0"], cwd=settings.BASE, env=environ, check=True)
    return tmp_path / "data"


@pytest.fixture
def server(data: Path, free_port: int) -> Iterator[subprocess.Popen[str]]:
    command = [str(settings.BASE / "scripts/server"), "--port", str(free_port), "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    yield process
    process.terminate()
    process.communicate(timeout=PATIENCE)


def said(process: subprocess.Popen[str], word: str) -> str:
    """What it printed until it said the word."""
    lines = ""
    assert process.stdout is not None
    while line := process.stdout.readline():
        lines += line
        if word in line:
            return lines
    raise AssertionError(lines)


def using(data: Path) -> dict[int, str]:
    """The processes that were started for a data directory, and how."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"SONGJIAO_DATA={data}".encode() in path.read_bytes().split(b"\0"):
                found[int(path.parent.name)] = (path.parent / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue  # gone meanwhile
    return found


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.2)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_it_answers_and_leaves_nothing_running(server: subprocess.Popen[str], data: Path, free_port: int, how: signal.Signals) -> None:
    said(server, "Ctrl-C")
    connection = HTTPConnection("127.0.0.1", free_port)
    connection.request("GET", "/login/")
    assert connection.getresponse().status == 200
    assert {word for word in ("gunicorn", "documents", "clock") if any(word in line for line in using(data).values())} == {
        "gunicorn",
        "documents",
        "clock",
    }

    server.send_signal(how)

    wait_until(lambda: not using(data))
    assert server.wait(PATIENCE) == (-how if how == signal.SIGKILL else 0)


def heads(data: Path) -> dict[str, int]:
    """The first process of each part: the one that leads its group."""
    return {word: pid for pid, line in using(data).items() for word in PARTS if PARTS[word] in line and group(pid) == pid}


def group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0  # gone meanwhile


def test_a_part_that_is_killed_is_started_again(server: subprocess.Popen[str], data: Path, free_port: int) -> None:
    said(server, "Ctrl-C")
    before = heads(data)
    assert before.keys() == PARTS.keys()

    for part, pid in before.items():
        os.kill(pid, signal.SIGKILL)
        said(server, f"“{part}”意外停下了，正在重新启动")

    wait_until(lambda: heads(data).keys() == PARTS.keys() and not set(heads(data).values()) & set(before.values()))
    wait_until(lambda: answers(free_port))
    groups = {group(pid) for pid in using(data)}
    assert not groups & set(before.values()), "what a killed part had started ended with it"
    assert server.poll() is None


def answers(port: int) -> bool:
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/login/")
        return connection.getresponse().status == 200
    except OSError:
        return False


def test_a_port_in_use_is_named_and_nothing_is_started(data: Path, free_port: int) -> None:
    with socket.create_server(("127.0.0.1", free_port)):
        command = [str(settings.BASE / "scripts/server"), "--port", str(free_port), "--data", str(data)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert answer.returncode == 1
    assert f"端口 {free_port} 已被占用" in answer.stderr
    assert f"--port {free_port + 1}" in answer.stderr
    assert using(data) == {}


@pytest.mark.parametrize("arguments", [["--port"], ["--port", "eighty"], ["--nonsense", "1"]])
def test_what_it_does_not_know_it_says(arguments: list[str]) -> None:
    answer = subprocess.run([str(settings.BASE / "scripts/server"), *arguments], capture_output=True, text=True, check=False)

    assert answer.returncode == 2
    assert "usage" in answer.stderr
