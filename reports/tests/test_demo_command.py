"""`manage.py demo` where it refuses, what it prints for scripts, and on other days."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import User
from counties.models import School
from counties.tests.make import at, make_county
from reports.demo.loading import load_demo
from reports.demo.places import COUNTY
from reports.figures import month_figures
from reports.models import Verdict
from students.models import Student
from visits.rules.judging import Flag

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture(autouse=True)
def _own_directory_and_quick_passwords(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


ON_A_SHEET = set(list(Flag)[:6])
"""What may be asked of a visit from a sheet."""


def run(**options: Any) -> str:
    out = io.StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def test_another_county_is_left_alone() -> None:
    make_county("450123")
    with pytest.raises(CommandError, match="别的县"):
        run()
    assert not School.objects.exists()
    assert not User.objects.exists()


def test_json_and_a_password_of_ones_own() -> None:
    told = json.loads(run(json=True, password="another-1234"))
    assert (told["loaded"], told["password"], len(told["people"])) == (True, "another-1234", 12)
    assert User.objects.get(username="t001").check_password("another-1234")


@pytest.mark.parametrize("days", [45, 280])
def test_loads_whole_on_any_day(days: int) -> None:
    """A rejected row of the demo's own sheets raises."""
    load_demo(at=timezone.now() + timedelta(days=days), password="songjiao-2026")
    assert Student.objects.count() == 64


def test_months_show_every_verdict_and_every_flag() -> None:
    load_demo(at=at("2026-11-22 08:00"), password="songjiao-2026")
    over, current = (month_figures(county_code=COUNTY, month=month, as_of=at("2026-11-22 08:00")) for month in (OCTOBER, NOVEMBER))
    assert {line.month.verdict.value for line in over.lines} == {"met", "short", "not_owed"}
    assert {line.month.verdict.value for line in current.lines} >= {"met", "on_track", "at_risk"}
    flags = {flag for line in (*over.lines, *current.lines) for flag in line.month.flags}
    assert flags >= ON_A_SHEET | {Flag.TOO_FEW_PHOTOS, Flag.REUSED_PHOTO, Flag.PHOTO_OTHER_DAY, Flag.UNCONFIRMED, Flag.LATE_RECORD}
    assert set(Verdict.objects.of_month(OCTOBER).values_list("outcome", flat=True)) == {"met", "short", "not_owed"}
    assert not Verdict.objects.of_month(NOVEMBER).exists()
