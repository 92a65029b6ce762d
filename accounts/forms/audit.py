from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.rules.audit_words import VERBS
from office.models import INSTALLATION, AuditChain
from office.querysets import AuditLineQuerySet

ALL = ("", "全部")
DAYS = 31
ORDER = ("at", "chain", "number")


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class AuditFilter(forms.Form):
    """Narrows the lines a person may read; an address that asks for no days shows the last 31."""

    who = forms.CharField(label="谁（姓名或登录名）", required=False, max_length=40)
    verb = forms.ChoiceField(label="事项", required=False, choices=[ALL, *sorted(VERBS.items(), key=lambda item: item[1])])
    scope = forms.ChoiceField(label="审计链", required=False)
    since = _day("日期从")
    until = _day("到")
    sort = forms.ChoiceField(required=False, widget=forms.HiddenInput, choices=[("at", "at"), ("-at", "-at")])

    def __init__(self, data: Any, *, scopes: frozenset[str] | None, on: date) -> None:
        given = {name: data.get(name, "") for name in self.base_fields}
        if not given["since"] and not given["until"]:
            given["since"] = (on - timedelta(days=DAYS)).isoformat()
        super().__init__(given)
        known = list(AuditChain.objects.order_by("scope").values_list("scope", flat=True)) if scopes is None else sorted(scopes)
        self.fields["scope"].choices = [ALL, *((scope, "本系统" if scope == INSTALLATION else scope) for scope in known)]  # type: ignore[attr-defined]
        if len(known) < 2:
            self.fields["scope"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("since") and values.get("until") and values["since"] > values["until"]:
            self.add_error("until", "结束的日期早于开始的日期。")
        return values

    @property
    def order(self) -> str:
        return str(self.cleaned_data.get("sort") or "-at") if self.is_valid() else "-at"

    @property
    def columns(self) -> tuple[str, ...]:
        """What the lines are sorted by, down to the one line."""
        return ORDER if self.order == "at" else tuple(f"-{column}" for column in ORDER)

    def narrowed(self, lines: AuditLineQuerySet) -> AuditLineQuerySet:
        """The lines asked for, in order; none while the filter makes no sense."""
        if not self.is_valid():
            return lines.none()
        asked = self.cleaned_data
        if asked["scope"]:
            lines = lines.of(asked["scope"])
        if asked["verb"]:
            lines = lines.filter(verb=asked["verb"])
        if asked["since"]:
            lines = lines.filter(at__gte=_midnight(asked["since"]))
        if asked["until"]:
            lines = lines.filter(at__lt=_midnight(asked["until"] + timedelta(days=1)))
        if asked["who"]:
            people = list(User.objects.matching(asked["who"]).values_list("pk", flat=True))
            lines = lines.filter(Q(by__in=people) | Q(subject__in=people))
        return lines.order_by(*self.columns)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
