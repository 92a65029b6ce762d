"""The disk is full while the month's round goes on: nothing is lost or half done, it is said, and made up for once there is room."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site

from accounts.models import Notice
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import Policy, School
from counties.tests.make import at
from office import files, health
from office.models import Job, JobState, PrivateFile
from office.rules.health import Level
from office.tests.backed_up import faults
from reports.models import Filing, Submission
from reports.tests.make import make_cast
from reports.tests.rounds import live, pass_through

pytestmark = pytest.mark.django_db(transaction=True)
KILOBYTES = 16  # less than a PDF


@pytest.fixture
def small_disk(settings: Any) -> Iterator[Path]:
    """The private files on a disk of their own, full but for a few KiB."""
    folder = Path(site.PRIVATE_FILES)
    folder.mkdir(parents=True, exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={KILOBYTES}k", "songjiao-test", str(folder)], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    settings.DATA = folder  # what the health page looks at
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def stored(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_drafts_and_filing_by_the_clock(small_disk: Path) -> None:
    cast = make_cast()
    School.objects.update(reports_from=date(2026, 10, 1))
    policy = Policy.objects.get(county=cast.school.county)
    Policy.objects.filter(pk=policy.pk).update(values=policy.values | {"auto_submit": True})
    admin = make_user(Role.SCHOOL_ADMIN, cast.school)

    pass_through("2026-10-25 02:10", "2026-10-28 09:00", "2026-10-29 00:00")

    assert health.disk().level == Level.DOWN
    assert (PrivateFile.objects.count(), stored(small_disk)) == (0, 0), "no half of a pair stays, nor a file without its row"
    filed = Submission.objects.get(school=cast.school)
    assert (filed.state, filed.is_auto, filed.pdf, Filing.objects.filter(submission=filed).count()) == ("submitted", True, None, 3)
    assert Notice.objects.filter(user=admin, kind="reminder").exists(), "who is told is told"
    failed = Job.objects.filter(state=JobState.FAILED)
    assert {job.kind for job in failed} == {"month.draft", "print_submission"}
    assert all("磁盘满了" in job.outcome for job in failed)
    assert health.failed(at("2026-10-29 00:10")).level != Level.GOOD

    reminders = Notice.objects.filter(kind="reminder").count()
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    tried = Job.objects.filter(kind="print_submission").count()
    live(at("2026-10-29 00:50"))
    assert Job.objects.filter(kind="print_submission").count() == tried, "once an hour, not once a minute"
    live(at("2026-10-29 01:01"))  # nobody asks for it
    printed = Submission.objects.exclude(pdf=None).get(school=cast.school)
    assert [files.read(file)[:2] for file in (printed.pdf, printed.xlsx) if file] == [b"%P", b"PK"]
    assert (Filing.objects.count(), Notice.objects.filter(kind="reminder").count()) == (3, reminders)
    assert faults() == []
