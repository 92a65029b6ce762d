"""What comes in from the pages of assessments and plans, well formed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from counties.models import Area as County
from counties.models import School
from office.refusals import Refused
from office.rules.drawing import MOST
from office.rules.strokes import WRONG_FORM
from office.uploads import check_size
from plans.actions.sampling import LONGEST_NOTE, LONGEST_SEED, Drawing
from plans.actions.signing import LONGEST_NAME, MOST_BYTES
from plans.codes import Area, AssessmentKind
from plans.models import PlanSignature
from plans.rules.content import LONGEST_STEP, MOST_STEPS
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
        self.fields["school"].label_from_instance = lambda school: school.name  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """For which term; empty, or going on from the last plan."""

    term = forms.ChoiceField(label="学期", widget=forms.RadioSelect)
    is_copied = forms.BooleanField(
        label="接着上一份计划：没有完成的目标带过来", required=False, initial=True, help_text="通过的和放弃的目标不带；目标的编号不变。"
    )

    def __init__(self, data: Mapping[str, Any] | None, *, terms: Sequence[Mapping[str, Any]], has_earlier: bool) -> None:
        self.terms = {f"{each['year']}-{each['term']}": each for each in terms}
        super().__init__(data, initial={"term": next(iter(self.terms), "")})
        self.fields["term"].choices = [(key, each["name"]) for key, each in self.terms.items()]  # type: ignore[attr-defined]
        if not has_earlier:
            del self.fields["is_copied"]

    def clean_term(self) -> dict[str, Any]:
        return {name: value for name, value in self.terms[self.cleaned_data["term"]].items() if name != "name"}

    @property
    def copies(self) -> bool:
        return bool(self.cleaned_data.get("is_copied"))


class LessonForm(forms.Form):
    """For which day or days, of which objectives of the plan; or going on from the last one."""

    on = day_field("日期")
    until = day_field("到", required=False, help_text="几次送教用同一份教案时，填最后一天；只一次就不填。")
    lessons = forms.DecimalField(label="每次课时", min_value=Decimal("0.5"), max_value=20, max_digits=4, decimal_places=1)
    is_copied = forms.BooleanField(
        label="接着上一份教案写：步骤、活动流程和家长做什么都带过来",
        required=False,
        help_text="计划里已经没有的目标不带；下面打勾的新目标加进去。",
    )
    keys = forms.MultipleChoiceField(label="练哪些目标", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, data: Mapping[str, Any] | None, *, objectives: Sequence[tuple[str, str]], on: date, lessons: Decimal, has_earlier: bool
    ) -> None:
        super().__init__(data, initial={"on": on, "lessons": lessons})
        self.fields["keys"].choices = objectives  # type: ignore[attr-defined]
        if not has_earlier:
            del self.fields["is_copied"]

    def clean_keys(self) -> list[UUID]:
        return [UUID(key) for key in self.cleaned_data["keys"]]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not told.get("keys") and not told.get("is_copied") and "keys" not in self.errors:
            self.add_error("keys", "请从计划里选至少一个目标。")
        return told


class ObjectiveForm(forms.Form):
    """An objective of the school's own."""

    school = forms.ModelChoiceField(School.objects.none(), label="学校", empty_label=None)
    area = forms.ChoiceField(label="领域", choices=Area.choices)
    goal = forms.CharField(label="长期目标", max_length=200)
    text = forms.CharField(label="短期目标（做什么）", max_length=300)
    criterion = forms.CharField(label="达成标准", max_length=200, help_text="例如：5 次对 4 次，连续三次送教。")
    steps = forms.CharField(
        label="动作分解", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="每行一步。"
    )
    materials = forms.CharField(label="材料", max_length=300, required=False, help_text="家里找得到的东西。")

    def __init__(self, data: Mapping[str, Any] | None, *, schools: Any) -> None:
        super().__init__(data)
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]

    def clean_steps(self) -> list[str]:
        steps = [line.strip() for line in self.cleaned_data["steps"].splitlines() if line.strip()]
        if len(steps) > MOST_STEPS or any(len(step) > LONGEST_STEP for step in steps):
            raise forms.ValidationError(f"最多 {MOST_STEPS} 步，每步最多 {LONGEST_STEP} 个字。")
        return steps


class SignatureForm(forms.Form):
    """Who signs, and how: the strokes that a script put into its field, or a picture of the paper."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="身份", choices=PlanSignature.Kind.choices)
    name = forms.CharField(label="姓名", max_length=LONGEST_NAME)
    relation = forms.CharField(label="与学生关系", max_length=LONGEST_NAME, required=False)
    on = day_field("签字日期")
    strokes = forms.CharField(required=False, widget=forms.HiddenInput)
    paper = forms.FileField(
        label="拍下签好的纸", required=False, allow_empty_file=True, widget=forms.FileInput(attrs={"accept": "image/*"})
    )

    def clean_strokes(self) -> Any:
        try:
            return json.loads(self.cleaned_data["strokes"] or "null")
        except (ValueError, RecursionError):
            raise forms.ValidationError(WRONG_FORM) from None

    def clean_paper(self) -> bytes | None:
        given: Any = self.cleaned_data.get("paper")
        if given is None:
            return None
        try:
            check_size(given, limit=MOST_BYTES)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return bytes(given.read())


class ReasonForm(forms.Form):
    reason = forms.CharField(label="查看的理由", max_length=200)


class SampleForm(forms.Form):
    """How many plans of the county to draw, and of which."""

    school = forms.ModelChoiceField(School.objects.none(), label="范围", required=False, empty_label="全县")
    how = forms.ChoiceField(label="抽多少", choices=[("count", "份"), ("percent", "%")], widget=forms.RadioSelect, initial="count")
    number = forms.IntegerField(label="数", min_value=1, max_value=MOST, initial=5)
    by_school = forms.BooleanField(label="每所学校分别抽", required=False, help_text="勾上：每所学校都抽这么多；不勾：全部放在一起抽。")
    note = forms.CharField(label="说明", max_length=LONGEST_NOTE, required=False)
    seed = forms.CharField(
        label="种子",
        max_length=LONGEST_SEED,
        help_text="可以改成当场抽的数。同一份名单、同一个种子，谁来抽都是同一批。",
    )

    def __init__(self, data: Mapping[str, Any] | None, *, schools: Any, counties: Collection[str], seed: str) -> None:
        super().__init__(data, initial={"seed": seed})
        self.counties = sorted(counties)
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]
        self.fields["school"].label_from_instance = lambda school: school.name  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        if given.get("how") == "percent" and (given.get("number") or 0) > 100:
            raise forms.ValidationError("百分比最多 100。")
        return given

    @property
    def county(self) -> County:
        """The school's; without one the person's first."""
        school = self.cleaned_data["school"]
        return school.county if school else County.objects.get(pk=self.counties[0])

    @property
    def drawing(self) -> Drawing:
        given = self.cleaned_data
        sizes = {"count": None, "percent": None} | {given["how"]: given["number"]}
        return Drawing(school=given["school"], by_school=given["by_school"], seed=given["seed"], note=given["note"], **sizes)
