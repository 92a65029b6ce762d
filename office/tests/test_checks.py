"""The system says early what would fail late."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from office import checks


def warnings() -> set[str]:
    return {str(message.id) for message in run_checks() if str(message.id).startswith("office.")}


def test_a_machine_that_was_set_up_has_nothing_to_say(settings: Any) -> None:
    assert warnings() == set()


@pytest.mark.parametrize(
    ("what", "value", "warning"),
    [("SUBSETTER", "libno-such-library.so.0", "office.W001"), ("FONT_DIRECTORIES", ("/nowhere",), "office.W002")],
)
def test_what_printing_needs_is_missed(what: str, value: Any, warning: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, what, value)
    assert warnings() == {warning}


def test_a_key_file_that_others_can_read_is_noticed(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    (tmp_path / "keys.json").touch(mode=0o600)
    assert warnings() == set()
    (tmp_path / "keys.json").chmod(0o640)
    assert warnings() == {"office.W003"}


class Half:
    word, address_word = "半个", "地址"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("office.senders.recording.Recording", set()),
        ("office.senders.mail.Mail", set()),
        ("county_channels.WeCom", {"office.E001"}),
        ("office.tests.test_checks.Half", {"office.E002"}),
    ],
)
def test_a_sender_that_cannot_be_used_stops_the_start(settings: Any, path: str, found: set[str]) -> None:
    settings.SENDERS = {"other": path}
    assert warnings() == found
