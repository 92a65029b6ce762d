"""What is asked of one child, and what is changed of its case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import Post, User
from accounts.rules import Role
from students.models import Case, Student
from students.rules.lines import FIELDS

PHONE = "phone"


class RevealForm(forms.Form):
    """Which sealed value of the child is asked for; a guardian's phone is named `phone:` and the guardian's number."""

    field = forms.CharField(widget=forms.HiddenInput, max_length=40)
    reason = forms.CharField(label="查看的理由", required=False, max_length=200)

    def __init__(self, *args: Any, student: Student, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.student = student

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.shown = cleaned.get("field", "")
        name, _, key = self.shown.partition(":")
        guardian = self.student.guardians.filter(pk=key).first() if name == PHONE and key.isdecimal() else None
        if name not in FIELDS or (name == PHONE and guardian is None):
            raise forms.ValidationError("没有这一项。")
        self.label = FIELDS[name]
        return {"field": name, "guardian": guardian, "reason": cleaned.get("reason", "").strip()}


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=DayInput(), input_formats=["%Y-%m-%d"], help_text=help_text)


class PauseForm(forms.Form):
    starts_on = day_field("暂停自")
    ends_on = day_field("恢复于", required=False, help_text="还不知道就留空；当天起恢复送教。")
    reason = forms.CharField(label="原因", max_length=100, help_text="例如：住院、外出。")


class ResumeForm(forms.Form):
    on = day_field("恢复于", help_text="当天起恢复送教。")


class RemoteForm(forms.Form):
    until = day_field("以远程为主，至", help_text="含这一天。")
    reason = forms.CharField(label="理由", max_length=200, help_text="例如：住在康复机构。")


class TeamForm(forms.Form):
    """Whoever works at the case's school, and who is on the case already."""

    team = forms.ModelMultipleChoiceField(User.objects.none(), label="责任教师", widget=forms.CheckboxSelectMultiple)
    on = day_field("自何日起")

    def __init__(self, data: Mapping[str, Any] | None, *, case: Case, on: date) -> None:
        present = User.objects.filter(case_posts__case=case).filter(Q(case_posts__ends_on=None) | Q(case_posts__ends_on__gt=on))
        super().__init__(data, initial={"team": present, "on": on})
        working = Post.objects.in_force(on).filter(school=case.school_id, role__in=[Role.TEACHER, Role.SCHOOL_ADMIN, Role.PRINCIPAL])
        people = User.objects.filter(Q(pk__in=working.values("user")) | Q(pk__in=present.values("pk"))).order_by("name", "pk")
        choice = self.fields["team"]
        choice.queryset = people  # type: ignore[attr-defined]
        choice.label_from_instance = lambda user: user.name  # type: ignore[attr-defined]
