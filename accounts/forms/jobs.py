from __future__ import annotations

from typing import Any

from django import forms

from office.jobs import titles
from office.models import JobState
from office.querysets import JobQuerySet


class JobFilter(forms.Form):
    """Narrows the list of jobs; what makes no sense narrows nothing."""

    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), ("open", "没有结束的"), *JobState.choices])
    kind = forms.ChoiceField(label="事项", required=False, choices=lambda: [("", "全部"), *titles().items()])

    def narrowed(self, jobs: JobQuerySet) -> JobQuerySet:
        asked: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        return jobs.in_state(asked.get("state", "")).of_kind(asked.get("kind", ""))
