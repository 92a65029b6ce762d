"""A roster sheet sent, and the rows somebody agrees to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from counties.models import Area


class RosterForm(forms.Form):
    """A roster sheet for one of `counties`; whoever has only one is not asked."""

    county = forms.ModelChoiceField(Area.objects.none(), label="县(区)", empty_label=None)
    sheet = forms.FileField(
        label="花名册（.xlsx）",
        allow_empty_file=True,  # the check of workbooks has the better words
        widget=forms.FileInput(attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}),
    )

    def __init__(self, *args: Any, counties: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["county"]
        choice.queryset = Area.objects.filter(pk__in=counties)  # type: ignore[attr-defined]
        choice.label_from_instance = lambda county: county.name  # type: ignore[attr-defined]
        choice.initial = counties[0]
        if len(counties) == 1:
            choice.widget = forms.HiddenInput()


class AgreedRows(forms.Form):
    """The rows whose move or ending somebody ticked; others than those asked for are refused."""

    row = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, rows: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["row"].choices = [(row, str(row)) for row in rows]  # type: ignore[attr-defined]
