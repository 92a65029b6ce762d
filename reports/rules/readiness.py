"""Whether a school's month can be filed, and how it stands for the school, in words. Source: docs/rules.md, "The monthly submission"."""

from __future__ import annotations

from dataclasses import dataclass

SCHOOL_WORDS = {
    "": ("汇总中", "plan"),
    "draft": ("汇总中", "plan"),
    "submitted": ("已上报，等县局审核", "plan"),
    "returned": ("已退回，改好后重报", "late"),
    "superseded": ("已重新打开，改好后重报", "late"),
    "accepted": ("已通过", "good"),
}
"""The word of a state for the school, and its tone."""

FILED = frozenset({"submitted", "accepted"})
"""The states in which the month is with the bureau, and closed to the school."""

FIXES = {"unconfirmed": "补家长确认", "too_few_photos": "加照片"}
"""What the button beside a question says that the record itself answers; of all others 改记录."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stands in the way of filing. A month without anything to file goes as a nil report."""

    is_nil: bool
    unanswered: int
    needs_principal: bool
    is_confirmed: bool

    @property
    def why_not(self) -> list[str]:
        """Empty: it can be filed with one click."""
        reasons = []
        if self.unanswered:
            reasons.append(f"还有 {self.unanswered} 处需说明事项没有说明。")
        if self.needs_principal and not self.is_confirmed:
            reasons.append("校长还没有确认这个月的月报。")
        return reasons


def fix_of(code: str) -> str:
    return FIXES.get(code, "改记录")
