"""Operators hear of a backup that failed or is missing, once a day, and nobody else does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.clock import backup_alarm
from accounts.models import Notice
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_school
from office.pulse import beat

pytestmark = pytest.mark.django_db
FAILED_AT = at("2026-10-28 02:00")


@pytest.fixture(autouse=True)
def _wanted(settings: Any, tmp_path: Path) -> None:
    settings.BACKUPS = str(tmp_path)


def failed() -> None:
    beat("backup", at=FAILED_AT, ok=False, words="磁盘满了。", good_at=at("2026-10-27 02:00").isoformat())


def test_operators_hear_once_a_day_until_there_is_one_again() -> None:
    operator = make_user(Role.OPERATOR)
    make_user(Role.SCHOOL_ADMIN, make_school())
    failed()

    for hours in (1, 2, 3, 25, 26):
        backup_alarm(FAILED_AT + timedelta(hours=hours))
    beat("backup", at=FAILED_AT + timedelta(hours=27), ok=True, words="", good_at=(FAILED_AT + timedelta(hours=27)).isoformat())
    backup_alarm(FAILED_AT + timedelta(hours=50))

    notices = Notice.objects.order_by("at")
    assert [(notice.user_id, notice.at) for notice in notices] == [
        (operator.pk, FAILED_AT + timedelta(hours=1)),
        (operator.pk, FAILED_AT + timedelta(hours=25)),
    ]
    assert "磁盘满了。最近一份好的做于 10-27 02:00" in notices[0].text


def test_where_no_backup_is_wanted_nobody_is_alarmed(settings: Any) -> None:
    make_user(Role.OPERATOR)
    failed()
    settings.BACKUPS = ""
    backup_alarm(FAILED_AT)
    assert not Notice.objects.exists()
