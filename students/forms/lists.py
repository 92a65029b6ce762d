"""Which children a list shows, and whom somebody looks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from accounts.models import User
from accounts.rules import COUNTY_ROLES, Role
from counties.models import School
from office.fields import Unreadable, unseal
from students.codes import Disability
from students.querysets import StudentQuerySet
from students.rules.lines import STANDINGS, years_before

ALL = ("", "全部")
ORDERS = {
    "name": ("name_key", "birth_on", "pk"),
    "age": ("birth_on", "name_key", "pk"),
    "school": ("school_code", "name_key", "pk"),
    "state": ("standing", "name_key", "pk"),
}
OF_THE_CASE = ("school", "state", "teacher")  # filters and orders that look at the current case
SHOWN_STATES = ("active", "suspended", "exited", "identified", "none")
SEARCH = "students.search"


class StudentFilter(forms.Form):
    """Narrows a list of children. `s` is what somebody looked for, sealed: names stand in no address."""

    school = forms.ChoiceField(label="学校", required=False)
    state = forms.ChoiceField(label="状态", required=False)
    disability = forms.ChoiceField(label="残疾类别", required=False, choices=[ALL, *Disability.choices])
    age_from = forms.IntegerField(label="年龄从", required=False, min_value=0, max_value=99)
    age_to = forms.IntegerField(label="到", required=False, min_value=0, max_value=99)
    teacher = forms.UUIDField(label="责任教师", required=False, widget=forms.Select)
    s = forms.CharField(required=False, widget=forms.HiddenInput, max_length=400)
    sort = forms.ChoiceField(
        required=False, widget=forms.HiddenInput, choices=[(key, key) for order in ORDERS for key in (order, f"-{order}")]
    )

    def __init__(self, data: Mapping[str, Any], *, schools: Sequence[School], user: User) -> None:
        super().__init__(data)
        self.user = user
        words = {"none": STANDINGS[""][0]} | {state: word for state, (word, _) in STANDINGS.items() if state}
        self.fields["state"].choices = [ALL, *((state, words[state]) for state in SHOWN_STATES)]  # type: ignore[attr-defined]
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

    def clean_s(self) -> str:
        """What was looked for; nothing when the address was altered."""
        try:
            return unseal(self.cleaned_data["s"], purpose=SEARCH)
        except Unreadable:
            raise forms.ValidationError("查找的内容读不出来，请重新查找。") from None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        low, high = cleaned.get("age_from"), cleaned.get("age_to")
        if low is not None and high is not None and low > high:
            self.add_error("age_to", "年龄的上限小于下限。")
        return cleaned

    @property
    def looked_for(self) -> str:
        return str(self.cleaned_data.get("s", "")) if self.is_bound and not self.errors else ""

    @property
    def order(self) -> str:
        """What the list is sorted by, `-` before it when descending."""
        return str((self.is_valid() and self.cleaned_data["sort"]) or "name")

    def narrowed(self, students: StudentQuerySet, on: date) -> StudentQuerySet:
        """The children asked for, with their current cases where filter or order ask for them; none while the filter makes no sense."""
        if not self.is_valid():
            return students.none()
        asked = self.cleaned_data
        if any(asked.get(name) for name in OF_THE_CASE) or self.order.lstrip("-") in OF_THE_CASE:
            students = students.with_current_case(self.user, on)
        exact = {"school_id": asked.get("school"), "disability": asked["disability"], "standing": asked["state"]}
        conditions = {name: value for name, value in exact.items() if value}
        if asked["state"] == "none":
            conditions["standing"] = None
        students = students.filter(**conditions)
        if asked["age_from"] is not None:
            students = students.filter(birth_on__lte=years_before(on, asked["age_from"]))
        if asked["age_to"] is not None:
            students = students.filter(birth_on__gt=years_before(on, asked["age_to"] + 1))
        if asked["teacher"]:
            students = students.taught_by(asked["teacher"], on)
        # Names are looked for only where the reader knows the child.
        return students.open_to(self.user).matching(asked["s"]) if asked["s"] else students

    def ids(self, students: StudentQuerySet) -> Any:
        """The children's ids in the order asked for."""
        columns = ORDERS[self.order.lstrip("-")]
        order = [f"-{column}" for column in columns] if self.order.startswith("-") else columns
        return students.order_by(*order).values_list("pk", flat=True)


class SearchForm(forms.Form):
    """A name, its pinyin initials, or a whole ID number."""

    q = forms.CharField(
        label="姓名、拼音首字母或完整身份证号",
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"required": "请写上要找的姓名、拼音首字母或身份证号。"},
    )
