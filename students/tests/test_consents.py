"""What guardians agree to is written down, one child or many at once, and taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from office.refusals import Refused
from students.actions.consents import Agreed, record_consent, record_papers, withdraw_consent
from students.models import Case, Consent, Guardian, Student
from students.rules.consents import TEXT_VERSION
from students.tests.make import make_case, make_student

pytestmark = pytest.mark.django_db
NOW = at("2026-10-28 09:00")
TODAY = date(2026, 10, 28)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2026-10-28 09:00+08:00"):
        yield


@pytest.fixture
def school() -> School:
    return make_school(make_county())


@pytest.fixture
def admin(school: School) -> User:
    return make_user(Role.SCHOOL_ADMIN, school)


@pytest.fixture
def teacher(school: School) -> User:
    return make_user(Role.TEACHER, school)


@pytest.fixture
def case(school: School, teacher: User) -> Case:
    case = make_case(school, student=make_student(school, name="覃小远"), teachers=(teacher,))
    Guardian.objects.create(student=case.student, kind=Guardian.Kind.GUARDIAN, name="覃母", relation="母亲")
    return case


def say(student: Student, by: User, *, on: str = "2026-09-05", is_given: bool = True, kinds: tuple[str, ...] = ("photos",)) -> None:
    day = date.fromisoformat(on)
    record_consent(student=student, kinds=kinds, is_given=is_given, given_by="覃母", relation="母亲", starts_on=day, by=by, at=NOW)


def agrees(student: Student, on: date = TODAY) -> bool:
    return Consent.objects.to_photos(on).filter(student=student).exists()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_nothing_on_record_is_no_and_the_latest_word_stands(case: Case, admin: User) -> None:
    child = case.student
    assert not agrees(child)
    say(child, admin)
    assert (agrees(child), agrees(child, date(2026, 9, 4))) == (True, False)
    say(child, admin, on="2026-10-01", is_given=False)
    assert (agrees(child), agrees(child, date(2026, 9, 30))) == (False, True)
    say(child, admin, on="2026-10-20")
    assert agrees(child)
    assert {one.text_version for one in Consent.objects.all()} == {TEXT_VERSION}
    assert AuditLine.objects.filter(verb="consent.recorded", subject=child.pk).count() == 3


def test_taken_back_every_earlier_yes_ends_and_no_old_paper_revives_it(case: Case, admin: User) -> None:
    child = case.student
    say(child, admin, kinds=("data", "photos"))
    say(child, admin, on="2026-10-01")
    withdraw_consent(student=child, kind="photos", on=date(2026, 10, 20), by=admin, at=NOW)

    assert (agrees(child), agrees(child, date(2026, 10, 19)), agrees(child, date(2026, 10, 20))) == (False, True, False)
    assert set(Consent.objects.standing([child], TODAY)[child.pk]) == {"data"}
    with pytest.raises(Refused, match="撤回过同意"):
        say(child, admin, on="2026-09-10")
    with pytest.raises(Refused, match="没有可以撤回"):
        withdraw_consent(student=child, kind="photos", on=TODAY, by=admin, at=NOW)
    say(child, admin, on="2026-10-20")
    assert agrees(child)


def test_days_that_cannot_be_are_refused(case: Case, admin: User) -> None:
    with pytest.raises(Refused, match="晚于今天"):
        say(case.student, admin, on="2026-10-29")
    say(case.student, admin)
    for day, words in ((date(2026, 9, 4), "早于签字"), (date(2026, 10, 29), "晚于今天")):
        with pytest.raises(Refused, match=words):
            withdraw_consent(student=case.student, kind="photos", on=day, by=admin, at=NOW)


def test_many_papers_go_in_together_or_not_at_all(case: Case, school: School, admin: User) -> None:
    other = make_case(school).student
    papers = [Agreed(case.student, ["data", "photos"], "覃母"), Agreed(other, ["photos"], "")]
    with pytest.raises(Refused, match=f"{other.name}：请填签字人"):
        record_papers(papers=papers, starts_on=TODAY, by=admin, at=NOW)
    assert not Consent.objects.exists()

    assert record_papers(papers=[papers[0], papers[1]._replace(given_by="韦父")], starts_on=TODAY, by=admin, at=NOW) == 2
    assert Consent.objects.count() == 3


# --- Pages -------------------------------------------------------------------------------------------


def test_a_school_ticks_the_papers_of_its_children(case: Case, school: School, admin: User) -> None:
    other = make_case(school).student
    elsewhere = make_case(make_school(school.county)).student
    say(other, admin, kinds=("data",))
    client, address = signed_in(admin), reverse("consents")
    page = client.get(address).content.decode()
    assert f'name="photos-{other.pk}"' in page
    assert f'name="data-{other.pk}"' not in page  # it is on record
    assert ('value="覃母"' in page, str(elsewhere.pk) in page) == (True, False)

    nothing = client.post(address, {"on": "2026-10-20"})
    assert "请勾选收到的同意书" in nothing.content.decode()
    ticks = {f"data-{case.student_id}": "yes", f"photos-{case.student_id}": "yes", f"by-{case.student_id}": "覃母"}
    late = client.post(address, ticks | {"on": "2026-10-29"})
    assert ("晚于今天" in late.content.decode(), Consent.objects.count()) == (True, 1)
    assert "checked" in late.content.decode()  # the ticks are not lost
    foreign = {f"photos-{elsewhere.pk}": "yes", f"by-{elsewhere.pk}": "某人"}
    assert client.post(address, ticks | foreign | {"on": "2026-10-20"})["Location"] == address
    kept = Consent.objects.filter(student=case.student)
    assert set(kept.values_list("kind", "given_by", "relation")) == {("data", "覃母", "母亲"), ("photos", "覃母", "母亲")}
    assert not Consent.objects.filter(student=elsewhere).exists()


def test_a_teacher_writes_down_what_the_family_says(case: Case, teacher: User) -> None:
    client, address = signed_in(teacher), reverse("student_consents", args=[case.student_id])
    assert "覃母" in client.get(address).content.decode()
    said = {"kinds": ["data", "photos"], "answer": "yes", "given_by": "覃母", "relation": "母亲", "on": "2026-10-20"}
    assert client.post(address, said)["Location"] == reverse("student_placement", args=[case.student_id])
    assert agrees(case.student)
    tab = client.get(reverse("student_placement", args=[case.student_id])).content.decode()
    assert (tab.count("已同意"), address in tab) == (2, True)

    client.post(address, said | {"kinds": ["photos"], "answer": "back", "on": "2026-10-27"})
    assert not agrees(case.student)
    refused = client.post(address, said | {"kinds": ["photos"], "answer": "back"})
    assert (refused.status_code, "没有可以撤回" in refused.content.decode()) == (200, True)


def test_nobody_else_writes_it_down(case: Case, school: School) -> None:
    address = reverse("student_consents", args=[case.student_id])
    said = {"kinds": ["photos"], "answer": "yes", "given_by": "某人", "on": "2026-10-20"}
    others = {
        make_user(Role.SCHOOL_ADMIN, make_school(school.county)): 404,
        make_user(Role.TEACHER, school): 404,
        make_user(Role.PRINCIPAL, school): 403,
        make_user(Role.INSPECTOR, school): 403,
        make_user(Role.COUNTY_STAFF, school.county): 403,
        make_user(Role.COUNTY_LEADER, school.county): 403,
    }
    for other, status in others.items():
        client = signed_in(other)
        assert [client.get(address).status_code, client.post(address, said).status_code] == [status, status]
    assert signed_in(make_user(Role.COUNTY_STAFF, school.county)).get(reverse("consents")).status_code == 403
    assert not Consent.objects.exists()


def test_the_sheet_asks_as_much_for_many_as_for_few(case: Case, school: School, admin: User, django_assert_max_num_queries: Any) -> None:
    for _ in range(30):
        make_case(school)
    client = signed_in(admin)
    for address in (reverse("consents"), reverse("student_placement", args=[case.student_id])):
        client.get(address)  # its audit line
        with django_assert_max_num_queries(12):
            client.get(address)
