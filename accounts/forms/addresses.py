from __future__ import annotations

from typing import Any

from django import forms

from accounts.rules.addresses import DIGITS
from accounts.rules.deliveries import NEVER_QUIET, STATE_WORDS
from accounts.rules.notices import KINDS
from office.senders import Sender, channel_word, channels


class AddressForm(forms.Form):
    """Where the person is reached on one channel; `sender` names what is typed."""

    address = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}))

    def __init__(self, sender: Sender, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].label = sender.address_word


class CodeForm(forms.Form):
    code = forms.CharField(
        label="收到的确认码",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "size": DIGITS}),
    )


class KindsForm(forms.Form):
    """What goes out there; what cannot be declined is not asked."""

    wanted = forms.MultipleChoiceField(
        label="发哪些通知",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(kind, word) for kind, word in KINDS.items() if kind not in NEVER_QUIET],
    )

    def unwanted(self) -> list[str]:
        return [kind for kind, _ in self.base_fields["wanted"].choices if kind not in self.cleaned_data["wanted"]]  # type: ignore[attr-defined]


class DeliveryFilter(forms.Form):
    """Narrows the list of deliveries; what makes no sense narrows nothing."""

    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *STATE_WORDS.items()])
    channel = forms.ChoiceField(label="方式", required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        known = [(channel, channel_word(channel)) for channel in channels()]
        self.fields["channel"].choices = [("", "全部"), *known]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, str]:
        values = self.cleaned_data if self.is_valid() else {}
        return {name: value for name, value in values.items() if value}
