"""Mail over a real server: what is certain after each way it can fail."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from office.senders import Message, TryLater, Undeliverable, mail
from office.senders.mail import Mail
from office.tests.mail_server import Post, mail_server, only
from songjiao import env


@pytest.fixture
def post() -> Iterator[Post]:
    with mail_server() as server:
        yield server


@pytest.fixture
def configured(post: Post, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Post:
    use(post.url(), settings, monkeypatch)
    return post


def use(url: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGJIAO_MAIL", url)
    settings.MAIL_SERVER, settings.MAIL_FROM = env.mail("SONGJIAO_MAIL")


def send(to: str = "wei@example.org") -> Message:
    message = Message(id=uuid.uuid4(), to=to, subject="送教系统：退回", text="韦老师，您好：\n\n【退回】10月月报已退回。\n")
    Mail().send(message)
    return message


def test_it_arrives_as_it_was_written(configured: Post) -> None:
    message = send()
    [arrived] = configured.mails
    assert (arrived["To"], arrived["From"], arrived["Subject"]) == ("wei@example.org", "songjiao@example.org", message.subject)
    assert arrived["Message-ID"] == f"<{message.id}@example.org>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived.get_content().replace("\r\n", "\n") == message.text


def test_a_name_and_a_password(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(**only("songjiao", "p@ss:word")) as post:
        use(post.url("songjiao:p%40ss%3Aword@"), settings, monkeypatch)
        send()
        assert post.to == ["wei@example.org"]
        use(post.url("songjiao:wrong@"), settings, monkeypatch)
        with pytest.raises(TryLater, match="用户名或密码") as failure:
            send()
        assert failure.value.everyone
        assert len(post.mails) == 1


def test_a_server_that_is_down(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    use(f"smtp://127.0.0.1:{port}?from=songjiao@example.org&tls=no", settings, monkeypatch)
    with pytest.raises(TryLater, match="连不上") as failure:
        send()
    assert failure.value.everyone


def test_a_server_that_says_nothing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        use(f"smtp://127.0.0.1:{mute.getsockname()[1]}?from=songjiao@example.org&tls=no", settings, monkeypatch)
        with pytest.raises(TryLater, match="连不上"):
            send()


def test_starttls_is_insisted_on(post: Post, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server offers none, or somebody between took the offer away: nothing goes out in the clear."""
    use(post.url().replace("&tls=no", ""), settings, monkeypatch)
    with pytest.raises(TryLater):
        send()
    assert post.mails == []


@pytest.mark.parametrize(("answer", "what"), [("550 wei@example.org is unknown", Undeliverable), ("451 greylisted wei@", TryLater)])
def test_an_address_that_is_refused(configured: Post, answer: str, what: type[Exception]) -> None:
    configured.rcpt["wei@example.org"] = answer
    with pytest.raises(what, match=r"收件地址（(550|451)）") as failure:
        send()
    assert "wei" not in str(failure.value)
    assert not getattr(failure.value, "everyone", False), "others are served all the same"
    send("zhou@example.org")
    assert configured.to == ["zhou@example.org"]


@pytest.mark.parametrize(("answer", "what"), [("554 no", Undeliverable), ("452 full", TryLater)])
def test_a_text_that_is_refused(configured: Post, answer: str, what: type[Exception]) -> None:
    configured.data["wei@example.org"] = answer
    with pytest.raises(what, match="这封邮件"):
        send()


def test_an_answer_that_comes_too_late_or_never_leaves_it_in_doubt(configured: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text was handed over: it may have been taken, as here it was."""
    monkeypatch.setattr(mail, "SECONDS", 0.3)
    configured.pause = 1
    with pytest.raises(OSError) as slow:  # noqa: PT011 — neither TryLater nor Undeliverable: that is the point
        send()
    configured.pause, configured.hang_up = 0, True
    with pytest.raises(OSError) as gone:  # noqa: PT011
        send()
    assert not isinstance(slow.value, (TryLater, Undeliverable))
    assert not isinstance(gone.value, (TryLater, Undeliverable))
    assert len(configured.mails) == 2


def test_a_slow_server_is_waited_for(configured: Post) -> None:
    configured.pause = 0.5
    send()
    assert len(configured.mails) == 1


@pytest.mark.parametrize("typed", ["wei", "wei@", "韦@example.org", "a@example.org\nBcc: b@example.org", ""])
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(ValueError, match="邮箱地址"):
        Mail().tidied(typed)


def test_an_address_is_kept_without_spaces_around() -> None:
    assert Mail().tidied(" wei@example.org ") == "wei@example.org"


@pytest.mark.parametrize(
    ("url", "port", "ssl", "starttls"),
    [
        ("smtp://mail.example.org?from=a@example.org", 587, False, True),
        ("smtp://mail.example.org?from=a@example.org&tls=no", 25, False, False),
        ("smtps://mail.example.org?from=a@example.org", 465, True, False),
        ("smtp://u:p@mail.example.org:2525?from=a@example.org", 2525, False, True),
    ],
)
def test_the_setting(url: str, port: int, ssl: bool, starttls: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    monkeypatch.setenv("SONGJIAO_MAIL", url)
    server, sender = env.mail("SONGJIAO_MAIL")
    assert (server["host"], server["port"], server["use_ssl"], server["use_tls"]) == ("mail.example.org", port, ssl, starttls)
    assert sender == "a@example.org"


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org?from=a@example.org",
        "smtp://mail.example.org",
        "smtp://mail.example.org?from=nobody",
        "smtp://user@mail.example.org?from=a@example.org",
        "smtp://mail.example.org:port?from=a@example.org",
        "smtp://mail.example.org?from=a@example.org&tls=maybe",
        "smtps://mail.example.org?from=a@example.org&tls=no",
        "smtp://mail.example.org?from=a@example.org&form=b",
        "smtp:///?from=a@example.org",
    ],
)
def test_a_setting_that_makes_no_sense_stops_the_start(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGJIAO_MAIL", url)
    with pytest.raises(env.Misconfigured, match="SONGJIAO_MAIL"):
        env.mail("SONGJIAO_MAIL")
    monkeypatch.delenv("SONGJIAO_MAIL")
    assert env.mail("SONGJIAO_MAIL") == ({}, "")
