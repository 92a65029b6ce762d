"""Whole counties through the command line: what importing and judging them must give.

tests/data/county is the county as a bureau sends it; tests/data/counties are others, made with other numbers
and other mess. Each `expected.json` was reckoned by a program that shares no line with this one.
"""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent / "data"
OTHERS = sorted((DATA / "counties").iterdir())
COUNTIES = [DATA / "county", *OTHERS]
SHEETS = {"students": "roster.xlsx", "visits": "visits.xlsx"}
ROWS = ["students.Student", "students.Case", "students.CaseTeacher", "students.Guardian", "visits.Visit", "visits.VisitRecord"]
ROWS += ["visits.VisitPerson", "accounts.User", "accounts.Post", "counties.School", "counties.Policy"]


class County:
    """A folder's county file, sheets and expectations, and the commands that take them in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.expected = json.loads((folder / "expected.json").read_text())
        self.code = str(yaml.safe_load((folder / "county.yml").read_text())["county"]["code"])

    def load(self) -> None:
        call_command("load_county", str(self.folder / "county.yml"), password="for-trials-only-7", stdout=StringIO())

    def take_in(self, kind: str, *, sheet: str = "", as_of: str = "", dry_run: bool = False) -> Any:
        path = self.folder / (sheet or SHEETS[kind])
        moment = as_of or self.expected.get("import_as_of", "2026-11-01T00:00")
        return answer(f"import_{kind}", str(path), county=self.code, as_of=moment, dry_run=dry_run)

    def reports(self) -> list[dict[str, Any]]:
        if "reports" in self.expected:
            return list(self.expected["reports"])
        moments = {"month": "2026-11-01T00:00", "month_mid": "2026-10-20T12:00"}
        return [{"month": "2026-10", "as_of": moment, **self.expected[name]} for name, moment in moments.items()]


def answer(command: str, *words: str, **options: Any) -> Any:
    out = StringIO()
    call_command(command, *words, **options, json=True, stdout=out)
    return json.loads(out.getvalue())


def codes(faults: list[dict[str, Any]]) -> set[tuple[int, str]]:
    return {(fault["row"], fault["code"]) for fault in faults}


def pairs(listed: list[list[Any]]) -> set[tuple[int, str]]:
    return {(row, code) for row, code in listed}


def rows() -> dict[str, frozenset[str]]:
    """Every row of the tables that imports write, so that a row written again would show."""
    return {name: frozenset(map(repr, apps.get_model(name).objects.values_list())) for name in ROWS}


@pytest.mark.parametrize("folder", COUNTIES, ids=lambda folder: folder.name)
def test_a_county_goes_in_as_it_is_and_its_months_are_judged_exactly(folder: Path) -> None:
    county = County(folder)
    county.load()
    for kind in SHEETS:
        _goes_in(county, kind)
    for expected in county.reports():
        report = answer("month_report", expected["month"], county=county.code, as_of=expected["as_of"])
        assert (report["month"], report["county"]) == (expected["month"], county.code)
        assert report["schools"] == expected["schools"]
        assert report["teachers"] == expected["teachers"]
    if folder in OTHERS:
        _a_later_roster_moves_and_ends_nothing_by_itself(county)
        _two_header_rows_are_refused_whole(county)


def _goes_in(county: County, kind: str) -> None:
    """A dry run writes nothing, the import says the same, and a second import changes nothing."""
    before = rows()
    judged = county.take_in(kind, dry_run=True)
    assert rows() == before
    taken = county.take_in(kind)
    assert taken == judged
    after = rows()
    again = county.take_in(kind)

    expected = county.expected[kind]
    counted = [name for name in ("created", "updated", "unchanged", "skipped") if name in expected]
    assert codes(taken["rejected"]) == pairs(expected["rejected"])
    assert [taken[name] for name in counted] == [expected[name] for name in counted]
    _compare_warnings(codes(taken["warnings"]), expected)
    assert rows() == after
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, taken["created"] + taken["unchanged"])
    assert codes(again["rejected"]) == codes(taken["rejected"])


def _compare_warnings(raised: set[tuple[int, str]], expected: dict[str, Any]) -> None:
    wanted = pairs(expected.get("warnings", expected.get("warnings_at_least", [])))
    assert wanted <= raised
    if "warnings" in expected:
        assert raised <= wanted | pairs(expected.get("warnings_optional", []))


def _a_later_roster_moves_and_ends_nothing_by_itself(county: County) -> None:
    expected = county.expected["students2"]
    taken = county.take_in("students", sheet="roster2.xlsx", as_of=county.expected["students2_as_of"])
    assert codes(taken["rejected"]) == pairs(expected["rejected"])
    assert (taken["created"], taken["updated"], taken["unchanged"]) == (expected["created"], expected["updated"], expected["unchanged"])


def _two_header_rows_are_refused_whole(county: County) -> None:
    before = rows()
    with pytest.raises(CommandError) as refusal:
        county.take_in("students", sheet="refused.xlsx")
    assert refusal.value.returncode == 2
    assert rows() == before
