from __future__ import annotations

from typing import Any

from django import forms

from accounts.querysets import NoticeQuerySet
from accounts.rules.notices import KINDS

STATES = [("", "全部"), ("unread", "未读"), ("read", "已读")]


class NoticeFilter(forms.Form):
    """Narrows a person's notices; what makes no sense narrows nothing."""

    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    kind = forms.ChoiceField(label="事项", required=False, choices=[("", "全部"), *KINDS.items()])

    def narrowed(self, notices: NoticeQuerySet) -> NoticeQuerySet:
        asked: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        return notices.in_state(asked.get("state", "")).of_kind(asked.get("kind", ""))
