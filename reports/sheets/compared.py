"""What a version says otherwise than the one before it, in words for a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from office.rules import day_text, number_text
from reports import rules
from reports.sheets.differences import Changed, Differences, LineDifference, differences
from reports.sheets.particulars import Particulars
from reports.sheets.snapshot import Snapshot, VisitLine
from visits.rules.judging import FLAG_WORDS, VERDICT_WORDS, Flag, Verdict
from visits.rules.lines import MODES

NEW, CHANGED, GONE = ("新增", "good"), ("改动", "warm"), ("不再上报", "late")
ERASED = "已删除"
SHOWN = ("on_roll", "owed", "delivered", "lessons", "missed", "met", "short", "rate")


@dataclass(frozen=True, slots=True)
class Said:
    """One difference: a state's word and tone, whose (empty: the school's), and what of it."""

    word: str
    tone: str
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Compared:
    """`version` is the one before."""

    version: int
    lines: tuple[Said, ...]


def compared(before: tuple[Snapshot, Particulars], now: tuple[Snapshot, Particulars]) -> Compared:
    (old, old_said), (new, said) = before, now
    names = {key: child.name for key, child in (*old_said.children.items(), *said.children.items())}
    return Compared(old.version, tuple(_said(differences(old, new), names)))


def _said(found: Differences, names: dict[str, str]) -> Iterator[Said]:
    for changed in found.totals:
        if changed.name in SHOWN:
            yield Said(*CHANGED, "", _moved(changed))
    for line in found.lines:
        yield from _of_child(line, names.get(line.key, ERASED))
    for asked in found.questions:
        what = f"{day_text(asked.on)}：{FLAG_WORDS[Flag(asked.flag.code)]}，{'已说明' if asked.flag.answered else '未说明'}"
        yield Said(*CHANGED, names.get(asked.child, ERASED), what)


def _of_child(line: LineDifference, name: str) -> Iterator[Said]:
    if line.is_new:
        yield Said(*NEW, name, "")
    if line.is_gone:
        yield Said(*GONE, name, "")
    for changed in line.figures:
        if changed.name == "verdict":
            yield Said(*CHANGED, name, f"{VERDICT_WORDS[Verdict(changed.before)]} → {VERDICT_WORDS[Verdict(changed.after)]}")
    yield from (Said(*NEW, name, _visit(visit)) for visit in line.new)
    for pair in line.changed:
        yield Said(*CHANGED, name, f"{_visit(pair.after)}：{'、'.join(each.word for each in pair.changed)}")
    yield from (Said(*GONE, name, _visit(visit)) for visit in line.gone)


def _visit(visit: VisitLine) -> str:
    return f"{day_text(visit.on)} {MODES[visit.mode]}"


def _moved(changed: Changed) -> str:
    return f"{changed.word} {_text(changed.before)} → {_text(changed.after)}"


def _text(value: Any) -> str:
    if isinstance(value, Fraction):
        return rules.share_text(value)
    return number_text(value) if isinstance(value, Decimal) else "—" if value is None else str(value)
