"""The words of a reminder and of the bureau's list, without a child's name. Source: docs/rules.md, "The month's round"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from office.rules import month_text

MOST_NAMED = 8  # a notice has 300 characters


@dataclass(frozen=True, slots=True)
class Lacks:
    """What a school's month lacks before it can be filed, or will be short of."""

    is_nil: bool = False
    children: int = 0
    visits: int = 0
    unanswered: int = 0
    needs_principal: bool = False

    @property
    def words(self) -> str:
        if self.is_nil:
            return "没有可以上报的送教记录：如果属实，请作零报告。"
        parts = []
        if self.visits:
            parts.append(f"{self.children} 名学生共差 {self.visits} 次送教")
        if self.unanswered:
            parts.append(f"{self.unanswered} 处需说明事项没有说明")
        if self.needs_principal:
            parts.append("校长还没有确认")
        return f"还缺：{'，'.join(parts)}。" if parts else "各项已齐，请上报。"


def reminder_text(*, school: str, month: date, due_on: date, today: date, lacks: Lacks) -> str:
    """`石门小学2026年10月月报 10月28日截止，还有 3 天。还缺：…`."""
    left = (due_on - today).days
    when = f"还有 {left} 天" if left > 0 else "今天 24 时以前上报"
    return f"{school}{month_text(month)}月报 {due_on.month}月{due_on.day}日截止，{when}。{lacks.words}"


def missing_text(*, month: date, due_on: date, schools: Sequence[str]) -> str:
    """How many did not file, and the first of their names."""
    named = "、".join(schools[:MOST_NAMED]) + (" 等" if len(schools) > MOST_NAMED else "")
    return f"{month_text(month)}月报已于 {due_on.month}月{due_on.day}日截止，还有 {len(schools)} 所学校没有上报：{named}。"
