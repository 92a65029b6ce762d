"""What a tired hand or an ill-meaning script sends to the pages of assessments."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.refusals import Refused
from plans.actions.assessing import score, start_assessment
from plans.models import Assessment
from plans.rules.scales import built_in
from students.models import Case
from students.tests.make import make_case, make_student

pytestmark = pytest.mark.django_db
NOW = at("2026-10-20 10:00")
SCALE, OTHER = built_in()


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> tuple[User, Case]:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    school = make_school(make_county())
    teacher = make_user(Role.TEACHER, school)
    return teacher, make_case(school, student=make_student(school), teachers=(teacher,))


def test_a_button_pressed_twice_begins_one_assessment(cast: tuple[User, Case]) -> None:
    teacher, case = cast
    client = Client()
    client.force_login(teacher)
    said = {"scale": SCALE.key, "kind": "baseline", "on": "2026-10-20"}
    pages = {client.post(f"/plans/assessments/add/?case={case.pk}", said)["Location"] for _ in range(3)}
    assert (len(pages), Assessment.objects.count()) == (1, 1)

    client.post(f"/plans/assessments/add/?case={case.pk}", said | {"scale": OTHER.key})
    assert Assessment.objects.count() == 2  # another scale is another assessment
    begun = Assessment.objects.get(pk=next(iter(pages)).split("/")[3])
    score(assessment=begun, version=1, scores={"m1": 2}, note="", by=teacher, at=NOW)
    client.post(f"/plans/assessments/add/?case={case.pk}", said)
    assert Assessment.objects.count() == 3  # and so is one after that one was worked on


def test_nothing_is_assessed_before_the_child_was_born(cast: tuple[User, Case]) -> None:
    teacher, case = cast
    early = date(case.student.birth_on.year - 1, 1, 1)
    with pytest.raises(Refused, match="出生之前"):
        start_assessment(case=case, kind="baseline", on=early, scale=SCALE, by=teacher, at=NOW)


@pytest.mark.parametrize("given", [{"version": "9" * 5000}, {"version": "²"}, {"score-m1": "9" * 5000}, {"score-" + "9" * 500: "1"}])
def test_numbers_as_long_as_a_novel_are_refused_in_words(cast: tuple[User, Case], given: dict[str, str]) -> None:
    teacher, case = cast
    made = start_assessment(case=case, kind="baseline", on=NOW.date(), scale=SCALE, by=teacher, at=NOW)
    client = Client()
    client.force_login(teacher)
    answer = client.post(f"/plans/assessments/{made.pk}/edit/", {"version": "1", "score-m2": "3"} | given)
    assert answer.status_code == 422
    assert 'value="3"' in answer.content.decode()
    assert Assessment.objects.get().scores == {}


def test_a_school_is_chosen_by_its_name() -> None:
    school = make_school(make_county(), name="石门小学")
    client = Client()
    client.force_login(make_user(Role.SCHOOL_ADMIN, school))
    assert f'<option value="{school.pk}">石门小学</option>' in client.get("/plans/scales/").content.decode()
