"""What a school pastes into its group: what is missing, what came back, next week's plan; never a child's name."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest
import time_machine

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at
from reports.actions.filing import refresh_draft, return_submission, submit
from reports.tests.make import NOW, Cast, make_cast, signed_in
from visits.models import Visit
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def admin(cast: Cast) -> User:
    return make_user(Role.SCHOOL_ADMIN, cast.school, name="韦校务")


def texts(user: User, path: str) -> tuple[int, list[str]]:
    with time_machine.travel(NOW, tick=False):
        answer: Any = signed_in(user).get(path)
    found = re.findall(r"<textarea[^>]*readonly>(.*?)</textarea>", answer.content.decode(), re.DOTALL)
    return answer.status_code, [html.unescape(text) for text in found]


def test_next_week_by_day_and_team_without_names(cast: Cast, admin: User) -> None:
    make_visit(cast.mine, start="2026-11-03 14:00", state=Visit.State.PLANNED, people=(cast.teacher,))
    make_visit(cast.theirs, start="2026-11-04 14:00", state=Visit.State.PLANNED)
    make_visit(cast.other, start="2026-11-10 14:00", state=Visit.State.PLANNED)
    status, (text,) = texts(admin, "/reports/week/")
    assert status == 200
    assert text.splitlines() == [
        "【送教安排】石门小学 11月2日 周一 至 11月8日 周日",
        "▪ 11月3日 周二",
        "14:00 韦志玲：覃同学（入户）",
        "共 1 次。",
    ]
    assert texts(cast.teacher, "/reports/week/")[0] == 403


def test_the_reminder_names_no_child_and_says_what_is_missing(cast: Cast, admin: User) -> None:
    _, (text,) = texts(admin, f"/reports/2026-10/filing/{cast.school.pk}/")
    assert "覃同学：还差 1 次" in text
    assert "10月28日 周三 23:59" in text
    assert "覃小远" not in text


def test_a_return_is_told_without_its_reasons(cast: Cast, admin: User) -> None:
    clerk = make_user(Role.COUNTY_STAFF, cast.school.county)
    draft = refresh_draft(school=cast.school, month=OCTOBER, at=at("2026-10-27 09:00"))
    filed = submit(school=cast.school, month=OCTOBER, version=draft.version, by=admin, at=at("2026-10-27 09:00"))
    lines = {cast.mine.student_id: "覃小远的照片不是当天的"}
    return_submission(submission=filed, version=filed.version, lines=lines, reason="", by=clerk, at=at("2026-10-27 15:00"))
    _, (returned, reminder) = texts(admin, f"/reports/2026-10/filing/{cast.school.pk}/")
    assert "县局退回 1 行" in returned
    assert "第 1 次上报" in returned
    assert "县局退回" in reminder
    assert "覃小远" not in returned + reminder
