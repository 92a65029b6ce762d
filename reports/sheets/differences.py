"""What a submission says that the version before did not: two snapshots compared, nothing else read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any

from reports.sheets.snapshot import Change, CorrectionLine, Figures, FlagLine, LateQuestion, Line, Snapshot, Totals, VisitLine

TOTAL_WORDS = {
    "on_roll": "在册学生",
    "paused": "暂停",
    "children_owed": "应送学生",
    "children_served": "已送学生",
    "owed": "应送次数",
    "delivered": "已送次数",
    "lessons": "课时",
    "by_mode": "送教形式",
    "missed": "未送成",
    "missed_by_reason": "未送成原因",
    "rate": "实送率",
    "reachable_rate": "可控实送率",
    "met": "已达标",
    "short": "欠课",
    "on_track": "进行中",
    "at_risk": "可能欠课",
    "year_delivered": "本学年课时",
    "year_owed": "本学年应送课时",
    "late_visits": "补报",
}
FIGURE_WORDS = {
    "verdict": "结论",
    "owed": "应送",
    "delivered": "已送",
    "planned": "已排",
    "reachable": "可控应送",
    "lessons": "课时",
    "missed": "未送成",
    "short_visits": "欠次数",
    "short_lessons": "欠课时",
    "year_delivered": "本学年课时",
    "year_owed": "本学年应送课时",
}
VISIT_WORDS = {
    "on": "日期",
    "starts_at": "开始时间",
    "ends_at": "结束时间",
    "mode": "形式",
    "purpose": "目的",
    "outcome": "结果",
    "reason": "未送成原因",
    "lessons": "课时",
    "people": "送教人数",
    "teachers": "教师人数",
    "confirmation": "家长确认",
    "photos": "照片",
    "flags": "需说明事项",
}
WRITTEN = "内容"
"""What is called changed when only the digest of a record tells of it: a text, a name."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One value that differs; `name` is the field's, `word` what people read."""

    name: str
    word: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class VisitDifference:
    before: VisitLine
    after: VisitLine
    changed: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class LineDifference:
    """What differs on a child's line."""

    key: str
    is_new: bool
    is_gone: bool
    figures: tuple[Changed, ...]
    new: tuple[VisitLine, ...]
    gone: tuple[VisitLine, ...]
    changed: tuple[VisitDifference, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.is_new or self.is_gone or self.figures or self.new or self.gone or self.changed)


@dataclass(frozen=True, slots=True)
class Differences:
    totals: tuple[Changed, ...]
    lines: tuple[LineDifference, ...]  # only those that differ, in the order of the later version
    changes: tuple[Change, ...]  # of the month, not told before
    corrections: tuple[CorrectionLine, ...]  # not told before
    questions: tuple[LateQuestion, ...] = ()  # about what earlier months filed, not told before or answered since

    @property
    def is_empty(self) -> bool:
        return not (self.totals or self.lines or self.changes or self.corrections or self.questions)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Records that are new, changed, gone."""
        return tuple(sum(len(getattr(line, name)) for line in self.lines) for name in ("new", "changed", "gone"))  # type: ignore[return-value]


def differences(before: Snapshot, after: Snapshot) -> Differences:
    """From one version of a school's month to a later one; children are the same by their keys."""
    old, new = ({line.key: line for line in snapshot.lines} for snapshot in (before, after))
    keys = dict.fromkeys(chain(new, old))
    lines = (_line(key, old.get(key), new.get(key)) for key in keys)
    told = {correction.key for correction in before.corrections}
    return Differences(
        totals=_changed(before.totals, after.totals, TOTAL_WORDS),
        lines=tuple(line for line in lines if not line.is_empty),
        changes=tuple(change for change in after.changes if change not in before.changes),
        corrections=tuple(each for each in after.corrections if each.key not in told),
        questions=tuple(each for each in after.questions if each not in before.questions),
    )


def _line(key: str, before: Line | None, after: Line | None) -> LineDifference:
    old, new = ({visit.record: visit for visit in line.visits} if line else {} for line in (before, after))
    pairs = ((old[record], visit) for record, visit in new.items() if record in old)
    return LineDifference(
        key=key,
        is_new=before is None,
        is_gone=after is None,
        figures=_figures(before.figures if before else None, after.figures if after else None),
        new=tuple(visit for record, visit in new.items() if record not in old),
        gone=tuple(visit for record, visit in old.items() if record not in new),
        changed=tuple(VisitDifference(was, now, changed) for was, now in pairs if (changed := _visit(was, now))),
    )


def _figures(before: Figures | None, after: Figures | None) -> tuple[Changed, ...]:
    return _changed(before, after, FIGURE_WORDS) if before and after else ()


def _visit(before: VisitLine, after: VisitLine) -> tuple[Changed, ...]:
    seen = tuple(_changed(before, after, VISIT_WORDS))
    if before.digest != after.digest and not any(each.name != "flags" for each in seen):
        return (*seen, Changed("digest", WRITTEN, before.digest, after.digest))
    return seen


def _changed(before: Totals | Figures | VisitLine, after: Totals | Figures | VisitLine, words: dict[str, str]) -> tuple[Changed, ...]:
    compared = ((field.name, _told(getattr(before, field.name)), _told(getattr(after, field.name))) for field in fields(after))
    return tuple(Changed(name, words[name], was, now) for name, was, now in compared if name in words and was != now)


def _told(value: Any) -> Any:
    """A field as it is compared: of questions what they ask and whether they were answered."""
    if isinstance(value, tuple):
        return _flags(value)
    return value


def _flags(value: Iterable[Any]) -> tuple[Any, ...]:
    return tuple((each.code, each.evidence, each.answered) if isinstance(each, FlagLine) else each.digest for each in value)
