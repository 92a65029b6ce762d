"""What one fills in to take an archive away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from counties.models import School

WHY = "档案里有姓名、照片和健康情况，写明为什么要用，会留下记录。"


class ArchiveForm(forms.Form):
    """A school year, and why where that is asked for."""

    year = forms.TypedChoiceField(label="学年", coerce=int)
    reason = forms.CharField(label="理由", max_length=200, help_text=WHY)

    def __init__(self, data: Mapping[str, Any] | None, *, years: Sequence[int], needs_reason: bool) -> None:
        super().__init__(data)
        self.fields["year"].choices = [(year, f"{year}—{year + 1} 学年") for year in years]  # type: ignore[attr-defined]
        if not needs_reason:
            del self.fields["reason"]


class SchoolField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Schools by their names."""

    def label_from_instance(self, obj: School) -> str:
        return obj.name


class ArchivesForm(ArchiveForm):
    """The same of a whole school."""

    school = SchoolField(School.objects.none(), label="学校", empty_label=None)
    field_order = ("school", "year", "reason")

    def __init__(self, data: Mapping[str, Any] | None, *, schools: Any, years: Sequence[int], needs_reason: bool) -> None:
        super().__init__(data, years=years, needs_reason=needs_reason)
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]
