from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms

from accounts.actions.people import NewPerson, NewPost
from accounts.models import User
from accounts.querysets import UserQuerySet, schools_to_staff
from accounts.rules import COUNTY_ROLES, ROLE_NAMES, Role
from accounts.rules.appointments import roles_to_give
from accounts.rules.usernames import username_for
from counties.models import Area, School

ALL = ("", "全部")
STATES = {"active": "在用", "disabled": "已停用", "first_password": "未改初始密码", "never": "从未登录"}
ORDERS = {"name": "name", "username": "username", "last_login": "last_login"}


class PersonFilter(forms.Form):
    """Narrows and orders the accounts somebody looks after."""

    q = forms.CharField(label="姓名或登录名", required=False, max_length=40)
    school = forms.ModelChoiceField(School.objects.none(), label="学校", required=False, empty_label="全部")
    role = forms.ChoiceField(label="职责", required=False, choices=[ALL, *((role.value, name) for role, name in ROLE_NAMES.items())])
    state = forms.ChoiceField(label="状态", required=False, choices=[ALL, *STATES.items()])
    sort = forms.ChoiceField(
        required=False, widget=forms.HiddenInput, choices=[(key, key) for order in ORDERS for key in (order, f"-{order}")]
    )

    def __init__(self, data: Any, *, by: User) -> None:
        super().__init__(data)
        schools = schools_to_staff(by.reach)
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]
        self.fields["school"].label_from_instance = lambda school: school.name  # type: ignore[attr-defined]
        if schools.count() < 2:
            del self.fields["school"]

    @property
    def order(self) -> str:
        return str(self.cleaned_data.get("sort") or "name") if self.is_valid() else "name"

    def narrowed(self, people: UserQuerySet) -> UserQuerySet:
        """The accounts asked for, in order; none while the filter makes no sense."""
        if not self.is_valid():
            return people.none()
        asked = self.cleaned_data
        people = people.matching(asked["q"]).in_state(asked["state"])
        if asked.get("school") or asked["role"]:
            people = people.with_post(school=asked.get("school"), role=asked["role"])
        return people.order_by(("-" if self.order.startswith("-") else "") + ORDERS[self.order.lstrip("-")], "username")


class TickedForm(forms.Form):
    """Some of the people on the list."""

    person = forms.ModelMultipleChoiceField(User.objects.none())

    def __init__(self, data: Any, *, people: UserQuerySet) -> None:
        super().__init__(data)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class PostForm(forms.Form):
    """A role and where: at a school, or for the county of whoever gives it."""

    role = forms.ChoiceField(label="职责")
    school = forms.ModelChoiceField(School.objects.none(), label="学校", required=False, empty_label="（县局的职责不选学校）")
    starts_on = forms.DateField(
        label="从哪天起", required=False, help_text="不填就是现在起。", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None, *, by: User) -> None:
        super().__init__(data)
        self.by = by
        self.fields["role"].choices = [(role.value, ROLE_NAMES[role]) for role in roles_to_give(by.reach)]  # type: ignore[attr-defined]
        schools = schools_to_staff(by.reach)
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]
        self.fields["school"].label_from_instance = lambda school: school.name  # type: ignore[attr-defined]
        self.only_school = schools.first() if schools.count() == 1 and not by.reach.holds(Role.COUNTY_STAFF) else None
        if self.only_school:
            del self.fields["school"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        role, school = values.get("role"), self.only_school or values.get("school")
        if role and role not in COUNTY_ROLES and not school and "school" not in self.errors:
            self.add_error("school", "请选择学校。")
        values["school"] = None if role in COUNTY_ROLES else school
        return values

    @property
    def post(self) -> NewPost:
        asked = self.cleaned_data
        role = Role(asked["role"])
        area = Area.objects.get(pk=self.by.reach.county) if role in COUNTY_ROLES else None
        return NewPost(role=role, school=asked["school"], area=area, starts_on=asked["starts_on"])


class PersonForm(PostForm):
    """A new account with its first post; the username may be left to the program."""

    name = forms.CharField(label="姓名", max_length=40)
    username = forms.CharField(
        label="登录名",
        required=False,
        max_length=30,
        help_text="不填就按姓名的拼音取。用小写字母和数字。",
        validators=User._meta.get_field("username").validators[:1],
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    id = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput, required=False)
    field_order = ["name", "username", "role", "school", "starts_on"]

    def clean_name(self) -> str:
        return "".join(self.cleaned_data["name"].split())

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if username and User.objects.filter(username=username).exists():
            raise forms.ValidationError("这个登录名已有人用，请换一个或留空。")
        return username

    @property
    def person(self) -> NewPerson:
        name = self.cleaned_data["name"]
        username = self.cleaned_data["username"] or username_for(name, taken=set(User.objects.values_list("username", flat=True)))
        return NewPerson(username=username, name=name, post=self.post, id=self.cleaned_data["id"] or uuid4())


class SheetForm(forms.Form):
    sheet = forms.FileField(label="人员表（.xlsx）", allow_empty_file=True, widget=forms.FileInput(attrs={"accept": ".xlsx"}))
