"""Signs of life are kept, one a part and machine."""

from __future__ import annotations

import platform
from datetime import UTC, datetime, timedelta

import pytest

from office.models import Pulse
from office.pulse import beat

NOW = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_the_last_word_of_each_part_and_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    beat("backup", at=NOW, ok=True)
    beat("tick", at=NOW)
    beat("backup", at=NOW + timedelta(days=1), ok=False, words="磁盘满了。")
    monkeypatch.setattr(platform, "node", lambda: "second")
    beat("tick", at=NOW)

    assert Pulse.objects.count() == 3
    last = Pulse.objects.get(name="backup")
    assert (last.at, last.detail) == (NOW + timedelta(days=1), {"ok": False, "words": "磁盘满了。"})
    assert set(Pulse.objects.filter(name="tick").values_list("host", flat=True)) >= {"second"}
