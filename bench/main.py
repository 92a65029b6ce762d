"""Seeds, starts one worker a database, asks them in turn, prints the table. Knows no Django: the workers do."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2  # type: ignore[import-untyped]

from bench.photos import LIMIT, PEER

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
FEW, MANY, QUICK = 5_000, 500_000, 90_000


@dataclass(frozen=True)
class Goal:
    """`over` and `under` are tasks, summed; the figure is their ratio, or `over` alone in milliseconds."""

    name: str
    limit: float | dict[str, float] | None  # the same on both databases, or for each
    over: tuple[str, ...]
    under: tuple[str, ...] = ()


P4 = {"sqlite": 12.0, "postgres": 8.0}
GOALS = (
    Goal("P1  学生名单 50 行 ÷ 只有框架的页面", 4.0, ("many:student_list",), ("many:empty_page",)),
    Goal("P1  送教列表 50 行 ÷ 只有框架的页面", 4.0, ("many:visit_list",), ("many:empty_page",)),
    Goal("P1  一名学生的计划 ÷ 只有框架的页面", 4.0, ("many:child_plans",), ("many:child_frame",)),
    Goal("P1  一名学生的送教与进步 ÷ 只有框架的页面", 4.0, ("many:child_visits",), ("many:child_frame",)),
    Goal("P1  有计划的学生的记录页 ÷ 只有框架的页面", 4.0, ("many:child_log",), ("many:child_frame",)),
    Goal("    学生名单 50 行 ÷ 没有模板的回答（另报）", None, ("many:student_list",), ("many:bare_page",)),
    Goal("P3  县月 1 000 名学生 ÷ 手写 SQL（同样的问题）", 2.5, ("many:month_tenfold",), ("many:by_hand",)),
    Goal("    同上 ÷ 只数次数和课时的 SQL（另报）", None, ("many:month_tenfold",), ("many:in_short",)),
    Goal("P4  县月判定、快照、审计 ÷ 一条 INSERT … SELECT", P4, ("many:verdicts_tenfold",), ("many:verdicts_by_hand",)),
    Goal("    同上 ÷ 不判需说明事项的 INSERT（另报）", None, ("many:verdicts_tenfold",), ("many:verdicts_in_short",)),
    Goal("P5  同一个县，表 × 100：判定", 1.3, ("many:month_fixed", "many:verdicts_fixed"), ("few:month_fixed", "few:verdicts_fixed")),
    Goal("P5  县 × 10：判定", 12, ("many:month_tenfold", "many:verdicts_tenfold"), ("many:month_fixed", "many:verdicts_fixed")),
    Goal("P6  全省各县一个月：从判定相加 ÷ 从送教数起的 SQL", 0.35, ("many:province_closed",), ("many:province_by_hand",)),
    Goal("P7  导入花名册 ÷ bulk_create", 2.0, ("many:import_roster",), ("many:roster_bulk",)),
    Goal("P7  导入送教记录 ÷ bulk_create", 2.0, ("many:import_visits",), ("many:visits_bulk",)),
    Goal("P8  读表 ÷ calamine", 1.5, ("many:read_sheet",), ("many:read_bare",)),
    Goal("P8  写表 ÷ xlsxwriter", 1.3, ("many:write_sheet",), ("many:write_bare",)),
    Goal(f"P9  照片 1 200 万像素 → 1600 + 320 ÷ {PEER} → 1600", LIMIT, ("many:photo",), ("many:photo_peer",)),
    Goal("P13 月报 PDF ÷ WeasyPrint（同样的 HTML 和图片）", 1.5, ("many:print_submission",), ("many:print_bare",)),
    Goal("P13 档案 PDF ÷ WeasyPrint（同样的 HTML 和图片）", 1.5, ("many:archive",), ("many:archive_bare",)),
    Goal("P13 档案，一百多页 ÷ 两份一半的", 1.3, ("many:archive_long",), ("many:archive_halves",)),
    Goal("P10 收一次带两张照片的送教 ÷ 只存文件和一行", 5, ("many:receive_visits",), ("many:receive_bare",)),
    Goal("P11 登录核对（毫秒）", 50, ("many:check_password",)),
    Goal("P12 审计记录第 2 000 页 ÷ 第 1 页", 1.3, ("many:audit_far",), ("many:audit_first",)),
    Goal("P12 送教列表第 1 000 页 ÷ 第 1 页（全部年份）", 1.3, ("many:visits_far",), ("many:visits_first",)),
    Goal("    登录全程（毫秒，另报）", None, ("many:sign_in",)),
)


class Worker:
    """A process on one database; tasks go in and seconds, or facts, come back, a line each."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [PYTHON, "-m", "bench.worker"], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, task: str) -> Any:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(task + "\n")
        stdin.flush()
        return json.loads(stdout.readline())

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/run")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--sqlite", action="store_true")
    which.add_argument("--postgres", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", type=lambda said: tuple(said.split(",")), default=("",))
    asked = parser.parse_args()
    goals = [goal for goal in GOALS if goal.name.split()[0] in asked.only or asked.only == ("",)]
    for database in ("sqlite", "postgres"):
        if not (asked.sqlite or asked.postgres) or getattr(asked, database):
            measure(database, goals, visits=QUICK if asked.quick else MANY, rounds=5 if asked.quick else 15, keep=asked.keep)


def measure(database: str, goals: Sequence[Goal], *, visits: int, rounds: int, keep: Path | None) -> None:
    with ExitStack() as stack:
        directory = keep or Path(stack.enter_context(temporary_directory()))
        services = stack.enter_context(postgres()) if database == "postgres" else {}
        rows = {"BENCH_ROWS": "10000" if visits == MANY else "2000"}
        environments = {name: environment(directory / f"{database}-{name}", services | rows, name) for name in ("few", "many")}
        workers = {}
        for name, size in (("few", FEW), ("many", visits)):
            fill(environments[name], size, directory / f"{database}-{name}")
            workers[name] = Worker(environments[name])
            stack.callback(workers[name].close)
        facts = {task: workers["many"].ask(task) for task in ("queries", "memory") if len(goals) == len(GOALS)}
        print(f"\n{database}: {visits} visits, {rounds} rounds, medians")
        show(database, goals, facts, interleave(workers, goals, rounds))


def interleave(workers: dict[str, Worker], goals: Sequence[Goal], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Every task once a round, so that a noisy minute falls on all of them, each round in another order,
    so that nobody always comes after the same one; a first round is thrown away."""
    tasks = list(dict.fromkeys(task for goal in goals for task in (*goal.over, *goal.under)))
    seconds: dict[str, list[tuple[float, float]]] = {task: [] for task in tasks}
    order = Random(rounds)
    for number in range(rounds + 1):
        order.shuffle(tasks)
        for task in tasks:
            name, _, what = task.partition(":")
            taken = workers[name].ask(what)
            if number:
                seconds[task].append(taken)
        print(f"  {number}/{rounds}", end="\r", file=sys.stderr, flush=True)
    return seconds


def show(database: str, goals: Sequence[Goal], facts: dict[str, Any], seconds: dict[str, list[tuple[float, float]]]) -> None:
    """The figure is of time as it passes; beside it the same of the worker's own CPU, which other work on the machine disturbs less."""
    medians = {task: [statistics.median(each) for each in zip(*taken, strict=True)] for task, taken in seconds.items()}
    print("| goal | limit | measured | CPU | ms |\n|---|---|---|---|---|")
    for page, counts in facts.get("queries", {}).items():
        print(f"| P2  {page}：10、50、500 行的查询数 | ≤ 12，相同 | {'、'.join(map(str, counts))} | | |")
    for goal in goals:
        (over, over_cpu), (under, under_cpu) = (
            [sum(medians[task][kind] for task in tasks) for kind in (0, 1)] for tasks in (goal.over, goal.under)
        )
        figure = f"{over / under:.2f} ×" if under else f"{over * 1000:.0f} ms"
        cpu = f"{over_cpu / under_cpu:.2f} ×" if under_cpu else f"{over_cpu * 1000:.0f} ms"
        most = goal.limit[database] if isinstance(goal.limit, dict) else goal.limit
        limit = "" if most is None else f"≤ {most:g}"
        times = f"{over * 1000:.0f} / {under * 1000:.0f}" if under else f"{over * 1000:.0f}"
        print(f"| {goal.name} | {limit} | {figure} | {cpu} | {times} |")
    for what, (small, large) in facts.get("memory", {}).items():
        print(f"| P8  {what} 9 000、90 000 行的内存 | 不随行数增长 | {small:.0f}、{large:.0f} MB | | |")


# --- Databases ------------------------------------------------------------------------------------


@contextmanager
def temporary_directory() -> Iterator[str]:
    directory = tempfile.mkdtemp(prefix="songjiao-bench.")
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def postgres() -> Iterator[dict[str, str]]:
    """The variables of a private PostgreSQL with two databases, `few` and `many`."""
    said = subprocess.run(["scripts/services", "start"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    variables = dict(line.removeprefix("export ").split("=", 1) for line in said.splitlines())
    try:
        connection = psycopg2.connect(variables["DATABASE_URL"])
        connection.autocommit = True
        for name in ("few", "many"):
            connection.cursor().execute(f"CREATE DATABASE {name}")
        connection.close()
        yield variables
    finally:
        subprocess.run(["scripts/services", "stop"], cwd=ROOT, env=os.environ | variables, check=True)


def environment(directory: Path, services: dict[str, str], name: str) -> dict[str, str]:
    made = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    made |= {key: value for key, value in services.items() if key not in ("DATABASE_URL", "REDIS_URL")} | {"SONGJIAO_DATA": str(directory)}
    if "DATABASE_URL" in services:
        made["DATABASE_URL"] = urlunsplit(urlsplit(services["DATABASE_URL"])._replace(path=f"/{name}"))
    return made


def fill(variables: dict[str, str], visits: int, directory: Path) -> None:
    """Migrates and seeds, unless a kept directory already holds the database."""
    if "DATABASE_URL" not in variables and (directory / "seeded").exists():
        return
    subprocess.run([PYTHON, "manage.py", "migrate", "-v0"], cwd=ROOT, env=variables, check=True, stderr=subprocess.DEVNULL)
    subprocess.run([PYTHON, "-m", "bench.seed", "--visits", str(visits)], cwd=ROOT, env=variables, check=True, stdout=sys.stderr)
    (directory / "seeded").touch()


if __name__ == "__main__":
    main()
