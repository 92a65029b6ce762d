"""The house itself: sizes, names of files, words that have no place in it."""

import ast
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

BASE: Path = settings.BASE
ROOMS = ("office", "counties", "accounts", "students", "plans", "visits", "reports")
LONGEST_MODULE, LONGEST_TEST = 300, 400

# docs/architecture.md, "Inside a room". `codes` are the short stable codes that models and rules share.
VOCABULARY = set(
    "models querysets rules actions forms views urls tasks clock sheets_in resources admin apps fields middleware checks "
    "context_processors templatetags management migrations tests codes".split()
)
# What else each room is for.
OWN_WORDS = {
    "office": set(
        "audit anchors backups upgrades verification jobs work broker refusals files pdf pictures workbook uploads limits senders "
        "pulse health stores paging".split()
    ),
    "counties": set(),
    "accounts": {"hashers"},
    "students": set(),
    "plans": {"sheets", "scales", "bank"},
    "visits": {"sheets"},
    "reports": {"figures", "sheets", "demo"},
}


def tracked() -> list[Path]:
    """The files of the project: what git keeps, or what a released archive holds."""
    if (BASE / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=BASE, capture_output=True, text=True, check=True)
        return [path for name in listed.stdout.splitlines() if (path := BASE / name).is_file()]
    return [path for path in BASE.rglob("*") if path.is_file() and ".venv" not in path.parts and BASE / "data" not in path.parents]


def modules() -> Iterator[Path]:
    return (path for path in tracked() if path.suffix == ".py" and "migrations" not in path.parts)


def test_no_module_is_longer_than_a_sitting() -> None:
    lengths = {path.relative_to(BASE): len(path.read_text().splitlines()) for path in modules()}

    assert {
        str(path): lines for path, lines in lengths.items() if lines > (LONGEST_TEST if "tests" in path.parts else LONGEST_MODULE)
    } == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_holds_only_files_of_the_known_words(room: str) -> None:
    names = {path.relative_to(BASE / room).parts[0].removesuffix(".py") for path in modules() if path.is_relative_to(BASE / room)}

    assert names - VOCABULARY - OWN_WORDS[room] - {"__init__"} == set()


def test_there_is_no_drawer_for_everything() -> None:
    drawers = {"core", "common", "utils", "util", "helpers", "misc", "signals"}

    assert [str(path) for path in modules() if drawers & set(path.relative_to(BASE).with_suffix("").parts)] == []


def test_rules_actions_and_models_never_read_the_clock() -> None:
    """The moment comes from views, commands, tasks and clock.py; below them it is an argument."""
    clock = re.compile(r"timezone\.now|timezone\.localdate\(\)|datetime\.now|date\.today|datetime\.utcnow|time\.time\(")
    may = {"views", "management", "tasks", "work", "clock", "tests", "middleware", "admin", "urls"}
    readers = [
        str(path.relative_to(BASE))
        for path in modules()
        if path.relative_to(BASE).parts[0] in ROOMS
        and not may & {part.removesuffix(".py") for part in path.relative_to(BASE).parts}
        and clock.search(path.read_text())
    ]

    assert readers == []


def test_no_signal_connects_anything() -> None:
    signals = re.compile(r"^(from|import) django\..*\b(dispatch|signals)\b", re.MULTILINE)

    assert [str(path) for path in modules() if signals.search(path.read_text())] == []


def test_views_fit_in_a_glance() -> None:
    long = {}
    for path in modules():
        if "views" not in path.parts and path.name != "views.py":
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and (lines := (node.end_lineno or 0) - node.lineno + 1) > 20:
                long[f"{path.relative_to(BASE)}:{node.name}"] = lines

    assert long == {}


# --- The project stands alone ------------------------------------------------------------------------

# Spelled in pieces, so that this file does not hold them.
FOREIGN = [
    "/" + "work/",
    "/" + "tmp/w",
    "shared" + "/design",
    "shared" + "/data",
    "domain" + ".md",
    "product" + ".md",
    "engineering" + ".md",
    "reliability" + ".md",
    "technology" + ".md",
    "model" + ".md",
    "/" + "root/",
    "pypi" + ".org",
    "files.python" + "hosted",
    "registry.npm" + "js",
    "cdn.js" + "delivr",
    "unpkg" + ".com",
]


@pytest.mark.parametrize("word", FOREIGN)
def test_nothing_points_outside_the_project(word: str) -> None:
    holding = [str(path.relative_to(BASE)) for path in tracked() if word.encode() in path.read_bytes()]

    assert holding == []


def test_the_search_for_words_finds_words() -> None:
    assert any(b"test_the_search_for_words" in path.read_bytes() for path in tracked())


def test_no_secret_no_data_and_no_environment_is_kept() -> None:
    bad = {".sqlite3", ".pem", ".key", ".pyc"}

    assert [str(path) for path in tracked() if path.suffix in bad or path.name in {"keys.json", ".env"}] == []


@pytest.mark.parametrize(
    "name", ["scripts/setup", "scripts/server", "scripts/test", "scripts/services", "scripts/lock", ".ci/run", "manage.py"]
)
def test_what_is_run_can_be_run(name: str) -> None:
    assert (BASE / name).stat().st_mode & stat.S_IXUSR or name == "manage.py"
    if name.startswith("scripts/"):
        assert (BASE / name).read_text().startswith("#!/bin/sh\n")
        subprocess.run(["sh", "-n", BASE / name], check=True)


def test_every_requirement_is_pinned_with_a_reason_and_locked_with_hashes() -> None:
    for kind in ("requirements", "requirements-dev", "requirements-setup"):
        lines = [line for line in (BASE / f"{kind}.txt").read_text().splitlines() if line and not line.startswith(("#", "-r"))]
        lock = (BASE / f"{kind}.lock").read_text()
        for line in lines:
            assert re.match(r"[\w.-]+(\[\w+\])?==[\w.]+\s+# \S", line), line
            name, version = re.sub(r"\[\w+\]", "", line.split("#")[0]).strip().split("==")
            assert re.search(rf"^{re.escape(name)}(\[\w+\])?=={re.escape(version)} \\\n    --hash=", lock, re.MULTILINE), line


def test_markdown_links_lead_somewhere() -> None:
    broken = []
    for path in tracked():
        if path.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text()):
            if not target.startswith("http") and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(BASE)} → {target}")  # noqa: PERF401

    assert broken == []
