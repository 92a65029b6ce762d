"""The documents say what is so: settings, policy, presets, codes, and the sections that code refers to."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import get_commands

from counties.rules import PRESETS, PolicyTerms
from songjiao import env
from tests.test_house import modules
from visits.rules.judging import FLAG_WORDS, VERDICT_WORDS

DOCS: Path = settings.BASE / "docs"
RULES = (DOCS / "rules.md").read_text()

READ_ALL = """
import os, songjiao.env as env
names, text = set(), env.text
def noted(name, *rest):
    names.add(name)
    return text(name, *rest)
env.text = noted
import songjiao.settings
print(*sorted(names))
"""


def section(title: str, document: str = RULES) -> str:
    """The text below a heading, up to the next of its level or above."""
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,2}} |\Z)", document, re.MULTILINE | re.DOTALL)
    assert found, f"no section “{title}”"
    return found[2]


def rows(text: str) -> dict[str, list[str]]:
    """The cells of a Markdown table by the code in its first cell."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return {cells[0].strip("`"): cells[1:] for cells in lines}


def variables_read(tmp_path: Path, **set_before: str) -> set[str]:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(settings.BASE), "SONGJIAO_DATA": str(tmp_path), **set_before}
    out = subprocess.run([sys.executable, "-c", READ_ALL], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True)
    return set(out.stdout.split())


def test_every_variable_that_is_read_is_documented_and_no_other(tmp_path: Path) -> None:
    keys = {f"SONGJIAO_{name}": "x" * 64 for name in env.KEY_NAMES}
    read = variables_read(tmp_path) | variables_read(tmp_path, DATABASE_URL="postgres://app@localhost/app", **keys)
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (DOCS / "settings.md").read_text(), re.MULTILINE))

    assert {"SONGJIAO_DATA", "DATABASE_URL", "SONGJIAO_SEALING_KEYS"} <= read
    assert documented == read


def test_only_settings_read_the_environment() -> None:
    readers = {
        str(path.relative_to(settings.BASE))
        for path in modules()
        if re.search(r"os\.(environ\[|environ\.get|getenv)", path.read_text()) and "tests" not in path.parts and "bench" not in path.parts
    }

    assert readers <= {"songjiao/env.py"}


def test_the_policy_table_has_every_key_with_its_default() -> None:
    table = rows(section("The policy").split("**Presets**")[0])
    plain = PolicyTerms().plain()

    assert set(plain) <= set(table)
    said = {key: table[key][0] for key in plain}
    assert said == {key: said[key] if isinstance(value, str) and ":" not in value else in_words(value) for key, value in plain.items()} | {
        "period": "month",
        "plan_due_date": "09-24",
    }


def in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items())
    return (", ".join(map(str, value)) or "none") if isinstance(value, list) else str(value)


def test_the_table_of_presets_is_what_the_presets_are() -> None:
    text = section("The policy").split("**Presets**")[1]
    header, _, *lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    said = {line[0]: dict(zip(header[1:], line[1:], strict=True)) for line in lines}

    assert said == {name: {key: "–" if value is None else str(value) for key, value in preset.items()} for name, preset in PRESETS.items()}


def test_every_flag_and_verdict_is_explained_with_its_word() -> None:
    flags, verdicts = rows(section("Flags")), rows(section("Judging a month"))

    assert {code: flags[code][0] for code in map(str, FLAG_WORDS)} == {str(code): word for code, word in FLAG_WORDS.items()}
    assert {code: verdicts[code][0] for code in map(str, VERDICT_WORDS)} == {str(code): word for code, word in VERDICT_WORDS.items()}


def test_every_section_that_code_names_is_there() -> None:
    """Docstrings say `docs/rules.md, "Section"` and perhaps `and "Section"`."""
    headings = set(re.findall(r"^#+ (.+)$", RULES, re.MULTILINE))
    missing = set()
    for path in modules():
        for quoted in re.findall(r'docs/rules\.md,\s*((?:"[^"]+"(?:,| and)?\s*)+)', path.read_text()):
            missing |= {
                (path.name, title) for title in re.findall(r'"([^"]+)"', quoted) if title not in headings and path.parent.name != "tests"
            }

    assert missing == set()


@pytest.mark.parametrize(
    "path", [*sorted(DOCS.rglob("*.md")), settings.BASE / "README.md", settings.BASE / "CHANGELOG.md"], ids=lambda path: path.name
)
def test_documents_name_only_commands_that_exist(path: Path) -> None:
    text = path.read_text()

    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= set(get_commands())
    assert {name for name in re.findall(r"scripts/([a-z]+)", text) if not (settings.BASE / "scripts" / name).exists()} == set()


@pytest.mark.parametrize("path", sorted((DOCS / "decisions").glob("*.md")), ids=lambda path: path.stem)
def test_a_decision_is_short(path: Path) -> None:
    lines = path.read_text().splitlines()

    assert len(lines) <= 30
    assert lines[0].startswith("# ")
