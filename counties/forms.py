"""What people type about a county's policy and calendar, well formed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from counties.models import Holiday, MakeUpDay, Term
from counties.rules import NULLABLE, PRESETS, BadPolicy, PolicyTerms
from counties.rules.words import LABELS

CHOICES = {"period": [("month", "按月"), ("week", "按周")], "confirm_period": [("visit", "每次"), ("month", "每月一次")]}
WORDS = ("counting_purposes", "parent_confirm", "budget_categories", "approval_chain", "plan_due_date")
"""Kept as the version before has them: lists of words that later parts of the product read."""
LEVELS = {5: "5 独立", 4: "4 口头提示", 3: "3 手势", 2: "2 示范", 1: "1 部分身体"}


class MonthField(forms.DateField):
    """A month, as its first day."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
        super().__init__(input_formats=["%Y-%m"], widget=widget, error_messages={"invalid": "请写成 2026-12 这样。"}, **kwargs)


class PolicyForm(forms.Form):
    """All numbers of a policy; what is left empty is 未规定 where the policy may be silent."""

    effective_on = MonthField(label="从哪个月起", help_text="只能从今后的某个月 1 日起；已经开始的月份按原来的政策。")

    def __init__(self, data: Any = None, *, base: Mapping[str, Any]) -> None:
        told = {key: shown(key, value) for key, value in base.items() if key != "mastery"}
        super().__init__(data, initial=told | _mastery_shown(base.get("mastery", {})))
        self.base = base
        for key, label in LABELS.items():
            if key == "mastery":
                self.fields |= _mastery_fields()
            elif key not in WORDS:
                self.fields[key] = _field(key, label)

    @property
    def values(self) -> dict[str, Any]:
        return {key: self.base[key] for key in WORDS} | {key: self.cleaned_data[key] for key in LABELS if key not in WORDS}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not set(MASTERY) & set(self.errors):
            values["mastery"] = _mastery_read(values)
            self._judge("mastery", {"mastery": values["mastery"]})
        for key in LABELS:
            if key != "mastery" and key in values and key not in WORDS:
                values[key] = _read(key, values[key])
                self._judge(key, {key: values[key]})
        if not self.errors:
            self._judge(None, self.values)
        return values

    def _judge(self, key: str | None, values: dict[str, Any]) -> None:
        try:
            PolicyTerms.read(values)
        except BadPolicy as bad:
            self.add_error("mastery_visits" if key == "mastery" else key, "这个数不对。" if key else str(bad))


def _field(key: str, label: str) -> forms.Field:
    default = getattr(PolicyTerms(), key)
    if key in CHOICES:
        return forms.ChoiceField(label=label, choices=CHOICES[key])
    if isinstance(default, bool):
        return forms.BooleanField(label=label, required=False)
    if key == "exempt_months":
        return forms.CharField(label=label, required=False, help_text="如：2、8；没有就空着。")
    field: type[forms.Field] = forms.IntegerField if isinstance(default, int) else forms.DecimalField
    if key in ("day_start", "day_end"):
        return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    help_text = "空着就是未规定。" if key in NULLABLE else ""
    return field(label=label, required=key not in NULLABLE, help_text=help_text, min_value=0)  # type: ignore[call-arg]


MASTERY = ("mastery_level", "mastery_share", "mastery_visits")


def _mastery_fields() -> dict[str, forms.Field]:
    """When a short-term objective counts as mastered; three fields of one key."""
    levels = [("", "不看提示程度"), *((str(number), words) for number, words in LEVELS.items())]
    return {
        "mastery_level": forms.ChoiceField(label="短期目标掌握：提示程度至少", choices=levels, required=False),
        "mastery_share": forms.DecimalField(
            label="或做对至少（%）", required=False, min_value=1, max_value=100, help_text="空着就不看做对多少。"
        ),
        "mastery_visits": forms.IntegerField(
            label="连续几次送教都这样", required=False, min_value=1, max_value=20, help_text="空着就是未规定，不判断是否掌握。"
        ),
    }


def _mastery_shown(mastery: Mapping[str, Any] | None) -> dict[str, Any]:
    if mastery is None:
        return {}
    told = PolicyTerms.read({"mastery": mastery}).mastery
    if told is None:
        return {}
    share = None if told.share is None else f"{float(told.share * 100):g}"
    return {"mastery_level": told.level, "mastery_share": share, "mastery_visits": told.visits}


def _mastery_read(values: Mapping[str, Any]) -> dict[str, Any] | None:
    level, share, visits = (values.get(name) for name in MASTERY)
    if visits is None:
        return None
    return {"level": int(level) if level else None, "share": None if share is None else float(share) / 100, "visits": visits}


def _read(key: str, value: Any) -> Any:
    """The form's value as the policy reads it."""
    if key == "exempt_months":
        return [int(month) for month in re.findall(r"\d{1,4}", value)]
    if key in ("day_start", "day_end"):
        return f"{value:%H:%M}"
    return value


def shown(key: str, value: Any) -> Any:
    """A policy's plain value as its field shows it."""
    return "、".join(map(str, value)) if key == "exempt_months" else value


class PresetForm(forms.Form):
    """Which preset a new version starts from; empty: the version before."""

    preset = forms.ChoiceField(
        label="以哪个样式为底", required=False, choices=[("", "现在的政策"), *((preset, preset) for preset in PRESETS)]
    )


class DayForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row of a county's calendar; the instance brings its county, which is never typed."""

    def __init__(self, data: Any = None, *, instance: Any) -> None:
        super().__init__(data, instance=instance)
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"county"}  # type: ignore[misc,no-any-return]


class TermForm(DayForm):
    class Meta:
        model = Term
        fields = ("name", "starts_on", "ends_on")


class HolidayForm(DayForm):
    class Meta:
        model = Holiday
        fields = ("name", "starts_on", "ends_on")


class MakeUpDayForm(DayForm):
    class Meta:
        model = MakeUpDay
        fields = ("on",)


class YearForm(forms.Form):
    """A calendar year; without one, the year of `on`."""

    year = forms.IntegerField(label="年份", min_value=2004, max_value=2100)

    def __init__(self, data: Any, *, on: date) -> None:
        super().__init__({"year": on.year} if "year" not in data else data)
