"""The judged month, from rows in the database. The rules themselves are tested without one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.rules import Role
from accounts.tests.make import give_post, make_user
from counties.tests.make import at, make_county, make_school
from reports.figures import ChildMonth, CountyMonth, month_figures
from students.codes import CaseState
from students.models import Pause
from students.tests.make import make_case, make_student
from visits.models import Visit
from visits.rules.judging import Flag, Verdict
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db
OCTOBER, OVER = date(2026, 10, 1), "2026-11-01 00:00"


def figures(as_of: str = OVER, *, month: date = OCTOBER, schools: set[UUID] | None = None) -> CountyMonth:
    return month_figures(county_code="450125", month=month, as_of=at(as_of), schools=schools)


def only_line(as_of: str = OVER, **fields: Any) -> ChildMonth:
    (line,) = figures(as_of, **fields).lines
    return line


def test_a_visit_exists_from_its_start_on_and_the_month_ends_with_its_last_instant() -> None:
    case = make_case()
    make_visit(case, start="2026-10-14 14:00")
    make_visit(case, start="2026-10-31 14:00")
    assert only_line("2026-10-14 13:59").month.delivered == 0
    assert only_line("2026-10-14 14:00").month.delivered == 1
    assert only_line("2026-10-31 23:59").month.verdict is Verdict.MET
    assert (figures("2026-10-31 23:59").is_over, figures(OVER).is_over) == (False, True)


def test_a_plan_still_to_come_keeps_a_child_on_track_and_reaches_the_forecast() -> None:
    case = make_case()
    make_visit(case, start="2026-10-14 14:00")
    make_visit(case, start="2026-10-28 14:00", state=Visit.State.PLANNED, lessons=0)
    before, after = only_line("2026-10-28 13:00"), only_line("2026-10-28 14:00")
    assert (before.month.verdict, before.month.planned, before.year.forecast) == (Verdict.ON_TRACK, 1, 6)
    assert (after.month.verdict, after.month.planned, after.year.forecast) == (Verdict.AT_RISK, 0, 3)


def test_the_year_says_what_is_missing_and_until_when_it_can_be_made_up() -> None:
    make_case()
    line = only_line("2026-10-20 12:00")
    assert (line.year.owed, line.year.gap, line.year.missing_visits) == (60, 3, 20)
    assert line.year.latest_safe_on == date(2027, 4, 30)


def test_a_child_paused_all_month_stays_listed_and_owes_nothing() -> None:
    case = make_case(state=CaseState.SUSPENDED)
    Pause.objects.create(case=case, starts_on=date(2026, 9, 20), reason="住院")
    (school,) = figures().schools
    assert (len(school.lines), school.on_roll, school.owed) == (1, 0, 0)
    assert (school.lines[0].is_paused, school.lines[0].month.verdict) == (True, Verdict.NOT_OWED)


def test_two_pauses_are_both_taken_out() -> None:
    case = make_case()
    for first, last in ((date(2026, 10, 1), date(2026, 10, 9)), (date(2026, 10, 12), date(2026, 10, 22))):
        Pause.objects.create(case=case, starts_on=first, ends_on=last, reason="住院")
    assert only_line().month.owed == 1  # 13 of 31 days


def test_a_child_who_changes_school_is_judged_by_each_on_its_share() -> None:
    county = make_county()
    first, second = make_school(county), make_school(county)
    child = make_student(first)
    before = make_case(first, student=child, ends_on=date(2026, 10, 17), state=CaseState.EXITED)
    make_case(second, student=child, starts_on=date(2026, 10, 17))
    make_visit(before, start="2026-10-08 14:00")
    lines = {line.school_id: line for line in figures().lines}
    assert (lines[first.pk].month.owed, lines[first.pk].month.verdict) == (1, Verdict.MET)
    assert (lines[second.pk].month.owed, lines[second.pk].month.verdict) == (1, Verdict.SHORT)
    assert lines[first.pk].year == lines[second.pk].year
    assert lines[first.pk].year.owed == 60


def test_one_schools_month_is_the_same_seen_alone_or_in_the_county() -> None:
    county = make_county()
    here, there = make_school(county), make_school(county)
    shared = make_user(Role.TEACHER, here)
    give_post(shared, Role.TEACHER, there)
    lent = make_user(Role.TEACHER, there)
    mine, theirs = make_case(here), make_case(there)
    make_visit(mine, people=(shared, lent), start="2026-10-14 14:00")
    make_visit(theirs, people=(shared,), start="2026-10-14 15:00")  # at the same time, in the other school
    everything = figures()
    assert everything.lines[0].month.flags == (Flag.OVERLAP,)
    for school in (here, there):
        alone = figures(schools={school.pk})
        assert alone.schools == tuple(each for each in everything.schools if each.school == school)
        assert alone.teachers == tuple(line for line in everything.teachers if line.school_code == school.code)


def test_a_teacher_of_two_schools_has_a_line_for_each_and_others_only_when_they_went() -> None:
    county = make_county()
    here, there = make_school(county), make_school(county)
    shared, admin, idle_admin = make_user(Role.TEACHER, here), make_user(Role.SCHOOL_ADMIN, here), make_user(Role.SCHOOL_ADMIN, here)
    give_post(shared, Role.TEACHER, there)
    make_visit(make_case(here), people=(shared, admin, "村干部"))
    make_visit(make_case(there), people=(shared,), start="2026-10-15 14:00", state=Visit.State.MISSED, present=False)
    lines = {(line.user_id, line.school_code): (line.visits, line.missed, line.workload) for line in figures().teachers}
    assert lines == {(shared.pk, here.code): (1, 0, 3), (shared.pk, there.code): (0, 1, 3), (admin.pk, here.code): (1, 0, 3)}
    assert idle_admin.pk not in {line.user_id for line in figures().teachers}


@pytest.mark.parametrize("purpose", [Visit.Purpose.SIGNING, Visit.Purpose.CONDOLENCE])
def test_a_visit_for_another_purpose_is_recorded_but_not_counted(purpose: Visit.Purpose) -> None:
    case = make_case()
    make_visit(case)
    make_visit(case, start="2026-10-15 14:00", purpose=purpose)
    assert (only_line().month.delivered, only_line().year.delivered) == (1, 3)


def test_the_same_text_twice_is_asked_about_on_both_visits_also_across_months() -> None:
    case = make_case()
    for start in ("2026-09-14 14:00", "2026-10-14 14:00"):
        make_visit(case, start=start, people=tuple(make_user() for _ in range(2)), teaching_key="a" * 32)
    assert only_line().month.flags == (Flag.REPEATED_TEXT,)
    assert only_line("2026-10-01 00:00", month=date(2026, 9, 1)).month.flags == ()  # the second did not exist yet
    assert only_line(month=date(2026, 9, 1)).month.flags == (Flag.REPEATED_TEXT,)


def test_a_county_is_read_in_the_same_few_queries_whatever_its_size() -> None:
    school = make_school()
    counts = []
    for _ in range(2):
        for _ in range(5):
            make_visit(make_case(school), people=(make_user(Role.TEACHER, school),))
        with CaptureQueriesContext(connection) as queries:
            figures()
        counts.append(len(queries))
    assert counts == [7, 7]
