"""A channel for trials and tests: each message becomes a file in the data directory's `outbox`, and nothing leaves the machine."""

from __future__ import annotations

import json
import re
from pathlib import Path

from django.conf import settings

from office.senders import Message, Sent, TryLater, Undeliverable


class Recording:
    """Addresses that begin with `later` or `never` are answered that way."""

    word = "演练消息"
    address_word = "演练地址"

    def tidied(self, address: str) -> str:
        if not re.fullmatch(r"[a-z0-9-]{2,40}", address.strip()):
            raise ValueError("演练地址用 2–40 个小写字母、数字或横线。")
        return address.strip()

    def send(self, message: Message) -> Sent:
        if message.to.startswith("later"):
            raise TryLater("对方忙")
        if message.to.startswith("never"):
            raise Undeliverable("没有这个地址")
        content = {"id": str(message.id), "to": message.to, "subject": message.subject, "text": message.text}
        (outbox() / f"{message.id}.json").write_text(json.dumps(content, ensure_ascii=False, indent=1))
        return Sent("写入 outbox")


def outbox() -> Path:
    place: Path = settings.DATA / "outbox"
    place.mkdir(mode=0o700, exist_ok=True)
    return place
