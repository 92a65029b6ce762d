"""What the browser's tests of the log page stand on: a teacher, a colleague, two children, consent to photos of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_county, make_school
from students.models import Case, Consent
from students.tests.make import make_case, make_student
from tests.browser import open_as
from visits.models import Visit
from visits.tests.make import make_visit


class LogCast(NamedTuple):
    teacher: User
    colleague: User
    case: Case  # 覃小远: photos agreed, visited a week ago by both
    other: Case  # 黄嘉春: no consent on record
    last: Visit


def make_log_cast() -> LogCast:
    """On the day of the machine's clock: a browser has no other."""
    school = make_school(make_county(), name="石门小学")
    teacher, colleague = make_user(Role.TEACHER, school, name="韦志玲"), make_user(Role.TEACHER, school, name="农子春")
    case = make_case(school, student=make_student(school, name="覃小远"), teachers=(teacher, colleague))
    other = make_case(school, student=make_student(school, name="黄嘉春"), teachers=(teacher,))
    agree(case, teacher)
    on = timezone.localdate(timezone.now()) - timedelta(days=7)
    last = make_visit(case, start=f"{on} 08:00", minutes=125, people=(teacher, colleague), teaching="拿勺进食")
    return LogCast(teacher, colleague, case, other, last)


def agree(case: Case, by: User) -> None:
    Consent.objects.create(
        student=case.student,
        kind=Consent.Kind.PHOTOS,
        is_given=True,
        text_version="1",
        given_by="覃大山",
        starts_on=date(2026, 9, 1),
        by=by,
        at=timezone.now(),
    )


def ready(page: Page, address: str) -> None:
    """Opens the page and waits until its scripts have taken over."""
    page.goto(address)
    page.wait_for_selector("html[data-ready]")


def counted(page: Page) -> Callable[[], int]:
    """How many taps the page has had, notes aside."""
    page.evaluate(
        """() => { window.taps = 0;
        addEventListener('click', (event) => event.detail && !event.target.closest('textarea, canvas') && (window.taps += 1), true) }"""
    )
    return lambda: int(page.evaluate("window.taps"))


def sign(page: Page) -> None:
    box = page.locator("[data-pad]").first
    box.scroll_into_view_if_needed()
    where = box.bounding_box()
    assert where is not None
    page.mouse.move(where["x"] + 40, where["y"] + 30)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(where["x"] + 40 + step * 15, where["y"] + 30 + (step % 3) * 15)
    page.mouse.up()


def open_log(browser: Browser, live_server: LiveServer, cast: LogCast, *, width: int = 360) -> Page:
    page = open_as(browser, live_server.url, cast.teacher, width=width)
    ready(page, f"/visits/add/?child={cast.case.pk}")
    return page


def clean(page: Page, *expected: str) -> list[str]:
    """What the browser complained of, the refusals aside that the test asked for."""
    return [said for said in page.complaints if not any(words in said for words in expected)]  # type: ignore[attr-defined]
