"""A lesson plan as people make it: drafted, kept, handed in, taken back; who may, when not, twice, two at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from office.refusals import Refused
from office.rules.typed import BadContent
from plans.actions.lessons import (
    LessonMovedOn,
    Unready,
    discard_lesson_plan,
    start_lesson_plan,
    submit_lesson_plan,
    withdraw_lesson_plan,
    write_lesson_plan,
)
from plans.models import LessonPlan, Plan
from plans.rules.content import PlanContent
from plans.tests.make import make_content, make_goal, make_lesson_plan, make_objective, make_standing_plan
from students.models import Case
from students.tests.make import make_case, make_student

pytestmark = pytest.mark.django_db
NOW = at("2026-10-20 10:00")
DAY = date(2026, 10, 21)


class Cast:
    def __init__(self) -> None:
        school = make_school(make_county())
        self.teacher, self.admin = make_user(Role.TEACHER, school), make_user(Role.SCHOOL_ADMIN, school)
        self.case: Case = make_case(school, student=make_student(school, name="覃小远"), teachers=(self.teacher,))
        self.rows = [make_objective(text) for text in ("看杯子", "指杯子", "说杯子")]
        self.plan = make_standing_plan(self.case, self.teacher, self.admin, make_content(make_goal(*self.rows)))

    def key(self, number: int) -> UUID:
        return UUID(self.rows[number]["key"])

    def start(self, *numbers: int, on: date = DAY, **fields: Any) -> LessonPlan:
        usual: dict[str, Any] = {"case": self.case, "on": on, "until": None, "lessons": Decimal(3), "by": self.teacher, "at": NOW}
        return start_lesson_plan(keys=[self.key(number) for number in numbers], **usual | fields)

    def write(self, lesson: LessonPlan, edition: int | None = None, **fields: Any) -> LessonPlan:
        content = lesson.plain | fields
        return write_lesson_plan(lesson=lesson, edition=edition or lesson.edition, content=content, by=self.teacher, at=NOW)


@pytest.fixture
def cast() -> Cast:
    return Cast()


# --- Begun -----------------------------------------------------------------------------------------------------


def test_a_whole_draft_comes_of_the_objectives_that_were_picked(cast: Cast) -> None:
    made = LessonPlan.objects.get(pk=cast.start(2, 0).pk)

    assert [each.text for each in made.told.objectives] == ["看杯子", "说杯子"]
    assert (made.plan, made.told.minutes, made.state, made.writers) == (cast.plan, 120, "draft", [str(cast.teacher.pk)])
    assert submit_lesson_plan(lesson=made, edition=1, by=cast.teacher, at=NOW).state == "ready"
    assert [line.verb for line in AuditLine.objects.about(cast.case.student_id)] == ["lesson.started", "lesson.submitted"]


def test_nothing_of_it_lies_open_in_the_table(cast: Cast) -> None:
    from django.db import connection

    cast.start(0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM plans_lessonplan")
        stored = repr(cursor.fetchall())
    assert ("杯子" in stored, "不俯卧" in stored, str(cast.teacher.pk).replace("-", "") in stored.replace("-", "")) == (False, False, True)


def test_the_next_one_goes_on_from_the_last_and_twice_on_a_day_is_refused(cast: Cast) -> None:
    first = cast.write(cast.start(0, 1), family="每天两次")
    made = cast.start(2, on=date(2026, 10, 28), is_copied=True)

    assert ([each.text for each in made.told.objectives], made.told.family) == (["看杯子", "指杯子", "说杯子"], "每天两次")
    with pytest.raises(Refused, match="已经有一份"):
        cast.start(0, on=first.on)
    assert cast.start(0, on=first.on, by=cast.admin).author == cast.admin


def test_without_a_plan_in_force_an_objective_or_a_day_of_service_nothing_begins(cast: Cast) -> None:
    begun: list[Callable[[], object]] = [
        lambda: cast.start(),
        lambda: cast.start(0, on=date(2020, 1, 1)),
        lambda: cast.start(0, until=date(2026, 10, 1)),
        lambda: cast.start(0, lessons=Decimal(1000)),
    ]
    for start in begun:
        with pytest.raises(Refused):
            start()
    Case.objects.update(ends_on=date(2026, 10, 30))
    with pytest.raises(Refused, match="送教的日子"):
        cast.start(0, until=date(2026, 10, 30))
    assert cast.start(0, until=date(2026, 10, 29)).until == date(2026, 10, 29)
    Plan.objects.update(state="closed")
    with pytest.raises(Refused, match="没有执行中的计划"):
        cast.start(0, on=date(2026, 10, 22))
    Case.objects.update(state="suspended")
    with pytest.raises(Refused):
        cast.start(0, on=date(2026, 10, 22))
    assert LessonPlan.objects.count() == 1


# --- Kept ------------------------------------------------------------------------------------------------------


def test_what_is_written_is_kept_and_the_same_again_changes_nothing(cast: Cast) -> None:
    made = cast.start(0)
    held = cast.write(made, title="新课题", on="2026-10-22", lessons="2.5")
    again = write_lesson_plan(lesson=made, edition=1, content=held.plain, by=cast.admin, at=NOW)

    assert (again.edition, again.on, again.lessons, again.title) == (2, date(2026, 10, 22), Decimal("2.5"), "新课题")
    assert again.writers == [str(cast.teacher.pk)]


def test_the_second_of_two_writers_is_told_what_the_first_wrote(cast: Cast) -> None:
    made = cast.start(0)
    cast.write(made, title="对方写的")
    with pytest.raises(LessonMovedOn) as moved:
        cast.write(made, edition=1, title="我写的")

    assert (moved.value.held.title, LessonPlan.objects.get().title) == ("对方写的", "对方写的")


def test_objectives_keep_the_plans_words_and_come_from_the_plan_alone(cast: Cast) -> None:
    made = cast.start(0)
    told: list[dict[str, Any]] = [each | {"text": "别的话"} for each in made.plain["objectives"]]
    more = [*told, {"key": cast.rows[1]["key"], "aim": "自己写的", "steps": ["一"], "text": ""}]
    held = cast.write(made, objectives=more)

    assert [each.text for each in held.told.objectives] == ["看杯子", "指杯子"]
    with pytest.raises(Refused, match="不在这名学生的计划里"):
        cast.write(held, objectives=[*more, {"key": str(uuid4()), "aim": "哪来的"}])


def test_an_objective_dropped_from_the_plan_stays_in_the_lesson_as_it_was(cast: Cast) -> None:
    made = cast.start(0, 1)
    Plan.objects.update(state="superseded")
    rows = [make_objective("新目标"), cast.rows[1] | {"text": "改过的话"}]
    newer = make_standing_plan(cast.case, cast.teacher, cast.admin, make_content(make_goal(*rows)), version=2)
    held = cast.write(made, title="改课题")

    assert ([each.text for each in held.told.objectives], held.plan) == (["看杯子", "指杯子"], cast.plan)
    grown = cast.write(held, objectives=[*held.plain["objectives"], {"key": rows[0]["key"], "aim": "会"}])
    assert ([each.text for each in grown.told.objectives], grown.plan) == (["看杯子", "指杯子", "新目标"], newer)
    carried = cast.start(on=date(2026, 10, 28), is_copied=True)
    assert [each.text for each in carried.told.objectives] == ["改过的话", "新目标"]
    assert "看杯子" not in str(PlanContent.read(newer.content).plain())


@pytest.mark.parametrize("fields", [{"on": ""}, {"title": "长" * 101}, {"objectives": "x"}, {"on": "2020-01-01"}])
def test_what_cannot_be_right_changes_nothing(cast: Cast, fields: dict[str, Any]) -> None:
    made = cast.start(0)
    with pytest.raises(Refused) as refused:
        cast.write(made, **fields)

    assert isinstance(refused.value, BadContent) == (fields != {"on": "2020-01-01"})
    assert LessonPlan.objects.get().edition == 1


# --- Handed in ---------------------------------------------------------------------------------------------------


def test_what_is_handed_in_is_whole_and_waits_unchanged(cast: Cast) -> None:
    made = cast.write(cast.start(0), family="")
    with pytest.raises(Unready) as unready:
        submit_lesson_plan(lesson=made, edition=made.edition, by=cast.teacher, at=NOW)
    assert [gap.part for gap in unready.value.gaps] == ["family"]

    sent = submit_lesson_plan(lesson=cast.write(made, family="练"), edition=3, by=cast.teacher, at=NOW)
    for refused in (
        lambda: cast.write(sent, title="改"),
        lambda: submit_lesson_plan(lesson=sent, edition=sent.edition, by=cast.teacher, at=NOW),
        lambda: discard_lesson_plan(lesson=sent, edition=sent.edition, by=cast.teacher, at=NOW),
    ):
        with pytest.raises(Refused, match="待检查"):
            refused()
    back = withdraw_lesson_plan(lesson=sent, edition=sent.edition, by=cast.teacher, at=NOW)
    assert cast.write(back, title="改").title == "改"
    with pytest.raises(Refused, match="草稿"):
        withdraw_lesson_plan(lesson=back, edition=6, by=cast.teacher, at=NOW)


def test_a_draft_is_thrown_away_once(cast: Cast) -> None:
    made = make_lesson_plan(cast.plan, cast.teacher)
    with pytest.raises(LessonMovedOn):
        discard_lesson_plan(lesson=made, edition=7, by=cast.teacher, at=NOW)
    discard_lesson_plan(lesson=made, edition=1, by=cast.teacher, at=NOW)
    with pytest.raises(Refused, match="已经删除"):
        discard_lesson_plan(lesson=made, edition=1, by=cast.teacher, at=NOW)


def test_those_of_a_day_are_found_alone_and_within_a_series(cast: Cast) -> None:
    one = make_lesson_plan(cast.plan, cast.teacher, on=date(2026, 10, 14))
    series = make_lesson_plan(cast.plan, cast.teacher, on=date(2026, 10, 10), until=date(2026, 10, 20))

    found = {day: set(LessonPlan.objects.for_day(date(2026, 10, day))) for day in (9, 10, 14, 15, 20, 21)}
    assert found == {9: set(), 10: {series}, 14: {one, series}, 15: {series}, 20: {series}, 21: set()}
