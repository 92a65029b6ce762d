"""Two heads, a head and a writer, two who begin a lesson plan at the same moment: one wins, and the other is told in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from plans.actions.checking import check_lesson_plan, return_lesson_plan
from plans.actions.lessons import reflect_on_lesson_plan, start_lesson_plan, submit_lesson_plan, withdraw_lesson_plan, write_lesson_plan
from plans.models import LessonPlan
from plans.tests.make import make_lesson_plan, make_standing_plan
from students.tests.make import make_case
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at("2026-10-20 10:00")
ROUNDS = 3


class Place:
    def __init__(self) -> None:
        school = make_school(make_county())
        self.teacher, self.admin = make_user(Role.TEACHER, school), make_user(Role.SCHOOL_ADMIN, school)
        self.principal = make_user(Role.PRINCIPAL, school)
        self.case = make_case(school, teachers=(self.teacher,))
        self.plan = make_standing_plan(self.case, self.teacher, self.admin)

    def ready(self, number: int) -> LessonPlan:
        made = make_lesson_plan(self.plan, self.teacher, on=date(2026, 10, 1 + number))
        return submit_lesson_plan(lesson=made, edition=1, by=self.teacher, at=NOW)


@pytest.fixture
def place(transactional_db: None) -> Place:
    return Place()


def test_two_heads_at_once_one_check(place: Place) -> None:
    for number in range(ROUNDS):
        made = place.ready(number)
        told: dict[str, Any] = {"lesson": made, "edition": made.edition, "at": NOW}
        ended = at_once(
            partial(check_lesson_plan, **told, by=place.admin), partial(return_lesson_plan, **told, note="再改", by=place.principal)
        )

        assert sorted(map(bool, ended)) == [False, True]
    assert AuditLine.objects.filter(verb__in=["lesson.checked", "lesson.returned"]).count() == ROUNDS


def test_what_is_taken_back_or_reflected_on_at_that_moment_is_not_checked_unseen(place: Place) -> None:
    for number in range(ROUNDS):
        made = place.ready(number)
        told: dict[str, Any] = {"lesson": made, "edition": made.edition, "at": NOW}
        other = partial(withdraw_lesson_plan, **told, by=place.teacher)
        if number % 2:
            other = partial(reflect_on_lesson_plan, **told, lines={"worked": "好"}, by=place.teacher)
        ended = at_once(partial(check_lesson_plan, **told, by=place.admin), other)

        held = LessonPlan.objects.get(pk=made.pk)
        assert sorted(map(bool, ended)) == [False, True]
        assert (held.state == "checked") == (ended[0] == "")


def test_two_writers_at_once_lose_nothing_unseen(place: Place) -> None:
    for number in range(ROUNDS):
        made = make_lesson_plan(place.plan, place.teacher, on=date(2026, 10, 1 + number))
        writes = [
            partial(write_lesson_plan, lesson=made, edition=1, content=made.plain | {"title": who.username}, by=who, at=NOW)
            for who in (place.teacher, place.admin)
        ]
        ended = at_once(*writes)

        assert sorted(map(bool, ended)) == [False, True]
        assert LessonPlan.objects.get(pk=made.pk).title == (place.teacher, place.admin)[ended.index("")].username


def test_one_who_begins_twice_at_once_gets_one(place: Place) -> None:
    key = UUID(place.plan.content["goals"][0]["objectives"][0]["key"])
    told: dict[str, Any] = {"case": place.case, "until": None, "lessons": Decimal(3), "keys": [key], "by": place.teacher, "at": NOW}
    for number in range(ROUNDS):
        begin = partial(start_lesson_plan, on=date(2026, 10, 1 + number), **told)

        assert sorted(map(bool, at_once(begin, begin))) == [False, True]
    assert LessonPlan.objects.count() == ROUNDS
