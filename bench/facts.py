"""What is counted, not timed: queries of pages, memory of workbooks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from bench.seed import SMALL

PAGES = {"学生名单": ("student_list", []), "送教列表": ("visit_list", []), "月报": ("month", ["2026-10"])}


def queries() -> dict[str, list[int]]:
    """For each page, how many queries a clerk's request costs in counties of 10, 50 and 500 children."""
    return {title: [_queries(county, reverse(name, args=args)) for county in SMALL] for title, (name, args) in PAGES.items()}


def _queries(county: str, address: str) -> int:
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username=f"clerk{county}"), "django.contrib.auth.backends.ModelBackend")
    client.get(address)  # what is made once in a session
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return len(captured)


def memory() -> dict[str, list[float]]:
    """MB that reading and writing 9 000 and 90 000 rows take above a process that has only imported the makers."""
    return {"写表": [_grown("write", rows) for rows in (9_000, 90_000)], "读表": [_grown("read", rows) for rows in (9_000, 90_000)]}


def _grown(what: str, rows: int) -> float:
    done = subprocess.run([sys.executable, "-m", "bench.facts", what, str(rows)], check=True, capture_output=True, text=True)
    return float(done.stdout)


def _peak() -> float:
    """The most memory this very process has held; getrusage would count its parent's too."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def main(what: str, rows: int) -> None:
    """In a process of its own: one workbook, and how far the peak rose."""
    from office.sheets_in import read_table
    from office.workbook import Sheet, make_workbook

    lines = ([f"韦小{number}", *(f"内容{number}-{column}" for column in range(14))] for number in range(rows))
    sheet = Sheet("表", ("姓名", "性别", *(f"第{number}列" for number in range(13))), lines)
    before = _peak()
    content = make_workbook([sheet])
    if what == "read":
        before = _peak()
        read_table(content, {"name": ("姓名",), "sex": ("性别",), "first": ("第0列",)})
    print(_peak() - before)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
