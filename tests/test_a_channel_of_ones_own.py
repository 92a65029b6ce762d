"""The channel that docs/recipes.md writes out works as it stands there, against a server that answers as 企业微信 does."""

from __future__ import annotations

import json
import re
import sys
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks

from office.senders import Message, Sender, TryLater, Undeliverable, sender_of


class Answers(BaseHTTPRequestHandler):
    """Takes every message down and answers what the test wants."""

    got: list[dict[str, Any]] = []
    answer: dict[str, Any] = {}
    status = 200

    def do_GET(self) -> None:
        self.say(200, {"errcode": 0, "access_token": "t"})

    def do_POST(self) -> None:
        self.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.say(self.status, self.answer)

    def say(self, status: int, answer: dict[str, Any]) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def answers() -> Iterator[type[Answers]]:
    Answers.got, Answers.answer, Answers.status = [], {"errcode": 0, "msgid": "m-1"}, 200
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Answers.port = server.server_port  # type: ignore[attr-defined]
    yield Answers
    server.shutdown()
    server.server_close()


@pytest.fixture
def sender(answers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Sender:
    """The recipe's file on the path, named by the setting."""
    (tmp_path / "county_channels.py").write_text(code())
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "county_channels", raising=False)
    given = {"API": f"http://127.0.0.1:{answers.port}", "CORP": "c", "SECRET": "s", "AGENT": "7"}
    for name, value in given.items():
        monkeypatch.setenv(f"WECOM_{name}", value)
    settings.SENDERS = {"other": "county_channels.WeCom"}
    return sender_of("other")


def code() -> str:
    recipe = (settings.BASE / "docs/recipes.md").read_text().partition("## Add a channel")[2]
    found = re.search(r"```python\n(.*?)```", recipe, re.DOTALL)
    assert found
    return found[1]


def send(sender: Sender) -> str:
    return sender.send(Message(id=uuid.uuid4(), to="wei01", subject="送教系统：退回", text="10月月报已退回。")).words


def test_it_is_accepted_and_sends(sender: Sender, answers: Any) -> None:
    assert [message for message in run_checks() if str(message.id).startswith("office.E")] == []
    assert sender.word == "企业微信"
    assert sender.tidied(" wei01 ") == "wei01"
    with pytest.raises(ValueError, match="账号"):
        sender.tidied("韦老师")
    assert send(sender) == "编号 m-1"
    [got] = answers.got
    assert (got["touser"], got["agentid"], got["text"]["content"]) == ("wei01", 7, "送教系统：退回\n10月月报已退回。")


@pytest.mark.parametrize(
    ("status", "answer", "what"),
    [
        (200, {"errcode": 81013}, Undeliverable),
        (200, {"errcode": 0, "invaliduser": "wei01", "msgid": "m"}, Undeliverable),
        (200, {"errcode": 45009}, TryLater),
        (429, {}, TryLater),
    ],
)
def test_what_is_refused(sender: Sender, answers: Any, status: int, answer: dict[str, Any], what: type[Exception]) -> None:
    answers.status, answers.answer = status, answer
    with pytest.raises(what):
        send(sender)


def test_what_is_in_doubt(sender: Sender, answers: Any) -> None:
    answers.status = 502
    with pytest.raises(Exception, match="502") as doubt:
        send(sender)
    assert not isinstance(doubt.value, (TryLater, Undeliverable))


def test_nobody_there(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = sys.modules["county_channels"]
    monkeypatch.setattr(module, "API", "http://127.0.0.1:1")
    with pytest.raises(TryLater, match="连不上") as closed:
        send(sender)
    assert closed.value.everyone
