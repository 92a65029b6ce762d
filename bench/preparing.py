"""`prepare_month` of a county of forty schools by one, two and four workers: seconds until the last draft has its PDF and workbook.

    bench/run --drafts [--sqlite | --postgres] [--quick] [--rounds 3]

The seconds are those of real workers on the broker that the database comes with (the embedded one, or Redis).
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from bench.main import PYTHON, ROOT, environment, postgres, temporary_directory
from bench.seed import FIXED, MONTH, County, plant
from counties.models import School
from office.models import Job, Pulse
from reports.models import Submission

SCHOOLS, CHILDREN_A_SCHOOL = 40, 20
WORKERS = (1, 2, 4)
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/run --drafts")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--sqlite", action="store_true")
    which.add_argument("--postgres", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measure(rounds=asked.rounds, schools=8 if asked.quick else SCHOOLS)
        return
    for database in ("sqlite", "postgres"):
        if not (asked.sqlite or asked.postgres) or getattr(asked, database):
            with ExitStack() as stack:
                directory = Path(stack.enter_context(temporary_directory()))
                services = stack.enter_context(postgres()) if database == "postgres" else {}
                variables = environment(directory, services, "few") | {"REDIS_URL": services.get("REDIS_URL", "")}
                print(f"\n{database}", flush=True)
                call(variables, "manage.py", "migrate", "-v0")
                call(variables, "-m", "bench.preparing", "--measure", f"--rounds={asked.rounds}", *(["--quick"] if asked.quick else []))


def call(variables: dict[str, str], *command: str) -> None:
    subprocess.run([PYTHON, *command], cwd=ROOT, env=variables, check=True)


def measure(*, rounds: int, schools: int) -> None:
    plant([County(FIXED, schools * CHILDREN_A_SCHOOL)])
    School.objects.update(reports_from=MONTH)  # else the first submission tells the years before as well
    seconds: dict[int, list[float]] = {workers: [] for workers in WORKERS}
    for number in range(rounds):
        for workers in WORKERS if number % 2 == 0 else reversed(WORKERS):
            seconds[workers].append(prepare_with(workers, schools))
            print(f"  {workers}: {seconds[workers][-1]:.1f} s", file=sys.stderr, flush=True)
    print("| workers | seconds | a draft | times one worker |\n|---|---|---|---|")
    one = statistics.median(seconds[1])
    for workers, taken in seconds.items():
        median = statistics.median(taken)
        print(f"| {workers} | {median:.1f} | {median / schools:.2f} s | {one / median:.2f} × |", flush=True)


def prepare_with(workers: int, schools: int) -> float:
    """From the command until nothing waits; the drafts are new ones each time."""
    Job.objects.all().delete()
    Submission.objects.all().delete()
    with running(workers):
        began = time.perf_counter()
        subprocess.run(
            [PYTHON, "manage.py", "prepare_month", f"{MONTH:%Y-%m}", "--queue", "--json"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
        while Job.objects.filter(kind="month.draft", state="done").count() < schools:
            if failed := Job.objects.filter(state="failed").first():
                raise SystemExit(f"a draft failed: {failed.outcome}")
            time.sleep(0.1)
        taken = time.perf_counter() - began
    complete = Submission.objects.filter(state="draft", pdf__isnull=False, xlsx__isnull=False).count()
    if complete != schools:
        raise SystemExit(f"{complete} drafts of {schools}")
    return taken


@contextmanager
def running(workers: int) -> Iterator[None]:
    """A worker of so many processes that has said that it listens."""
    Pulse.objects.all().delete()
    command = [PYTHON, "-m", "celery", "--quiet", "-A", "songjiao", "worker", "-Q", "documents", "-c", str(workers), "-l", "ERROR", *QUIET]
    process = subprocess.Popen(
        [*command, "-n", f"{uuid4()}@localhost"], cwd=ROOT, env=os.environ | {"PYTHONWARNINGS": "ignore"}, start_new_session=True
    )
    try:
        while not Pulse.objects.exists():
            time.sleep(0.1)
        yield
    finally:
        process.terminate()  # the worker alone, which then ends its pool
        try:
            process.wait(60)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
