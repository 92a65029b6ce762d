"""How each part is judged: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from office.rules import health
from office.rules.health import GIB, Level, Part, Sign

NOW = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)


def ago(host: str = "甲", *, ok: bool = True, words: str = "", **age: float) -> Sign:
    return Sign(host, NOW - timedelta(**age), ok, words)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "刚才"),
        (timedelta(seconds=59), "刚才"),
        (timedelta(minutes=5), "5 分钟前"),
        (timedelta(hours=47), "47 小时前"),
        (timedelta(days=3), "3 天前"),
    ],
)
def test_an_age_reads_in_words(age: timedelta, words: str) -> None:
    assert health.age_words(age) == words


def test_a_queue_needs_one_worker_and_misses_the_one_that_fell_silent_today() -> None:
    def level(*signs: Sign) -> Level:
        return health.judge_worker("clock", "定时", signs, NOW).level

    assert level() == Level.DOWN
    assert level(ago(minutes=2)) == Level.DOWN
    assert level(ago(seconds=90)) == Level.GOOD
    assert level(ago(seconds=30), ago("乙", minutes=2)) == Level.WARN
    assert level(ago(seconds=30), ago("乙", days=2)) == Level.GOOD
    silent = health.judge_worker("clock", "定时", [ago(seconds=30), ago("乙", minutes=2)], NOW)
    assert "在运行：甲" in silent.words
    assert "乙 没有消息" in silent.words


def test_the_clock_is_late_then_stopped() -> None:
    def judged(sign: Sign | None) -> Part:
        return health.judge_clock(sign, NOW)

    assert judged(None).level == Level.DOWN
    assert judged(ago(minutes=11)).level == Level.DOWN
    assert judged(ago(minutes=4)).level == Level.WARN
    assert judged(ago(minutes=2)).level == Level.GOOD
    failing = judged(ago(minutes=1, ok=False, words="reports.clock.round"))
    assert (failing.level, "reports.clock.round" in failing.words) == (Level.WARN, True)


def test_the_disk_fills() -> None:
    assert [health.judge_disk(free, 100 * GIB).level for free in (6 * GIB, 4 * GIB, GIB // 2)] == [Level.GOOD, Level.WARN, Level.DOWN]
    assert "还有 4.0 GB，共 100.0 GB" in health.judge_disk(4 * GIB, 100 * GIB).words


def test_a_backup_is_missing_late_or_failed() -> None:
    def level(sign: Sign | None) -> Level:
        return health.judge_backup(sign, NOW).level

    assert level(None) == Level.WARN
    assert "还没有备份" in health.judge_backup(None, NOW).words
    assert [level(ago(hours=hours)) for hours in (25, 27, 51)] == [Level.GOOD, Level.WARN, Level.DOWN]
    failed = health.judge_backup(ago(hours=1, ok=False, words="磁盘满了。"), NOW)
    assert (failed.level, "磁盘满了" in failed.words) == (Level.DOWN, True)


def test_jobs_wait_too_long() -> None:
    def level(oldest: datetime | None) -> Level:
        return health.judge_waiting(3, oldest, NOW).level

    assert [level(NOW - timedelta(minutes=minutes)) for minutes in (4, 6, 31)] == [Level.GOOD, Level.WARN, Level.DOWN]
    assert level(None) == Level.GOOD


def test_what_is_well_asks_for_nothing_and_what_is_not_says_what_to_do() -> None:
    parts = [
        health.judge_worker("clock", "定时", [], NOW),
        health.judge_clock(ago(minutes=4), NOW),
        health.judge_disk(GIB // 2, GIB),
        health.judge_backup(None, NOW),
        health.judge_waiting(1, NOW - timedelta(hours=1), NOW),
        health.judge_failed({"检查花名册": 2}),
        health.judge_chains(3, ["450125 少了 2 行"]),
        health.judge_channel("mail", "邮件", ago(minutes=1, ok=False), NOW),
        health.judge_clock(ago(minutes=1), NOW),
        health.judge_failed({}),
        health.judge_chains(3, []),
        health.judge_channel("mail", "邮件", None, NOW),
        health.judge_channel("mail", "邮件", ago(minutes=1), NOW),
    ]
    assert [bool(part.advice) for part in parts] == [part.level != Level.GOOD for part in parts]
    assert {part.level for part in parts} == set(Level)
