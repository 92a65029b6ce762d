"""How a month stands, and how long is left, without a database."""

import pytest

from counties.tests.make import at
from reports.rules.standing import FILED_WORDS, STAND_WORDS, Filed, Stand, marks_of, stand_of, time_left

DEADLINE = at("2026-10-29 00:00")


@pytest.mark.parametrize(
    ("now", "says"),
    [
        ("2026-10-27 15:00", "还有 1 天 9 小时"),
        ("2026-10-27 00:00", "还有 2 天"),
        ("2026-10-28 15:00", "还有 9 小时"),
        ("2026-10-28 23:20", "还有 40 分钟"),
        ("2026-10-29 00:00", "已过 0 分钟"),
        ("2026-10-29 03:00", "已过 3 小时"),
        ("2026-10-31 05:00", "已过 2 天"),
    ],
)
def test_the_time_that_is_left(now: str, says: str) -> None:
    assert time_left(DEADLINE, at=at(now)) == says


def test_nothing_filed_is_open_until_the_deadline_then_late() -> None:
    assert stand_of(None, deadline=DEADLINE, at=at("2026-10-28 23:59")) == Stand.OPEN
    assert stand_of(None, deadline=DEADLINE, at=DEADLINE) == Stand.LATE
    assert stand_of(None, deadline=DEADLINE, at=DEADLINE, is_asked=False) == Stand.NOT_ASKED


def test_what_is_filed_stands_as_it_is_whatever_the_hour() -> None:
    assert stand_of(Filed("submitted"), deadline=DEADLINE, at=at("2026-12-01")) == Stand.SUBMITTED
    assert {FILED_WORDS[state][0] for state in ("returned", "superseded")} == {STAND_WORDS[Stand.RETURNED][0]} == {"已退回"}


def test_marks() -> None:
    assert marks_of(None) == marks_of(Filed("accepted")) == ()
    assert marks_of(Filed("superseded", 2, is_nil=True, is_late=True)) == ("零报告", "逾期上报", "已重新打开", "第 2 版")
    assert marks_of(Filed("submitted", is_auto=True, is_late=True)) == ("到期自动报送（学校未确认）",)
