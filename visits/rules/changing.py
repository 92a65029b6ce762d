"""May this be written now, by this hand, over what is on record? Source: docs/rules.md, "Logging a visit"."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from visits.rules.sheet import CaseSpan
from visits.rules.writing import VisitContent

AHEAD = timedelta(minutes=10)
"""How far a clock may be wrong before a visit lies in the future."""

FILED = "这次送教已随月报上报，现在谁也不能修改。月报退回以后可以修改。"
NOT_YOURS = "这次送教由记录人、同去的老师和学校送教负责人修改。"


def why_not(content: VisitContent, spans: Mapping[UUID, CaseSpan], *, now: datetime) -> dict[str, str]:
    """What speaks against a visit as of `now` (in the county's zone); `spans` are the cases its writer may write of."""
    errors: dict[str, str] = {}
    if content.starts_at(now.tzinfo) > now + AHEAD:
        errors["start" if content.on == now.date() else "on"] = "送教还没有开始，不能先记。"
    for number, record in enumerate(content.records):
        if (span := spans.get(record.case)) is None:
            errors[f"records.{number}.case"] = "没有这名学生，或不由您负责。"
        elif not span.holds(content.on):
            errors[f"records.{number}.case"] = "这一天不在这名学生的送教期间。"
    return errors


def written_at(
    device_at: datetime | None, drift: int, *, at: datetime, sequence: int | None = None, saved: tuple[int, datetime] | None = None
) -> datetime:
    """The writer's moment: what the device said, freed of what its clock was off; never later than now.

    A clock that jumped is caught by counting: `saved` is a draft's sequence and the server's moment of it. What has a higher
    sequence was typed after that moment, what has no higher one before it, whatever the device says.
    """
    if device_at is None:
        return at
    moment = min(at, device_at - timedelta(seconds=drift))
    if sequence is None or saved is None:
        return moment
    count, saved_at = saved
    return max(moment, min(saved_at, at)) if sequence > count else min(moment, saved_at)


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand it is: the author's, the team's, the school's admin's or its principal's."""

    is_author: bool = False
    is_team: bool = False
    is_admin: bool = False
    is_principal: bool = False

    def may_touch(self, locks: Collection[str]) -> bool:
        """Whether one may write at all; what was accepted is corrected by the team or the school's admin."""
        may = self.is_author or self.is_team or self.is_admin
        return may or (self.is_principal and "accepted" not in locks)


def why_locked(locks: Collection[str]) -> str:
    return FILED if "filed" in locks else ""


def why_not_corrected(content: VisitContent, old_on: date, old_cases: Collection[UUID], reason: str) -> dict[str, str]:
    """What was accepted is corrected with a reason, and stays the visit of these children in this month."""
    errors = {}
    if not reason.strip():
        errors["reason"] = "已通过的记录只能更正，请写明更正的理由。"
    if len(reason) > 500:
        errors["reason"] = "更正的理由最多 500 个字。"
    if (content.on.year, content.on.month) != (old_on.year, old_on.month):
        errors["on"] = "已通过的记录不能改到另一个月。"
    if set(content.cases) != set(old_cases):
        errors["records"] = "已通过的记录不能增减学生。"
    return errors
