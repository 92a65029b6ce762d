"""What goes out of a month's steps: to whom it concerns, while it holds, without a child's name or number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Delivery, User
from accounts.rules import Role
from accounts.tests.make import make_user
from accounts.tests.outside import messages, minute, outbox, reachable
from counties.models import School
from counties.tests.make import at
from reports.actions.filing import accept, refresh_draft, reopen, return_submission, submit
from reports.actions.round import remind, tell_missing
from reports.figures.round import counties_in_round
from reports.models import Submission
from reports.tests.make import Cast, answer_all, make_cast

pytestmark = pytest.mark.django_db
assert outbox
OCTOBER = date(2026, 10, 1)
START = at("2026-10-28 09:00")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(outbox: Path, clock: time_machine.Traveller) -> Cast:
    made = make_cast()
    School.objects.update(reports_from=OCTOBER)
    made.school.refresh_from_db()
    return made


@pytest.fixture
def admin(cast: Cast) -> User:
    user = make_user(Role.SCHOOL_ADMIN, cast.school)
    reachable(user, "admin")
    reachable(cast.teacher, "teacher")
    return user


@pytest.fixture
def clerk(cast: Cast) -> User:
    user = make_user(Role.COUNTY_STAFF, cast.school.county)
    reachable(user, "clerk")
    return user


def file(cast: Cast, admin: User) -> Submission:
    now = timezone.now()
    answer_all(cast.school, OCTOBER, admin, now)
    draft = refresh_draft(school=cast.school, month=OCTOBER, at=now)
    return submit(school=cast.school, month=OCTOBER, version=draft.version, by=admin, at=now)


def went_out(outbox: Path) -> list[tuple[str, str]]:
    return sorted((message["to"], message["subject"].partition("：")[2]) for message in messages(outbox))


def remind_today(cast: Cast) -> None:
    [county] = counties_in_round()
    remind(school=cast.school, of=county.round_of(OCTOBER), day=date(2026, 10, 28), at=timezone.now())


def test_a_reminder_goes_out_while_the_month_is_not_filed(cast: Cast, admin: User, outbox: Path) -> None:
    remind_today(cast)
    minute(START)
    assert went_out(outbox) == [("admin", "提醒")]


def test_a_reminder_is_dropped_when_the_school_has_filed_meanwhile(cast: Cast, admin: User, outbox: Path) -> None:
    remind_today(cast)
    file(cast, admin)
    minute(START)
    assert went_out(outbox) == []
    assert [(row.state, row.outcome) for row in Delivery.objects.all()] == [("dropped", "事情已经办了")]


def test_and_when_the_deadline_has_passed(cast: Cast, admin: User, outbox: Path, clock: time_machine.Traveller) -> None:
    remind_today(cast)
    clock.move_to(at("2026-10-29 07:00"), tick=False)
    minute(timezone.now())
    assert went_out(outbox) == []
    assert Delivery.objects.get().outcome == "已经过时"


def test_the_bureaus_list_goes_out_while_somebody_is_missing(cast: Cast, admin: User, clerk: User, clock: time_machine.Traveller) -> None:
    clock.move_to(at("2026-10-29 09:00"), tick=False)
    [county] = counties_in_round()
    tell_missing(county=county, of=county.round_of(OCTOBER), at=timezone.now())
    from reports.actions.reasons import is_not_filed

    notice = clerk.notices.get()
    assert is_not_filed(notice, timezone.now())
    file(cast, admin)
    assert is_not_filed(notice, timezone.now()), "the neighbour has not"
    School.objects.exclude(pk=cast.school.pk).update(reports_from=date(2026, 11, 1))
    assert not is_not_filed(notice, timezone.now())


def test_each_step_is_told_and_dropped_when_the_next_was_taken(
    cast: Cast, admin: User, clerk: User, outbox: Path, clock: time_machine.Traveller
) -> None:
    filed = file(cast, admin)
    minute(START)
    assert went_out(outbox) == [("clerk", "上报")]
    return_it(cast, filed, clerk)
    minute(START + timedelta(minutes=1))
    assert went_out(outbox) == [("admin", "退回"), ("clerk", "上报"), ("teacher", "退回")]
    clock.shift(timedelta(minutes=2))
    again = file(cast, admin)
    accept(submission=again, version=again.version, by=clerk, at=timezone.now())
    minute(timezone.now())
    assert went_out(outbox)[:2] == [("admin", "退回"), ("admin", "通过")]
    assert Delivery.objects.get(notice__key=f"submitted:{again.pk}").state == "dropped", "it was answered before the message left"


def test_a_return_that_was_mended_at_night_is_not_told_in_the_morning(
    cast: Cast, admin: User, clerk: User, outbox: Path, clock: time_machine.Traveller
) -> None:
    filed = file(cast, admin)
    clock.move_to(at("2026-10-28 22:00"), tick=False)
    return_it(cast, filed, clerk)
    clock.move_to(at("2026-10-28 22:30"), tick=False)
    file(cast, admin)
    clock.move_to(at("2026-10-29 07:00"), tick=False)
    minute(timezone.now())
    assert went_out(outbox) == [("clerk", "上报")]


def test_who_left_the_school_is_told_no_more_though_they_have_a_post_elsewhere(cast: Cast, admin: User, clerk: User, outbox: Path) -> None:
    filed = file(cast, admin)
    return_it(cast, filed, clerk)
    admin.posts.update(school=cast.neighbour)
    minute(START)
    assert ("admin", "退回") not in went_out(outbox)
    assert ("teacher", "退回") in went_out(outbox)


def test_no_message_names_a_child_or_holds_a_number_or_what_was_typed(
    cast: Cast, admin: User, clerk: User, outbox: Path, clock: time_machine.Traveller
) -> None:
    remind_today(cast)
    minute(START)
    filed = file(cast, admin)
    return_it(cast, filed, clerk)
    minute(START + timedelta(minutes=1))
    again = file(cast, admin)
    minute(START + timedelta(minutes=2))
    accept(submission=again, version=again.version, by=clerk, at=timezone.now())
    minute(START + timedelta(minutes=3))
    reopen(submission=again, by=clerk, reason="覃小远的课时核对。", at=timezone.now())
    minute(START + timedelta(minutes=4))
    text = "".join(path.read_text() for path in outbox.iterdir())
    assert {subject for _, subject in went_out(outbox)} >= {"提醒", "退回", "上报", "通过", "重新打开"}
    assert "石门小学" in text, "and schools are named"
    for name in ("覃小远", "黄嘉春", "蓝志冬", "小远", "课时核对", "照片不清楚"):
        assert name not in text
    said = "".join(message["subject"] + message["text"] for message in messages(outbox))
    assert re.search(r"\d{4}", said)
    assert not re.search(r"\d{11}", said), "no number of a person or a telephone"


def return_it(cast: Cast, filed: Submission, clerk: User) -> None:
    lines = {cast.mine.student_id: "覃小远的照片不清楚。"}
    return_submission(submission=filed, version=filed.version, lines=lines, reason="", by=clerk, at=timezone.now())
