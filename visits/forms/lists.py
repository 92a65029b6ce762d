"""Which visits a list shows, and in what order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from accounts.models import User
from accounts.rules import COUNTY_ROLES, Role
from accounts.rules.names import name_key
from counties.models import School
from counties.rules import school_year_of, school_year_span
from office.paging import Stretch, stretch
from visits.querysets import VisitRecordQuerySet
from visits.rules.lines import MODES, OUTCOMES, Line, Measure

ALL = ("", "全部")
ORDERS = {
    "on": ("on", "pk"),
    "child": ("student__name_key", "on", "pk"),
    "school": ("school__code", "on", "pk"),
    "lessons": ("lessons", "on", "pk"),
}
NEWEST = "-on"


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class VisitFilter(forms.Form):
    """Narrows the visits of `schools`; an address that asks for nothing shows those of the school year of `on`.

    `student` and `teacher` are ids that links bring along; `delivered` leaves what counts as delivered.
    """

    q = forms.CharField(label="学生姓名", required=False, max_length=40)
    school = forms.ChoiceField(label="学校", required=False)
    teacher = forms.UUIDField(label="教师", required=False, widget=forms.Select)
    state = forms.ChoiceField(label="情况", required=False, choices=[ALL, *((key, word) for key, (word, _) in OUTCOMES.items())])
    mode = forms.ChoiceField(label="形式", required=False, choices=[ALL, *MODES.items()])
    delivered = forms.BooleanField(label="只看计入已送的", required=False)
    empty = forms.BooleanField(required=False, widget=forms.HiddenInput)  # outings that found nobody
    student = forms.UUIDField(required=False, widget=forms.HiddenInput)
    sort = forms.ChoiceField(
        required=False, widget=forms.HiddenInput, choices=[(key, key) for order in ORDERS for key in (order, f"-{order}")]
    )

    def __init__(self, data: Mapping[str, Any], *, schools: Sequence[School], user: User, on: date) -> None:
        is_bare = not any(name in data for name in ("from", "to", *self.base_fields) if name != "sort")
        super().__init__({**data, "from": school_year_span(school_year_of(on)).first} if is_bare else data)
        self.fields = {"from": _day("日期从"), "to": _day("到"), **self.fields}
        self.user = user
        self._offer_schools(schools)
        self._offer_teachers(schools)

    def _offer_schools(self, schools: Sequence[School]) -> None:
        if len(schools) > 1:
            self.fields["school"].choices = [ALL, *((str(school.pk), school.name) for school in schools)]  # type: ignore[attr-defined]
        else:
            del self.fields["school"]

    def _offer_teachers(self, schools: Sequence[School]) -> None:
        """The teachers of the school chosen, or of one's own; a county's are too many to offer at once."""
        chosen = [school for school in schools if str(school.pk) == self.data.get("school")]
        if not chosen and self.user.reach.holds(*COUNTY_ROLES):
            self.fields["teacher"].widget = forms.HiddenInput()
            return
        teachers = User.objects.filter(posts__school__in=chosen or schools, posts__role=Role.TEACHER).order_by("name", "pk").distinct()
        widget = self.fields["teacher"].widget
        widget.choices = [ALL, *((str(pk), name) for pk, name in teachers.values_list("pk", "name"))]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("from") and cleaned.get("to") and cleaned["from"] > cleaned["to"]:
            self.add_error("to", "结束的日期早于开始的日期。")
        return cleaned

    @property
    def order(self) -> str:
        """What the list is sorted by, `-` before it when descending."""
        return str(self.cleaned_data.get("sort") or NEWEST)

    def narrowed(self, records: VisitRecordQuerySet, measure: Measure) -> VisitRecordQuerySet:
        """The records asked for; none while the filter makes no sense. Names are looked for only where the reader knows the child."""
        if not self.is_valid():
            return records.none()
        asked = self.cleaned_data
        plain = {
            "on__gte": asked["from"],
            "on__lte": asked["to"],
            "school": asked.get("school"),
            "student": asked["student"],
            "visit__mode": asked["mode"],
        }
        records = records.filter(**{name: value for name, value in plain.items() if value})
        if asked["teacher"]:
            records = records.made_by(asked["teacher"])
        if asked["q"]:
            records = records.open_to(self.user).filter(student__name_key__contains=name_key(asked["q"]))
        if asked["state"]:
            records = records.with_outcome(asked["state"])
        if asked["empty"]:
            records = records.of_empty_outings()
        return records.delivered(measure) if asked["delivered"] else records

    @property
    def columns(self) -> tuple[str, ...]:
        """What the list is sorted by, down to the one record, which comes last."""
        columns = ORDERS[self.order.lstrip("-")]
        return tuple(f"-{column}" for column in columns) if self.order.startswith("-") else columns

    def ids(self, records: VisitRecordQuerySet) -> Any:
        """The records' ids in the order asked for."""
        return records.order_by(*self.columns).values_list("pk", flat=True)

    def page(self, records: VisitRecordQuerySet, *, size: int) -> Stretch:
        """One page of them: a row holds the values of `columns`."""
        rows = records.values_list(*(column.lstrip("-") for column in self.columns))
        return stretch(rows, self.columns, self.data, size=size)

    def arranged(self, lines: list[Line]) -> list[Line]:
        """A page sorted by day, by the hour within each day."""
        if self.order.lstrip("-") != "on":
            return lines
        return sorted(lines, key=lambda line: (line.starts_at, line.visit_id), reverse=self.order.startswith("-"))


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DayInput(), input_formats=["%Y-%m-%d"])


class YearFilter(forms.Form):
    """One school year, of this one and the five before; the present one unless another is asked for."""

    year = forms.TypedChoiceField(label="学年", required=False, coerce=int, empty_value=None)

    def __init__(self, data: Mapping[str, Any], *, on: date) -> None:
        self.present = school_year_of(on)
        super().__init__(data if "year" in data else {"year": self.present})
        self.fields["year"].choices = [(year, f"{year}—{year + 1} 学年") for year in range(self.present, self.present - 6, -1)]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> int:
        return int((self.is_valid() and self.cleaned_data["year"]) or self.present)
