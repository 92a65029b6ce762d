"""The same sheet sent by two people at once: what it tells goes in once, whoever came first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from accounts.rules import Role
from accounts.tests.make import TODAY, make_user
from counties.models import School
from counties.tests.make import at, make_county, make_school
from office.sheets_in import Table, read_table
from office.workbook import Sheet, make_workbook
from students.actions.import_roster import import_roster
from students.models import Case, Student
from students.rules.roster import HEADERS
from students.sheets_in import Scope
from students.tests.make import make_case, make_roster, make_row, make_student
from visits.actions import import_visits
from visits.models import Visit, VisitRecord
from visits.rules.sheet import HEADERS as VISIT_HEADERS

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at("2026-10-28 09:00")
TIMES = 4


def at_once(task: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
    """What each of some threads got that began together."""
    start, done, failures = threading.Barrier(TIMES), [], list[BaseException]()

    def run() -> None:
        try:
            start.wait()
            done.append(task())
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return done


@pytest.fixture
def school() -> School:
    return make_school(make_county(), name="一小")


def test_a_roster_sent_by_several_at_once_makes_each_child_once(school: School) -> None:
    make_user(Role.TEACHER, school, name="韦志玲")
    nameless = make_row(送教学校="一小", 身份证号=None)  # found again by school, name and birth alone
    table = read_table(make_roster(*(make_row(送教学校="一小") for _ in range(20)), nameless), HEADERS)

    told = at_once(lambda: import_roster(table=table, scope=Scope(county="450125", on=TODAY), by=None, at=NOW).summary())

    assert sorted((each["created"], each["unchanged"]) for each in told) == [(0, 21)] * (TIMES - 1) + [(21, 0)]
    assert (Student.objects.count(), Case.objects.count()) == (21, 21)


def test_visits_sent_by_several_at_once_are_recorded_once(school: School) -> None:
    make_user(Role.TEACHER, school, name="韦志玲")
    for name in ("覃小远", "石阿妹"):
        make_case(school, student=make_student(school, name=name))
    table = visit_sheet("覃小远", "石阿妹")

    told = at_once(lambda: import_visits(table=table, county="450125", by=None, at=NOW).summary())

    assert sorted((each["created"], each["unchanged"]) for each in told) == [(0, 10)] * (TIMES - 1) + [(10, 0)]
    assert (Visit.objects.count(), VisitRecord.objects.count()) == (5, 10)  # of two children each


def visit_sheet(*children: str) -> Table:
    headers = ["日期", "开始时间", "结束时间", "学生姓名", "送教学校", "形式", "送教教师", "课时"]
    rows = [[f"2026-10-{day}", "9:00", "11:00", child, "一小", "集中", "韦志玲", "3"] for day in range(12, 17) for child in children]
    return read_table(make_workbook([Sheet("送教记录", headers, rows)]), VISIT_HEADERS)
