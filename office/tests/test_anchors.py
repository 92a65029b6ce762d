"""Where a chain ended is written down after the commit: never wrong, never replaced by an older word."""

from __future__ import annotations

import pytest
from django.db import transaction

from office import anchors
from office.models import AuditLine
from office.tests.test_audit import write, write_and_roll_back

pytestmark = pytest.mark.django_db(transaction=True)


def ended() -> tuple[int, str]:
    anchor = anchors.read("450125")
    assert anchor is not None
    return anchor.count, anchor.head


def line(number: int) -> tuple[int, str]:
    return number, AuditLine.objects.get(number=number).mac


def test_a_line_taken_back_with_its_savepoint_is_not_anchored() -> None:
    with transaction.atomic():
        write()
        write_and_roll_back()
    assert ended() == line(1)
    with transaction.atomic():
        write_and_roll_back()
        write(2)
        write_and_roll_back()
    assert ended() == line(3)


def test_an_anchor_is_not_replaced_by_an_older_one() -> None:
    """Who committed first and comes to the anchor last finds it done."""
    with transaction.atomic():
        write()
        late = transaction.get_connection().run_on_commit.pop()[1]
    write()
    late()
    assert ended() == line(2)
