"""The cast: a school with a teacher, a colleague and a head; a neighbour school with its own; a county's clerk and leader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import make_county, make_school
from students.models import Case
from students.tests.make import make_case, make_student


@dataclass
class Cast:
    """People and two children: 覃小远 of the school, 石阿妹 of its neighbour."""

    school: School
    neighbour: School

    @cached_property
    def teacher(self) -> User:
        return make_user(Role.TEACHER, self.school, name="韦志玲")

    @cached_property
    def colleague(self) -> User:
        return make_user(Role.TEACHER, self.school, name="农子春")

    @cached_property
    def admin(self) -> User:
        return make_user(Role.SCHOOL_ADMIN, self.school, name="梁雨燕")

    @cached_property
    def neighbours_admin(self) -> User:
        return make_user(Role.SCHOOL_ADMIN, self.neighbour, name="莫冬美")

    @cached_property
    def neighbours_teacher(self) -> User:
        return make_user(Role.TEACHER, self.neighbour, name="陆子思")

    @cached_property
    def clerk(self) -> User:
        return make_user(Role.COUNTY_STAFF, self.school.county, name="苏雨美")

    @cached_property
    def leader(self) -> User:
        return make_user(Role.COUNTY_LEADER, self.school.county, name="樊子家")

    @cached_property
    def case(self) -> Case:
        return make_case(self.school, student=make_student(self.school, name="覃小远"), teachers=(self.teacher,))

    @cached_property
    def neighbours_case(self) -> Case:
        return make_case(self.neighbour, student=make_student(self.neighbour, name="石阿妹"), teachers=(self.neighbours_teacher,))


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """Everybody stands on 28 October 2026."""
    with time_machine.travel("2026-10-28 09:00+08:00"):
        county = make_county()
        yield Cast(make_school(county, name="第一中心小学"), make_school(county, name="第二中心小学"))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
