"""When a message goes out, how often it is tried, what it says."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.rules.deliveries import Part, due_at, is_quiet, next_try, subject, text
from counties.tests.make import at


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2026-10-28 20:59:59", False),
        ("2026-10-28 21:00", True),
        ("2026-10-28 23:59:59", True),
        ("2026-10-29 00:00", True),
        ("2026-10-29 06:59:59", True),
        ("2026-10-29 07:00", False),
        ("2026-10-29 12:00", False),
    ],
)
def test_the_quiet_hours(moment: str, quiet: bool) -> None:  # noqa: FBT001
    assert is_quiet(at(moment)) is quiet


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-10-28 20:59:59", "2026-10-28 20:59:59"),
        ("2026-10-28 21:00", "2026-10-29 07:00"),
        ("2026-10-28 23:59:59", "2026-10-29 07:00"),
        ("2026-10-29 00:00", "2026-10-29 07:00"),
        ("2026-10-29 06:59:59", "2026-10-29 07:00"),
        ("2026-10-29 07:00", "2026-10-29 07:00"),
        ("2026-12-31 22:00", "2027-01-01 07:00"),
        ("2028-02-28 21:30", "2028-02-29 07:00"),
    ],
)
def test_what_comes_at_night_waits_for_the_morning_but_an_incident(moment: str, due: str) -> None:
    assert due_at("reminder", at(moment)) == at(due)
    assert due_at("incident", at(moment)) == at(moment)


def test_the_hours_are_beijings_wherever_the_moment_comes_from() -> None:
    assert due_at("reminder", datetime.fromisoformat("2026-10-28T13:00:00+00:00")) == at("2026-10-29 07:00")
    assert due_at("reminder", datetime.fromisoformat("2026-10-28T12:59:59+00:00")) == at("2026-10-28 20:59:59")


def test_it_is_tried_again_ever_more_rarely_for_a_day() -> None:
    start = at("2026-10-28 09:00")
    waits = [next_try(attempts=attempts, notice_at=start, at=start) for attempts in (1, 2, 3, 6, 7, 8, 500)]
    assert [wait and (wait - start) / timedelta(minutes=1) for wait in waits] == [1, 2, 4, 32, 60, 60, 60]
    assert next_try(attempts=9, notice_at=start, at=start + timedelta(hours=23, minutes=59)) is not None
    assert next_try(attempts=9, notice_at=start, at=start + timedelta(days=1)) is None


def test_one_notice_and_many() -> None:
    one, other = Part("退回", "10月月报已退回。", "/reports/2026-10/"), Part("提醒", "明天到期。", "")
    assert [subject([one]), subject([one, other])] == ["送教系统：退回", "送教系统：2 条通知"]
    single = text([one], name="韦老师", site="https://songjiao.example.org")
    assert "韦老师，您好" in single
    assert "\n【退回】10月月报已退回。\nhttps://songjiao.example.org/reports/2026-10/\n" in single
    both = text([one, other], name="韦老师", site="")
    assert both.index("1. 【退回】") < both.index("2. 【提醒】明天到期。")
    assert "http" not in both, "without a known address of the site nothing is linked"


def test_a_number_of_a_person_does_not_leave_the_house() -> None:
    told = "2145001777 学校 11010519491231002X、13800138000，2026年10月。"
    assert "2145001777 学校 （号码）、（号码），2026年10月。" in text([Part("提醒", told, "")], name="韦老师", site="")
