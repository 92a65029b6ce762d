"""A process that writes the audit is killed, again and again, wherever it happens to be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from office import anchors
from office.models import AuditChain

WRITE_ON = """
import uuid
from datetime import UTC, datetime
from office.tests import worker
from office.audit import record
while True:
    line = record("student.changed", subject=uuid.uuid4(), by=None, at=datetime.now(UTC), county="450125")
    print(line.number, flush=True)
"""


def write_for(seconds: float) -> int:
    """Lets a process write audit lines, kills it without a word, and returns the last line it knew was written."""
    known = {"SONGJIAO_TEST_DATABASE": str(connection.settings_dict["NAME"]), "DJANGO_SETTINGS_MODULE": "songjiao.settings"}
    process = subprocess.Popen(
        [sys.executable, "-c", WRITE_ON], env=os.environ | known, cwd=settings.BASE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    process.stdout.readline()  # it has begun
    time.sleep(seconds)
    process.kill()
    told = process.stdout.read().split()
    process.wait()
    return int(told[-1])


@pytest.mark.django_db(transaction=True)
def test_nothing_told_is_lost_and_the_chain_stays_whole(capsys: pytest.CaptureFixture[str]) -> None:
    for seconds in (0.4, 0.53, 0.61):
        told = write_for(seconds)
        count = AuditChain.objects.get().count
        assert count >= told > 1
        anchor = anchors.read("450125")
        assert anchor
        assert anchor.count >= count - 1
        call_command("verify_audit", "--json")
        assert json.loads(capsys.readouterr().out)["faults"] == []
