"""What comes in from the pages of assessments and plans, well formed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from counties.models import School
from plans.codes import AssessmentKind
from plans.rules.scales import Scale
from students.forms.children import day_field


class AssessmentForm(forms.Form):
    """Which scale, as what, on which day."""

    scale = forms.ChoiceField(label="量表", widget=forms.RadioSelect)
    kind = forms.ChoiceField(label="类别", choices=AssessmentKind.choices, widget=forms.RadioSelect)
    on = day_field("评估日期")

    def __init__(self, data: Mapping[str, Any] | None, *, scales: Sequence[Scale], today: date, has_earlier: bool) -> None:
        usual = {"on": today, "kind": AssessmentKind.REVIEW if has_earlier else AssessmentKind.BASELINE, "scale": scales[0].key}
        super().__init__(data, initial=usual)
        self.scales = {scale.key: scale for scale in scales}
        self.fields["scale"].choices = [(scale.key, f"{scale.name}（{_size(scale)}）") for scale in scales]  # type: ignore[attr-defined]

    def clean_scale(self) -> Scale:
        return self.scales[self.cleaned_data["scale"]]


def _size(scale: Scale) -> str:
    return "只填各领域总分" if scale.of_totals else f"{sum(len(domain.items) for domain in scale.domains)} 题"


class ScaleForm(forms.Form):
    """A scale of the school's own, as lines of text."""

    school = forms.ModelChoiceField(School.objects.none(), label="学校", empty_label=None)
    name = forms.CharField(label="名称", max_length=100)
    of_totals = forms.BooleanField(
        label="授权量表：只记各领域总分", required=False, help_text="买来或受版权保护的量表不要抄题目，只写“领域 满分”，例如：语言理解 40。"
    )
    text = forms.CharField(
        label="领域和题目",
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="领域单独一行；它的题目写在下面，每行一题，前面加“-”。每题按 0 到 3 分评。",
    )

    def __init__(self, data: Mapping[str, Any] | None, *, schools: Any) -> None:
        super().__init__(data)
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(label="查看的理由", max_length=200)
