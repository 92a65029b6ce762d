"""What is sealed opens only where it belongs, and only with the key."""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from office.fields import Unreadable, blind_index, open_bytes, seal, seal_bytes, unseal
from office.models import Job

ID = "450125201403080007"


@pytest.mark.parametrize("text", [ID, "覃小远", "a" * 10_000, ""])
def test_sealed_text_opens(text: str) -> None:
    sealed = seal(text, purpose="students.id")
    assert unseal(sealed, purpose="students.id") == text
    assert not text or text not in sealed


def test_the_same_text_is_never_sealed_alike() -> None:
    assert seal(ID, purpose="a") != seal(ID, purpose="a")
    assert seal("", purpose="a") == ""


def test_a_value_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(Unreadable):
        unseal(seal(ID, purpose="students.id"), purpose="students.phone")


@pytest.mark.parametrize("stored", ["plain", "s1:", "s1:!!", "s1:AAAA", "s2:AAAA", "s1:" + base64.b64encode(b"x" * 60).decode()])
def test_what_was_not_sealed_here_does_not_open(stored: str) -> None:
    with pytest.raises(Unreadable):
        unseal(stored, purpose="a")


def test_every_altered_byte_is_noticed() -> None:
    sealed = seal_bytes(b"abc", purpose="a")
    assert open_bytes(sealed, purpose="a") == b"abc"
    for place in range(len(sealed)):
        altered = bytes(byte ^ (index == place) for index, byte in enumerate(sealed))
        with pytest.raises(Unreadable):
            open_bytes(altered, purpose="a")


def test_keys_are_rotated(settings: Any) -> None:
    settings.SEALING_KEYS = ["old"]
    before = seal(ID, purpose="a")
    settings.SEALING_KEYS = ["new", "old"]
    after = seal(ID, purpose="a")
    assert unseal(before, purpose="a") == unseal(after, purpose="a") == ID
    settings.SEALING_KEYS = ["new"]
    assert unseal(after, purpose="a") == ID
    with pytest.raises(Unreadable):
        unseal(before, purpose="a")


def test_a_blind_index_finds_the_exact_value_of_one_purpose_and_tells_nothing_without_the_key(settings: Any) -> None:
    index = blind_index(ID, purpose="students.id_number")
    assert index == blind_index(ID, purpose="students.id_number")
    assert len(index) == 64
    assert blind_index(ID[:-1], purpose="students.id_number") != index
    assert blind_index(ID, purpose="students.phone") != index
    assert blind_index("", purpose="students.id_number") == ""
    settings.INDEX_KEY = "another"
    assert blind_index(ID, purpose="students.id_number") != index


@pytest.mark.django_db
def test_a_sealed_column_holds_only_what_is_sealed_and_is_not_searched() -> None:
    job = Job.objects.create(kind="x", key="x", queue="x", at=datetime.now(UTC), payload={"id": ID, "by": uuid.UUID(int=1), "n": [1, None]})
    empty = Job.objects.create(kind="x", key="y", queue="x", at=datetime.now(UTC))
    job.refresh_from_db()
    assert job.payload == {"id": ID, "by": str(uuid.UUID(int=1)), "n": [1, None]}
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM office_job ORDER BY key")
        stored = [row[0] for row in cursor.fetchall()]
    assert stored[0].startswith("s1:")
    assert (ID in stored[0], stored[1]) == (False, None)
    with pytest.raises(TypeError, match="is sealed"):
        Job.objects.filter(payload=ID)
    assert Job.objects.get(payload__isnull=True) == empty
