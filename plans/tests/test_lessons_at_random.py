"""Random people do random things to a child's lesson plans: nothing is checked by who wrote it, and what was checked stays."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.refusals import Refused
from plans.actions.checking import check_lesson_plan, return_lesson_plan
from plans.actions.lessons import (
    LessonMovedOn,
    Unready,
    discard_lesson_plan,
    reflect_on_lesson_plan,
    start_lesson_plan,
    submit_lesson_plan,
    withdraw_lesson_plan,
    write_lesson_plan,
)
from plans.models import LessonPlan
from plans.rules.content import PlanContent
from plans.tests.make import make_content, make_goal, make_objective, make_standing_plan
from students.tests.make import make_case

TRANSITIONS = frozenset(
    "started copied written submitted unready withdrawn returned checked checked_by_county check_refused discarded reflected "
    "reflected_after_check objective_dropped moved_on refused".split()
)
reached: Counter[str] = Counter()


class Walk:
    """One child, two who write, two heads of whom one also writes (or one only: then the county), a plan that changes."""

    def __init__(self, random: Random) -> None:
        self.random, self.now = random, at("2026-09-10 10:00")
        county = make_county()
        school = make_school(county)
        self.writers = [make_user(Role.TEACHER, school), make_user(Role.SCHOOL_ADMIN, school)]
        self.staff = make_user(Role.COUNTY_STAFF, county)
        self.heads = [self.writers[1], self.staff]
        if random.random() < 0.6:
            self.heads.append(make_user(Role.PRINCIPAL, school))
        self.case = make_case(school, teachers=(self.writers[0],))
        self.plan = make_standing_plan(self.case, self.writers[0], self.staff, self.content())
        self.frozen: dict[Any, Any] = {}

    def content(self) -> dict[str, Any]:
        return make_content(make_goal(*(make_objective(f"目标{self.random.randrange(99)}") for _ in range(4))))

    def step(self) -> None:
        what = self.random.choices(list(STEPS), list(STEPS.values()))[0]
        self.now += timedelta(hours=self.random.choice((1, 5, 30)))
        try:
            what(self)
        except LessonMovedOn:
            reached["moved_on"] += 1
        except Unready:
            reached["unready"] += 1
        except Refused:
            reached["refused"] += 1
        self.look()

    def some(self, *states: str) -> LessonPlan:
        """Mostly one that is ready for the step."""
        lessons = list(LessonPlan.objects.order_by("at", "pk"))
        if not lessons:
            raise Refused("there is none yet")
        ready = [each for each in lessons if each.state in states]
        found: LessonPlan = self.random.choice(ready if ready and self.random.random() < 0.85 else lessons)
        return found

    def told(self, lesson: LessonPlan, people: list[Any]) -> dict[str, Any]:
        edition = lesson.edition - (self.random.random() < 0.1)
        return {"lesson": lesson, "edition": edition, "by": self.random.choice(people), "at": self.now}

    # --- what people do -------------------------------------------------------------------------

    def begin(self) -> None:
        keys = [each.key for _, each in PlanContent.read(self.plan.content).objectives() if self.random.random() < 0.5]
        is_copied = self.random.random() < 0.5
        on = self.now.date() + timedelta(days=self.random.randrange(-2, 4))
        told: dict[str, Any] = {"case": self.case, "until": None, "lessons": 3, "by": self.random.choice(self.writers), "at": self.now}
        start_lesson_plan(on=on, keys=keys, is_copied=is_copied, **told)
        reached["copied" if is_copied else "started"] += 1

    def write(self) -> None:
        lesson = self.some("draft", "returned")
        whole = lesson.plain | {"title": f"第{self.random.randrange(99)}课", "family": self.random.choice(("", "每天练", "每天练"))}
        write_lesson_plan(content=whole, **self.told(lesson, self.writers))
        reached["written"] += 1

    def submit(self) -> None:
        submit_lesson_plan(**self.told(self.some("draft", "returned"), self.writers))
        reached["submitted"] += 1

    def withdraw(self) -> None:
        withdraw_lesson_plan(**self.told(self.some("ready"), self.writers))
        reached["withdrawn"] += 1

    def send_back(self) -> None:
        return_lesson_plan(note="再改改", **self.told(self.some("ready"), self.heads))
        reached["returned"] += 1

    def check(self) -> None:
        lesson = self.some("ready")
        told = self.told(lesson, self.heads) | {"edition": lesson.edition}
        is_own = lesson.state == "ready" and str(told["by"].pk) in {*lesson.writers, str(lesson.submitted_by_id)}
        try:
            check_lesson_plan(note="学校没有第二个人", **told)
        except Refused:
            reached["check_refused"] += is_own
            raise
        assert not is_own
        reached["checked_by_county" if told["by"] == self.staff else "checked"] += 1

    def discard(self) -> None:
        discard_lesson_plan(**self.told(self.some("draft"), self.writers))
        reached["discarded"] += 1

    def reflect(self) -> None:
        lesson = self.some("checked", "ready")
        lines = {"worked": f"好{self.random.randrange(9)}", "failed": "", "next": "慢一点"}
        reflect_on_lesson_plan(lines=lines, **self.told(lesson, self.writers))
        reached["reflected_after_check" if lesson.state == "checked" else "reflected"] += 1

    def change_plan(self) -> None:
        """The next version of the plan, with some objectives dropped and others new."""
        kept = [each for each in self.plan.content["goals"][0]["objectives"] if self.random.random() < 0.6]
        type(self.plan).objects.update(state="superseded")
        whole = make_content(make_goal(*kept, make_objective(f"新目标{self.random.randrange(99)}")))
        self.plan = make_standing_plan(self.case, self.writers[0], self.staff, whole, version=self.plan.version + 1)
        known = {each.key for _, each in PlanContent.read(whole).objectives()}
        reached["objective_dropped"] += any(set(each.told.picked) - known for each in LessonPlan.objects.all())

    # --- what holds at all times ----------------------------------------------------------------

    def look(self) -> None:
        checked = LessonPlan.objects.filter(state="checked")
        for lesson in checked:
            assert str(lesson.checked_by_id) not in {str(lesson.author_id), str(lesson.submitted_by_id)}
            same = (lesson.plain, lesson.plan_id, lesson.writers, lesson.checked_by_id, lesson.checked_at, lesson.check_note)
            assert str(lesson.checked_by_id) not in lesson.writers
            assert self.frozen.setdefault(lesson.pk, same) == same
        assert self.frozen.keys() == set(checked.values_list("pk", flat=True))


STEPS = {
    Walk.begin: 5,
    Walk.write: 5,
    Walk.submit: 6,
    Walk.withdraw: 1,
    Walk.send_back: 2,
    Walk.check: 6,
    Walk.discard: 1,
    Walk.reflect: 3,
    Walk.change_plan: 1,
}


@pytest.mark.django_db
def test_on_every_walk_nothing_is_checked_by_its_writers_and_what_was_checked_changes_only_in_its_reflection() -> None:
    reached.clear()

    @settings(
        max_examples=12, deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(seed=st.integers(0, 2**32))
    def walk(seed: int) -> None:
        with transaction.atomic():
            one = Walk(Random(seed))
            for _ in range(60):
                one.step()
            transaction.set_rollback(True)

    walk()
    assert TRANSITIONS - set(+reached) == set()
