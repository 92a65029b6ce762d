"""Filing as pure rules: the 28th, the steps, the records."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from counties.tests.make import at
from reports.rules.filing import (
    MOVED_ON,
    Candidate,
    Step,
    deadline,
    due_on,
    is_late,
    late_from,
    takes,
    waiting_months,
    why_no_month,
    why_not,
)

OCTOBER, SEPTEMBER = date(2026, 10, 1), date(2026, 9, 1)


@pytest.mark.parametrize(
    ("month", "due_day", "last"),
    [
        (OCTOBER, 28, date(2026, 10, 28)),
        (date(2026, 2, 1), 28, date(2026, 2, 28)),
        (date(2028, 2, 1), 29, date(2028, 2, 29)),
        (date(2027, 2, 1), 29, date(2027, 2, 28)),
        (date(2026, 2, 1), 31, date(2026, 2, 28)),
        (date(2026, 4, 1), 31, date(2026, 4, 30)),
        (date(2026, 12, 1), 31, date(2026, 12, 31)),
    ],
)
def test_the_due_day_is_the_months_own_or_its_last(month: date, due_day: int, last: date) -> None:
    assert due_on(month, due_day) == last
    assert deadline(month, due_day).date() == last
    assert not is_late(deadline(month, due_day), month, due_day)
    assert is_late(deadline(month, due_day) + timedelta(seconds=1), month, due_day)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kathmandu"])
def test_the_last_second_of_the_28th_is_on_time_in_whatever_zone_it_is_told(zone: str) -> None:
    last, first = at("2026-10-28 23:59:59.999999"), at("2026-10-29 00:00")

    assert not is_late(last.astimezone(ZoneInfo(zone)), OCTOBER, 28)
    assert is_late(first.astimezone(ZoneInfo(zone)), OCTOBER, 28)


def test_the_end_of_the_year_and_of_a_leap_february_are_midnights_in_beijing() -> None:
    assert late_from(date(2026, 12, 1), 31) == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert late_from(date(2028, 2, 1), 31) == datetime(2028, 2, 29, 16, tzinfo=UTC)
    assert deadline(OCTOBER, 28) == at("2026-10-28 23:59:59")


def test_each_step_has_one_state_to_start_from() -> None:
    states = ("draft", "submitted", "returned", "accepted", "superseded")
    may = {(step, state) for step in Step for state in states if not why_not(step, state, version=1, shown=1)}

    assert may == {
        *((Step.REFRESH, "draft"), (Step.CONFIRM, "draft"), (Step.SUBMIT, "draft")),
        *((Step.RETURN, "submitted"), (Step.ACCEPT, "submitted"), (Step.REOPEN, "accepted")),
    }
    assert why_not(Step.SUBMIT, "draft", version=2, shown=1) == MOVED_ON


def test_a_month_takes_what_happened_in_it_and_what_earlier_ones_delivered() -> None:
    def taken(on: date, state: str = "done", *, present: bool = True, since: date | None = None, waiting: tuple[date, ...] = ()) -> bool:
        return takes(Candidate(on, state, present), OCTOBER, reports_from=since, waiting=waiting)

    assert taken(date(2026, 10, 31))
    assert taken(date(2026, 10, 1), "missed", present=False)
    assert not taken(date(2026, 10, 1), "planned")
    assert not taken(date(2026, 10, 1), "cancelled")
    assert not taken(date(2026, 11, 1))
    assert taken(date(2026, 9, 30))
    assert taken(date(2019, 9, 30))
    assert not taken(date(2026, 9, 30), "missed", present=False)
    assert not taken(date(2026, 9, 30), present=False)
    assert not taken(date(2026, 9, 30), since=OCTOBER)
    assert taken(date(2026, 9, 30), since=SEPTEMBER)
    assert not taken(date(2026, 9, 30), waiting=(SEPTEMBER,))


def test_a_month_waits_once_it_was_returned_or_reopened_and_until_it_is_filed_again() -> None:
    assert waiting_months([(SEPTEMBER, 1, "draft")]) == frozenset()
    assert waiting_months([(SEPTEMBER, 1, "returned")]) == {SEPTEMBER}
    assert waiting_months([(SEPTEMBER, 2, "draft"), (SEPTEMBER, 1, "returned"), (OCTOBER, 1, "superseded")]) == {SEPTEMBER, OCTOBER}
    assert waiting_months([(SEPTEMBER, 1, "returned"), (SEPTEMBER, 2, "submitted")]) == frozenset()


def test_a_month_is_filed_from_when_the_school_reports_and_once_it_has_begun() -> None:
    assert why_no_month(SEPTEMBER, OCTOBER, today=date(2026, 10, 28)) == "本校从 2026 年 10 月起在本系统上报。"
    assert why_no_month(date(2026, 11, 1), None, today=date(2026, 10, 31)) == "这个月还没有开始。"
    assert why_no_month(OCTOBER, OCTOBER, today=date(2026, 10, 1)) == ""
