"""What is said to a question."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator


class MonthField(forms.DateField):
    """`2026-10` as its first day, in years that records can be of."""

    def __init__(self) -> None:
        first, last = date(2010, 1, 1), date(2100, 1, 1)
        super().__init__(required=False, input_formats=["%Y-%m"], validators=[MinValueValidator(first), MaxValueValidator(last)])


class AnswerForm(forms.Form):
    """An answer to one question, and where it was written: on the visit's page, or in the list of a month."""

    record = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.CharField(widget=forms.HiddenInput, max_length=20)
    evidence = forms.CharField(widget=forms.HiddenInput, max_length=64)
    text = forms.CharField(required=False)  # the action says what is wrong with it
    month = MonthField()


class QuestionMonth(forms.Form):
    """The month whose questions are listed; the present one unless another is asked for."""

    month = MonthField()
