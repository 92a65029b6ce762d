"""The bureau sees no question of a school's month, and not how many there are, before the school has filed it."""

from __future__ import annotations

import io
from datetime import date

import pytest
import time_machine
from openpyxl import load_workbook

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import give_post, make_user
from counties.tests.make import at
from reports.models import Submission
from reports.tests.make import NOW, Cast, make_cast, signed_in
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db

WORD = "送教人员不足两人"
BUREAU = [Role.COUNTY_STAFF, Role.COUNTY_LEADER]
PATHS = ["/", "/reports/2026-10/", "/reports/2026-10/?flag=any", "/reports/2026-10/schools/", "/reports/2026-10/xlsx/"]


@pytest.fixture
def cast() -> Cast:
    """The teacher went alone once."""
    cast = make_cast()
    make_visit(cast.mine, start="2026-10-21 14:00", people=(cast.teacher,))
    return cast


def file(cast: Cast, state: str = "submitted") -> None:
    moments = {} if state == "draft" else {"submitted_at": at("2026-10-27 09:00"), "reviewed_at": at("2026-10-27 10:00")}
    Submission.objects.update_or_create(
        school=cast.school,
        month=date(2026, 10, 1),
        defaults={"state": state, "as_of": at("2026-10-27 09:00"), "made_at": at("2026-10-27 09:00"), "snapshot": "", **moments},
    )


def told(user: User, path: str) -> str:
    """What a page or a workbook says, without the choices of its filter."""
    with time_machine.travel(NOW, tick=False):
        answer = signed_in(user).get(path)
    assert answer.status_code == 200
    if "xlsx" in path:
        book = load_workbook(io.BytesIO(b"".join(answer)))
        return str([[cell.value for cell in row] for sheet in book for row in sheet])
    html: str = answer.content.decode()
    return html.replace(f">{WORD}</option>", "")


@pytest.mark.parametrize("role", BUREAU)
@pytest.mark.parametrize("path", ["/reports/2026-10/", "/reports/2026-10/xlsx/"])
@pytest.mark.parametrize(("state", "seen"), [(None, False), ("draft", False), ("submitted", True), ("returned", True), ("accepted", True)])
def test_the_bureau_sees_questions_once_the_month_was_filed(cast: Cast, role: Role, path: str, state: str | None, seen: bool) -> None:  # noqa: FBT001
    if state:
        # What was filed is read from its snapshot by other pages; these show the month as it stands.
        file(cast, state)
    assert (WORD in told(make_user(role, cast.school.county), path)) == seen
    assert WORD in told(make_user(Role.SCHOOL_ADMIN, cast.school), path)


@pytest.mark.parametrize("path", PATHS)
def test_before_that_no_page_of_the_bureau_says_so_and_the_schools_do(cast: Cast, path: str) -> None:
    for role in BUREAU:
        assert WORD not in told(make_user(role, cast.school.county), path)
    head = make_user(Role.SCHOOL_ADMIN, cast.school)
    give_post(head, Role.SCHOOL_ADMIN, cast.neighbour)
    if path != "/reports/2026-10/schools/":  # which has counts only
        assert WORD in told(head, path)


def test_neither_are_they_counted(cast: Cast) -> None:
    path, hidden, one = (
        "/reports/2026-10/schools/",
        '<td class="num" data-label="需说明">—</td>',
        '<td class="num" data-label="需说明">1</td>',
    )
    clerk, head = make_user(Role.COUNTY_STAFF, cast.school.county), make_user(Role.SCHOOL_ADMIN, cast.school)
    give_post(head, Role.SCHOOL_ADMIN, cast.neighbour)
    assert (told(clerk, path).count(hidden), told(clerk, path).count(one)) == (2, 0)
    assert (told(head, path).count(hidden), told(head, path).count(one)) == (0, 1)
    file(cast)
    assert (told(clerk, path).count(hidden), told(clerk, path).count(one)) == (1, 1)


def test_one_schools_filing_tells_nothing_of_another(cast: Cast) -> None:
    file(cast._replace(school=cast.neighbour))
    assert WORD not in told(make_user(Role.COUNTY_STAFF, cast.school.county), "/reports/2026-10/")


def test_who_also_works_at_a_school_knows_its_own(cast: Cast) -> None:
    both = make_user(Role.COUNTY_STAFF, cast.school.county)
    assert WORD not in told(both, "/reports/2026-10/")
    give_post(both, Role.PRINCIPAL, cast.school)
    assert WORD in told(both, "/reports/2026-10/")
