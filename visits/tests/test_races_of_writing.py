"""Twenty at once: one row and equal receipts; twenty edits, each made again after its conflict: twenty versions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from office.verification import verify
from plans.models import Plan
from students.models import Case
from students.tests.make import make_case
from visits.actions import Conflict
from visits.models import Practice, SchoolMonth, Visit, VisitDraft, VisitPerson, VisitRecord, VisitRevision
from visits.tests.practice import line, make_plan_in_force
from visits.tests.writing import NOW, make_plain, write

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What each of many threads gives back, all begun together; what one raises is raised here."""
    gate, given = threading.Barrier(MANY), dict[int, Any]()

    def run(number: int) -> None:
        gate.wait()
        try:
            given[number] = work(number)
        except BaseException as failure:
            given[number] = failure
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures := [one for one in given.values() if isinstance(one, BaseException)]:
        raise failures[0]
    return [given[number] for number in range(MANY)]


@pytest.fixture
def team(transactional_db: None) -> tuple[User, Case]:
    school = make_school(make_county())
    teacher = make_user(Role.TEACHER, school)
    return teacher, make_case(school, teachers=(teacher,))


def planned(team: tuple[User, Case]) -> Plan:
    teacher, case = team
    assert case.school
    return make_plan_in_force(case, teacher, make_user(Role.SCHOOL_ADMIN, case.school))


def test_twenty_at_once_make_one_visit_and_get_equal_receipts(team: tuple[User, Case]) -> None:
    teacher, case = team
    key, plain = uuid4(), make_plain(case, people=(teacher,))
    plain["records"][0]["practised"] = [line(planned(team))]
    VisitDraft.objects.create(visit=key, user=teacher, content=plain, saved_at=at(NOW))

    receipts = at_once(lambda _: write(plain, teacher, at(NOW), visit_id=key).receipt)

    assert len(set(receipts)) == 1
    for table in (Visit, VisitRecord, Practice, VisitPerson, VisitRevision, SchoolMonth):
        assert table._default_manager.count() == 1
    assert AuditLine.objects.filter(verb="visit.logged").count() == 1
    assert not VisitDraft.objects.exists()


def test_twenty_different_visits_of_one_id_make_one_and_nineteen_are_shown_it(team: tuple[User, Case]) -> None:
    """Each in a month of its own or not: what is locked for one may not be what is locked for the other."""
    teacher, case = team
    key = uuid4()

    def send(number: int) -> str:
        on = f"2026-{9 + number % 2:02}-{number + 1:02}"
        try:
            return write(make_plain(case, people=(teacher,), on=on, place=str(number)), teacher, at(NOW), visit_id=key).receipt
        except Conflict as conflict:
            return f"conflict with {conflict.visit.version}"

    answers = at_once(send)

    assert answers.count("conflict with 1") == MANY - 1
    assert Visit.objects.count() == VisitRecord.objects.count() == VisitRevision.objects.count() == 1


def test_twenty_edits_each_made_again_after_its_conflict_lose_nothing(team: tuple[User, Case]) -> None:
    teacher, case = team
    key = write(make_plain(case, people=(teacher,)), teacher, at(NOW)).visit_id
    assert isinstance(key, UUID)
    conflicts, plan = [], planned(team)

    def edit(number: int) -> int:
        base, plain = 1, make_plain(case, people=(teacher,), place=f"第{number}处")
        plain["records"][0]["practised"] = [line(plan, number % 3, note=f"第{number}处")]
        while True:
            try:
                return write(plain, teacher, at(NOW), visit_id=key, base=base).version
            except Conflict as conflict:
                conflicts.append(number)
                base = conflict.visit.version

    versions = at_once(edit)

    assert sorted(versions) == list(range(2, MANY + 2))
    assert Visit.objects.get().version == MANY + 1
    assert AuditLine.objects.filter(verb="visit.changed").count() == MANY
    assert {one.content["place"] for one in VisitRevision.objects.filter(version__gt=1)} == {f"第{number}处" for number in range(MANY)}
    assert Practice.objects.get().note == Visit.objects.get().place  # of the last of them alone
    assert conflicts  # they did meet
    assert list(verify(case.student.county_id)) == []
