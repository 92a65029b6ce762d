"""Whether each part of the installation is well: pure judgements of what was found, with words and advice.

Source: docs/rules.md, "Health".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SILENT_AFTER = timedelta(seconds=100)  # a worker that beats every 30 seconds
GONE_AFTER = timedelta(days=1)  # a machine that was taken out of service
CLOCK_LATE, CLOCK_STOPPED = timedelta(minutes=3), timedelta(minutes=10)
WAITS_LONG, WAITS_TOO_LONG = timedelta(minutes=5), timedelta(minutes=30)
BACKUP_DUE, BACKUP_LATE = timedelta(hours=26), timedelta(hours=50)
GIB = 1024**3
SPACE_LOW, SPACE_GONE = 5 * GIB, GIB


class Level(StrEnum):
    """How a part is, as the tone of its word on the page."""

    GOOD = "good"
    WARN = "warm"
    DOWN = "late"

    @property
    def word(self) -> str:
        return {"good": "正常", "warm": "要留意", "late": "有问题"}[self]


@dataclass(frozen=True)
class Part:
    """One part: `code` for machines, the rest for people; `advice` is empty where all is well."""

    code: str
    title: str
    level: Level
    words: str
    advice: str = ""


@dataclass(frozen=True)
class Sign:
    """The last sign of life of something on one machine."""

    host: str
    at: datetime
    is_ok: bool = True
    words: str = ""


def age_words(age: timedelta) -> str:
    """`刚才`, `5 分钟前`, `3 小时前`, `2 天前`."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return "刚才"
    if minutes < 60:
        return f"{minutes} 分钟前"
    return f"{minutes // 60} 小时前" if minutes < 48 * 60 else f"{minutes // 1440} 天前"


def judge_worker(queue: str, word: str, signs: Sequence[Sign], now: datetime) -> Part:
    """The workers of one queue: one that answers is enough, one that fell silent today is told."""
    code, title = f"worker:{queue}", f"后台（{word}）"
    alive = [sign for sign in signs if now - sign.at <= SILENT_AFTER]
    silent = [sign for sign in signs if SILENT_AFTER < now - sign.at <= GONE_AFTER]
    if not alive:
        last = f"最后一次有消息是{age_words(now - max(sign.at for sign in signs))}。" if signs else "从来没有消息。"
        advice = "启动它，或看它的日志为什么停了；停着的时候任务都排队等着，不会丢。"
        return Part(code, title, Level.DOWN, f"没有在运行，{last}", advice)
    words = f"在运行：{'、'.join(sign.host for sign in alive)}。"
    if silent:
        hosts = "、".join(sign.host for sign in silent)
        return Part(code, title, Level.WARN, f"{words}{hosts} 没有消息了。", "看那台机器是不是停了；有意停的，一天以后不再提。")
    return Part(code, title, Level.GOOD, words)


def judge_clock(sign: Sign | None, now: datetime) -> Part:
    """The tick of every minute; `words` of the sign name what of it failed."""
    advice = "看负责定时的后台进程（带 --beat 的那一个）；恢复以后，错过的会自己补上。"
    if sign is None:
        return Part("clock", "定时", Level.DOWN, "从来没有走过。", advice)
    late = now - sign.at
    words = f"上一次是{age_words(late)}。"
    if late > CLOCK_STOPPED:
        return Part("clock", "定时", Level.DOWN, f"停了，{words}", advice)
    if late > CLOCK_LATE:
        return Part("clock", "定时", Level.WARN, f"晚了，{words}", advice)
    if not sign.is_ok:
        return Part("clock", "定时", Level.WARN, f"{words}有一部分没有做成：{sign.words}。", "看日志里的 tick；下一分钟会再试。")
    return Part("clock", "定时", Level.GOOD, words)


def judge_disk(free: int, total: int) -> Part:
    """The disk of the data directory, in bytes."""
    words = f"还有 {free / GIB:.1f} GB，共 {total / GIB:.1f} GB。"
    advice = "清出空间或换大的磁盘。满了以后照片和文件存不下，手机上写的会留在手机里。"
    if free < SPACE_GONE:
        return Part("disk", "磁盘", Level.DOWN, f"快没有空间了，{words}", advice)
    if free < SPACE_LOW:
        return Part("disk", "磁盘", Level.WARN, f"空间不多了，{words}", advice)
    return Part("disk", "磁盘", Level.GOOD, words)


def judge_backup(sign: Sign | None, now: datetime) -> Part:
    """The daily backup: a failed one is as bad as none for two days."""
    advice = "现在就做一次：manage.py backup；怎么做、存在哪里，见《运行与维护》的“备份”。"
    if sign is None:
        return Part("backup", "备份", Level.WARN, "还没有备份。", advice)
    words = f"上一次是{age_words(now - sign.at)}。"
    if not sign.is_ok:
        return Part("backup", "备份", Level.DOWN, f"没有备份成：{sign.words or '原因见日志。'}", advice)
    if now - sign.at > BACKUP_DUE:
        return Part("backup", "备份", Level.DOWN if now - sign.at > BACKUP_LATE else Level.WARN, f"今天的还没有做，{words}", advice)
    return Part("backup", "备份", Level.GOOD, words)


def judge_waiting(count: int, oldest: datetime | None, now: datetime) -> Part:
    """The jobs that wait, and since when the oldest does."""
    if oldest is None:
        return Part("waiting", "排队的任务", Level.GOOD, "没有。")
    waits = now - oldest
    level = Level.DOWN if waits > WAITS_TOO_LONG else Level.WARN if waits > WAITS_LONG else Level.GOOD
    advice = "" if level == Level.GOOD else "先看后台是不是在运行；在运行就是忙不过来，可以多开一个。"
    return Part("waiting", "排队的任务", level, f"{count} 件，最早的一件等了 {max(0, int(waits.total_seconds() // 60))} 分钟。", advice)


def judge_failed(titles: Mapping[str, int]) -> Part:
    """Jobs that came to nothing in the last seven days, by what they are called."""
    if not titles:
        return Part("failed", "没有做成的任务", Level.GOOD, "最近七天没有。")
    words = "、".join(f"{title} {count} 件" for title, count in sorted(titles.items()))
    return Part("failed", "没有做成的任务", Level.WARN, f"最近七天：{words}。", "在“后台任务”里看是哪些，可以再试一次。")


def judge_chains(count: int, faults: Sequence[str]) -> Part:
    """The ends of the audit chains against what is kept of them outside the database."""
    if faults:
        advice = "不要自行修补：先备份，再用 manage.py verify_audit 核对，并告诉安全负责人。"
        return Part("audit", "审计链", Level.DOWN, f"{'；'.join(faults)}。", advice)
    return Part("audit", "审计链", Level.GOOD, f"{count} 条，末尾都与库外留存的一致。")


def judge_channel(code: str, word: str, sign: Sign | None, now: datetime) -> Part:
    """A way out to people, by what became of the last message."""
    if sign is None:
        return Part(code, word, Level.GOOD, "设置了，还没有发过。")
    if sign.is_ok:
        return Part(code, word, Level.GOOD, f"上一次发出是{age_words(now - sign.at)}。")
    advice = "看设置和对方的服务；系统内的通知不受影响，恢复以后会接着发。"
    return Part(code, word, Level.DOWN, f"发不出去：{sign.words or '原因见日志'}。", advice)
