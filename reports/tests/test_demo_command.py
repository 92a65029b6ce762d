"""`manage.py demo` where it refuses, what it prints for scripts, and on other days."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import User
from counties.models import School
from counties.tests.make import make_county
from reports.demo.loading import load_demo
from students.models import Student

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_directory_and_quick_passwords(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


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


@pytest.mark.parametrize("days", [45, 110, 280])
def test_loads_whole_on_any_day(days: int) -> None:
    """A rejected row of the demo's own sheets raises."""
    load_demo(at=timezone.now() + timedelta(days=days), password="songjiao-2026")
    assert Student.objects.count() == 64
