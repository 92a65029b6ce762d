"""The policy as data: what a county demands, the published presets, and from when a version may begin.

Source: docs/rules.md, "The policy".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, time
from decimal import Decimal
from typing import Any


class BadPolicy(Exception):
    """A policy value that cannot be meant; the text names the key."""


def _whole(value: Any) -> int:
    if isinstance(value, bool) or int(value) != value or value < 0:
        raise ValueError
    return int(value)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or Decimal(str(value)) < 0:
        raise ValueError
    return Decimal(str(value))


def _some(value: Any) -> int:
    """A whole number from 1: what others are divided by or counted in."""
    if (number := _whole(value)) < 1:
        raise ValueError
    return number


def _some_decimal(value: Any) -> Decimal:
    if (number := _decimal(value)) <= 0:
        raise ValueError
    return number


def _share(value: Any) -> Decimal:
    if (share := _decimal(value)) > 1:
        raise ValueError
    return share


def _day_of_month(value: Any) -> int:
    if (day := _some(value)) > 31:
        raise ValueError
    return day


def _clock(value: Any) -> time:
    if isinstance(value, int):  # YAML reads 08:00 without quotes as minutes of a base-60 number
        return time(value // 60, value % 60)
    hour, minute = str(value).split(":")
    return time(int(hour), int(minute))


def _months(value: Any) -> tuple[int, ...]:
    months = tuple(sorted({_whole(month) for month in value}))
    if any(not 1 <= month <= 12 for month in months):
        raise ValueError
    return months


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        raise ValueError
    return tuple(str(word) for word in value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _one_of(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return read


def _text(value: Any) -> str:
    return str(value)


@dataclass(frozen=True, slots=True)
class Mastery:
    """When an objective counts as mastered: on so many visits in a row with at least this level of prompt, or this share right.

    None: that way is not asked for; one of the two always is.
    """

    level: int | None = 5
    share: Decimal | None = Decimal("0.8")
    visits: int = 3

    def plain(self) -> dict[str, Any]:
        return {"level": self.level, "share": None if self.share is None else _plain(self.share), "visits": self.visits}


def _mastery(value: Any) -> Mastery:
    if not isinstance(value, Mapping) or set(value) - {"level", "share", "visits"}:
        raise ValueError
    level, share = value.get("level", 5), value.get("share", 0.8)
    read = Mastery(
        level=None if level is None else _some(level),
        share=None if share is None else _share(share),
        visits=_some(value.get("visits", 3)),
    )
    if (read.level is None and read.share is None) or (read.level or 1) > 5 or read.share == 0:
        raise ValueError
    return read


@dataclass(frozen=True, slots=True)
class PolicyTerms:
    """What a county demands. None means the document says nothing, and the rule built on it does not judge."""

    age_min: int | None = 6
    age_max: int | None = 16  # inclusive: eligible until the day before the next birthday
    cert_required: bool = False
    period: str = "month"
    visits_per_period: int = 2
    lessons_per_visit: Decimal | None = Decimal(3)
    lesson_minutes: int = 40
    lessons_per_year: int | None = 60
    exempt_months: tuple[int, ...] = ()
    makeup_per_week: int = 2
    counting_purposes: tuple[str, ...] = ("teaching", "rehabilitation", "training", "assessment")
    min_staff: int = 2
    day_start: time = time(8)
    day_end: time = time(18)
    remote_max_share: Decimal | None = Decimal("0.5")
    workload_lessons_per_visit: Decimal | None = Decimal(3)
    missed_visit_workload: Decimal = Decimal(1)
    photo_min: int = 2
    parent_confirm: tuple[str, ...] = ("signature", "thumbprint", "proxy", "paper", "link", "phone")
    confirm_period: str = "visit"
    record_due_hours: int = 168
    submit_due_day: int = 28
    prepare_day: int = 25
    plan_due_date: str = "09-24"
    reassess_months: int = 12
    budget_per_student_year: Decimal | None = Decimal(6000)
    budget_categories: tuple[str, ...] = ("意外保险", "交通", "误餐", "教具", "其他")
    approval_chain: tuple[str, ...] = ("学校", "乡镇", "县局")
    auto_submit: bool = False
    mastery: Mastery | None = Mastery()

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> PolicyTerms:
        """Terms from plain JSON or YAML values; keys left out take the default. Raises BadPolicy."""
        if unknown := sorted(set(values) - set(READERS)):
            raise BadPolicy(f"政策里没有“{unknown[0]}”这一项。")
        read: dict[str, Any] = {}
        for key, value in values.items():
            if value is None:
                if key not in NULLABLE:
                    raise BadPolicy(f"政策项“{key}”不能为空。")
                read[key] = None
                continue
            try:
                read[key] = READERS[key](value)
            except (ValueError, TypeError, ArithmeticError) as bad:
                raise BadPolicy(f"政策项“{key}”的值“{value}”不对。") from bad
        terms = cls(**read)
        if terms.day_end <= terms.day_start:
            raise BadPolicy("政策项“day_end”要晚于“day_start”。")
        if terms.age_min is not None and terms.age_max is not None and terms.age_max < terms.age_min:
            raise BadPolicy("政策项“age_max”不能小于“age_min”。")
        return terms

    def plain(self) -> dict[str, Any]:
        """The same terms as JSON values: what `read` reads back."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, tuple):
        return list(value)
    return value.plain() if isinstance(value, Mastery) else value


READERS = {
    "age_min": _whole,
    "age_max": _whole,
    "cert_required": _flag,
    "period": _one_of("month", "week"),
    "visits_per_period": _some,
    "lessons_per_visit": _some_decimal,
    "lesson_minutes": _some,
    "lessons_per_year": _whole,
    "exempt_months": _months,
    "makeup_per_week": _some,
    "counting_purposes": _words,
    "min_staff": _whole,
    "day_start": _clock,
    "day_end": _clock,
    "remote_max_share": _share,
    "workload_lessons_per_visit": _decimal,
    "missed_visit_workload": _decimal,
    "photo_min": _whole,
    "parent_confirm": _words,
    "confirm_period": _one_of("visit", "month"),
    "record_due_hours": _whole,
    "submit_due_day": _day_of_month,
    "prepare_day": _day_of_month,
    "plan_due_date": _text,
    "reassess_months": _some,
    "budget_per_student_year": _decimal,
    "budget_categories": _words,
    "approval_chain": _words,
    "auto_submit": _flag,
    "mastery": _mastery,
}
NULLABLE = frozenset(
    {
        "age_min",
        "age_max",
        "lessons_per_visit",
        "lessons_per_year",
        "remote_max_share",
        "workload_lessons_per_visit",
        "budget_per_student_year",
        "mastery",
    }
)

_TABLE = (
    "age_min",
    "age_max",
    "period",
    "visits_per_period",
    "lessons_per_visit",
    "lessons_per_year",
    "budget_per_student_year",
    "workload_lessons_per_visit",
)


def _preset(*row: Any) -> dict[str, Any]:
    return dict(zip(_TABLE, row, strict=True))


# Facts of published documents. None: the document says nothing.
PRESETS: dict[str, dict[str, Any]] = {
    "上林县 2021": _preset(6, 16, "month", 2, 3, 60, 6000, 3),
    "广西 2019": _preset(6, 16, "month", 2, 3, 60, None, 4),
    "甘肃 2018": _preset(6, 15, "week", 1, 2, 60, 6000, 4),
    "山东": _preset(6, 15, "week", 2, 3, 216, 8000, None),
    "河南": _preset(6, 14, "week", 2, 3, 216, 6000, None),
    "万载县 2020": _preset(None, None, "month", 1, None, None, None, None),
    "校级周送教": _preset(7, 14, "week", 1, 2, None, None, None),
}
DEFAULT_PRESET = "上林县 2021"


def policy_values(preset: str, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The whole policy, as JSON values, that a preset with overrides makes. Raises BadPolicy."""
    if preset not in PRESETS:
        raise BadPolicy(f"没有“{preset}”这个政策样式；可用的有：{'、'.join(PRESETS)}。")
    return PolicyTerms.read({**PRESETS[preset], **overrides}).plain()


def why_not_from(effective_on: date, *, on: date) -> str:
    """Why a further version may not begin that day, or an empty text.

    A month is judged by the policy in force on its first day, so a version begins with a month that lies wholly ahead.
    """
    if effective_on.day != 1 or (effective_on.year, effective_on.month) <= (on.year, on.month):
        return f"新版本要从今后某月的 1 日起，{effective_on} 不行。"
    return ""
