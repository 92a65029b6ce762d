"""The goal bank: objectives ready to be taken into a plan, built in as data. Source: docs/rules.md, "Assessments and plans"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

BUILT_IN = Path(__file__).resolve().parent.parent / "bank"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A short-term objective as the bank holds it; `code` names it for good: a built-in one's, or the id of a school's own."""

    code: str
    area: str
    goal: str
    text: str
    criterion: str
    steps: tuple[str, ...]
    materials: str

    def says(self, words: Iterable[str]) -> bool:
        """Whether every one of `words` stands somewhere in it."""
        whole = " ".join((self.goal, self.text, self.criterion, *self.steps, self.materials))
        return all(word in whole for word in words)


@cache
def built_in() -> tuple[Suggestion, ...]:
    """The objectives that come with the product, area by area."""
    found = []
    for path in sorted(BUILT_IN.glob("*.yml")):
        area = yaml.safe_load(path.read_text())
        for goal in area["goals"]:
            for each in goal["objectives"]:
                given = each | {"steps": tuple(each["steps"])}
                found.append(Suggestion(area=area["area"], goal=goal["goal"], **given))
    return tuple(found)


def search(bank: Iterable[Suggestion], *, area: str = "", text: str = "") -> list[Suggestion]:
    """Those of an area (empty: of all) that say every word of `text`, in the bank's order."""
    words = text.split()
    return [each for each in bank if area in ("", each.area) and each.says(words)]


def grouped(found: Iterable[Suggestion], names: Mapping[str, str]) -> list[tuple[str, list[tuple[str, list[Suggestion]]]]]:
    """By area, as people read it, and within it by goal; each in the order it comes first."""
    areas: dict[str, dict[str, list[Suggestion]]] = {}
    for each in found:
        areas.setdefault(each.area, {}).setdefault(each.goal, []).append(each)
    return [(names.get(area, area), list(goals.items())) for area, goals in areas.items()]
