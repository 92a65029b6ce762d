"""People in a sheet: judged row by row; good rows become accounts, bad ones go back with their reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO

from accounts.actions.people import NewPerson, NewPost
from accounts.models import User
from accounts.querysets import schools_to_staff
from accounts.rules import COUNTY_ROLES, ROLE_NAMES, Reach, Role
from accounts.rules.appointments import roles_to_give
from accounts.rules.county_file import USERNAME
from accounts.rules.names import name_key
from accounts.rules.usernames import username_for
from counties.models import Area, School
from office.refusals import Refused
from office.sheets_in import folded, text
from office.sheets_in.files import open_table

HEADERS = {
    "name": ("姓名", "人员姓名", "教师姓名"),
    "role": ("职责", "角色", "岗位"),
    "school": ("学校", "送教学校", "任职学校"),
    "username": ("登录名", "用户名", "账号"),
}
TITLES = tuple(names[0] for names in HEADERS.values())
MOST = 500  # people at once: each password takes about 20 ms to hash


@dataclass(frozen=True, slots=True)
class Typed:
    """A row as typed; `number` is the row's number in the sheet."""

    number: int
    name: str
    role: str
    school: str
    username: str

    @property
    def values(self) -> tuple[str, str, str, str]:
        return self.name, self.role, self.school, self.username


@dataclass(frozen=True, slots=True)
class Judged:
    """A row and what is wrong with it in words, or the account it makes."""

    typed: Typed
    person: NewPerson | None
    reasons: tuple[str, ...]


def read_people(stream: IO[bytes]) -> list[Typed]:
    """The rows of an uploaded workbook. Raises Refused."""
    table = open_table(stream, HEADERS)
    if len(table.rows) > MOST:
        raise Refused(f"一次最多 {MOST} 人，请分成几份。")
    if not table.rows:
        raise Refused("表里没有人员。")
    return [
        Typed(
            row.number,
            folded(row.cells.get("name")),
            folded(row.cells.get("role")),
            text(row.cells.get("school")),
            folded(row.cells.get("username")).lower(),
        )
        for row in table.rows
    ]


class Judge:
    """Judges the rows of one sheet against the people and schools on record."""

    def __init__(self, reach: Reach) -> None:
        self.roles: Mapping[str, Role] = {ROLE_NAMES[role]: role for role in roles_to_give(reach)}
        schools = list(schools_to_staff(reach))
        self.schools = {key: school for school in schools for key in (school.code, name_key(school.name))}
        self.only_school = schools[0] if len(schools) == 1 else None
        self.area = Area.objects.filter(pk=reach.county).first()
        self.taken = set(User.objects.values_list("username", flat=True))
        self.seen: set[tuple[str, str]] = set()
        on_record = User.objects.filter(posts__school__in=schools).values_list("name", "posts__school__code")
        self.people = {(name_key(name), code) for name, code in on_record}

    def judge(self, rows: Iterable[Typed]) -> list[Judged]:
        return [self._judge(typed) for typed in rows]

    def _judge(self, typed: Typed) -> Judged:
        reasons: list[str] = []
        role = self._role(typed.role, reasons)
        school = self._school(typed.school, role, reasons)
        self._name(typed, school, reasons)
        username = self._username(typed, reasons)
        if reasons or role is None:
            return Judged(typed, None, tuple(reasons))
        post = NewPost(role, school=school, area=self.area if role in COUNTY_ROLES else None)
        return Judged(typed, NewPerson(username, typed.name, post), ())

    def _role(self, typed: str, reasons: list[str]) -> Role | None:
        role = self.roles.get(typed)
        if role is None:
            reasons.append(f"职责要写：{'、'.join(self.roles)}。" if typed else "没有写职责。")
        return role

    def _school(self, typed: str, role: Role | None, reasons: list[str]) -> School | None:
        if role is None or role in COUNTY_ROLES:
            return None
        school = self.schools.get(name_key(typed)) if typed else self.only_school
        if school is None:
            reasons.append("没有您管的这所学校，请写全称或学校标识码。" if typed else "没有写学校。")
        return school

    def _name(self, typed: Typed, school: School | None, reasons: list[str]) -> None:
        if not typed.name:
            reasons.append("没有写姓名。")
        elif len(typed.name) > 40:
            reasons.append("姓名太长。")
        elif school is not None:
            key = name_key(typed.name), school.code
            if key in self.people:
                reasons.append("这所学校已有同名的账号；确是另一人的，请单独添加。")
            elif key in self.seen:
                reasons.append("表中这所学校有同名的两行；确是两人的，请单独添加。")
            self.seen.add(key)

    def _username(self, typed: Typed, reasons: list[str]) -> str:
        username = typed.username
        if not username:
            username = username_for(typed.name, taken=self.taken)
        elif not USERNAME.fullmatch(username):
            reasons.append("登录名用 2–30 个小写字母、数字、点或横线。")
        elif username in self.taken:
            reasons.append("这个登录名已有人用。")
        if not reasons:
            self.taken.add(username)
        return username
