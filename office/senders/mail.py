"""E-mail over the server of SONGJIAO_MAIL, by Django's own machinery; what each failure leaves certain is read here."""

from __future__ import annotations

import contextlib
import smtplib
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import validate_email

from office.senders import Message, Sent, TryLater, Undeliverable

SECONDS = 20  # for each step of the conversation


class _Marked(smtplib.SMTP):
    """Knows from when on a lost connection leaves in doubt whether the server has the text."""

    handed_over = False

    def data(self, msg: Any) -> Any:
        self.handed_over = True
        return super().data(msg)


class _MarkedTLS(_Marked, smtplib.SMTP_SSL):
    pass


class _Backend(EmailBackend):
    @property
    def connection_class(self) -> Any:
        return _MarkedTLS if self.use_ssl else _Marked


class Mail:
    word = "邮件"
    address_word = "邮箱地址"

    def tidied(self, address: str) -> str:
        try:
            validate_email(address := address.strip())
            address.encode("ascii")
        except (ValidationError, UnicodeEncodeError):
            raise ValueError("请填写完整的邮箱地址，如 name@example.org。") from None
        return address

    def send(self, message: Message) -> Sent:
        server = _Backend(**settings.MAIL_SERVER, timeout=SECONDS)
        _connect(server)
        try:
            _hand_over(server, message)
        finally:
            with contextlib.suppress(Exception):  # whatever a farewell meets changes nothing
                server.close()
        return Sent()


def _connect(server: _Backend) -> None:
    try:
        server.open()
    except smtplib.SMTPAuthenticationError:
        raise TryLater("邮件服务器不认设置里的用户名或密码", everyone=True) from None
    except (OSError, smtplib.SMTPException):
        raise TryLater("连不上邮件服务器", everyone=True) from None


def _hand_over(server: _Backend, message: Message) -> None:
    sender = settings.MAIL_FROM
    mail = EmailMessage(message.subject, message.text, sender, [message.to])
    mail.extra_headers = {"Message-ID": f"<{message.id}@{sender.rpartition('@')[2].strip('<> ')}>", "Auto-Submitted": "auto-generated"}
    connection: Any = server.connection
    try:
        server.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as refusal:
        _refused(next(code for code, _ in refusal.recipients.values()), "收件地址")
    except smtplib.SMTPSenderRefused as refusal:
        raise TryLater(f"邮件服务器拒绝了发件地址（{refusal.smtp_code}）", everyone=True) from None
    except smtplib.SMTPDataError as refusal:
        _refused(refusal.smtp_code, "这封邮件")
    except (OSError, smtplib.SMTPException):
        if connection.handed_over:
            raise
        raise TryLater("邮件服务器中断了连接", everyone=True) from None


def _refused(code: int, what: str) -> None:
    """The server's own text may quote the address: its number is enough."""
    if 400 <= code < 500:
        raise TryLater(f"邮件服务器暂时不收{what}（{code}）") from None
    raise Undeliverable(f"邮件服务器拒收{what}（{code}）") from None
