"""Ways out of the house: what a notice goes out on besides the product's own page.

A channel is a class without arguments that keeps the promises of `Sender`; docs/recipes.md ("Add a channel") has a whole one.
E-mail is one (SONGJIAO_MAIL), and SONGJIAO_SENDER names another by its dotted path.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out to one person. `text` names no child; `id` is this message's own, on its only way out."""

    id: UUID
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side took it over; `words` (no address, no text) are shown beside it."""

    words: str = ""


class TryLater(Exception):
    """It certainly did not go out, and may later. Its text says why, without address and content.

    `everyone`: the way itself is closed (server down, password wrong), so nobody else is tried now.
    """

    def __init__(self, words: str, *, everyone: bool = False) -> None:
        super().__init__(words)
        self.everyone = everyone


class Undeliverable(Exception):
    """It certainly did not go out and never will to this address. Its text says why, without address and content."""


class Sender(Protocol):
    """One channel. Whatever else `send` raises, or not returning, leaves in doubt whether it went out: it is not tried again."""

    @property
    def word(self) -> str:
        """What people call it: `邮件`, `企业微信`, `短信`."""

    @property
    def address_word(self) -> str:
        """What people type as their address there: `邮箱地址`, `手机号`."""

    def tidied(self, address: str) -> str:
        """The address as it is kept; raises ValueError with words for the person who typed it."""

    def send(self, message: Message) -> Sent:
        """Hands one message over and returns when the other side has it. Ends within a minute. Raises TryLater, Undeliverable."""


def channels() -> list[str]:
    """The codes of the channels that are configured here."""
    return list(settings.SENDERS)


def sender_of(channel: str) -> Sender:
    """The channel's sender; KeyError where it is not configured."""
    made: Sender = import_string(settings.SENDERS[channel])()
    return made


def channel_word(channel: str) -> str:
    """A channel as people call it, also one that is configured no more."""
    if channel in settings.SENDERS:
        return sender_of(channel).word
    return "邮件" if channel == MAIL else "外部消息"
