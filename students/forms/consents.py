"""What a guardian agrees to, as it is written down: one child's, or the papers of many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from students.actions.consents import Agreed
from students.forms.children import day_field
from students.models import Consent, Guardian, Student

ANSWERS = (("yes", "同意"), ("no", "不同意"), ("back", "撤回同意"))


class ConsentForm(forms.Form):
    kinds = forms.MultipleChoiceField(label="事项", choices=Consent.Kind.choices, widget=forms.CheckboxSelectMultiple)
    answer = forms.ChoiceField(label="监护人的意见", choices=ANSWERS, widget=forms.RadioSelect)
    given_by = forms.CharField(label="签字人", max_length=100)
    relation = forms.CharField(label="与学生关系", max_length=100, required=False)
    on = day_field("日期", help_text="签字的日期，或撤回的日期（当天起不算）。")

    def __init__(self, data: Mapping[str, Any] | None, *, student: Student, on: date) -> None:
        guardian = student.guardians.filter(kind=Guardian.Kind.GUARDIAN).first()
        told = {"given_by": guardian.name, "relation": guardian.relation} if guardian else {}
        super().__init__(data, initial={"on": on, "answer": "yes"} | told)


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A child of the sheet: what stands on record, and what is ticked."""

    student: Student
    standing: dict[str, Consent]
    given_by: str
    relation: str
    ticked: frozenset[str]

    @property
    def cells(self) -> list[tuple[str, str, Consent | None, bool]]:
        """Of each kind: its code and words, what is on record, whether it is ticked."""
        return [(str(kind), str(kind.label), self.standing.get(kind), kind in self.ticked) for kind in Consent.Kind]


class PapersForm(forms.Form):
    """The papers of many children, signed on one day: ticks named by kind and child, signers named `by-` and the child."""

    on = day_field("签字日期")

    def __init__(self, data: Any, *, children: Sequence[Student], standing: Mapping[Any, dict[str, Consent]], on: date) -> None:
        super().__init__(data, initial={"on": on})
        self.rows = [self._row(child, standing.get(child.pk, {})) for child in children]

    def _row(self, child: Student, standing: dict[str, Consent]) -> PaperRow:
        guardian = next((one for one in child.guardians.all() if one.kind == Guardian.Kind.GUARDIAN), None)
        named, relation = (guardian.name, guardian.relation) if guardian else ("", "")
        given_by = str(self.data.get(f"by-{child.pk}", named)).strip()[:100]
        ticked = frozenset(kind for kind in Consent.Kind.values if self.data.get(f"{kind}-{child.pk}"))
        return PaperRow(child, standing, given_by, relation if given_by == named else "", ticked)

    def papers(self) -> Iterator[Agreed]:
        for row in self.rows:
            if row.ticked:
                yield Agreed(row.student, sorted(row.ticked), row.given_by, row.relation)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not any(row.ticked for row in self.rows):
            raise forms.ValidationError("请勾选收到的同意书。")
        return cleaned
