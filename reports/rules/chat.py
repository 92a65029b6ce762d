"""Text for the chat group (复制到微信群): plain lines to paste, in which no child has a name. Source: docs/rules.md, "Chat text".

A chat leaves the house. So a child is an initial, with a number where two share it, and nothing that somebody typed freely
(a reason, a remark) goes along: it may hold a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from office.rules import day_text, month_text


@dataclass(frozen=True, slots=True)
class Named:
    """A child as the caller knows it: told apart by `key`, shown by an initial alone."""

    key: object
    name: str


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing of a child's month, in the product's own words: 还差 1 次, 家长尚未确认."""

    child: Named
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outing:
    """A planned visit; `team` are the names of grown-ups, who read them in their own group."""

    on: date
    at: time
    mode: str
    team: tuple[str, ...]
    children: tuple[Named, ...]


def labels(children: Iterable[Named]) -> dict[object, str]:
    """`覃同学`, or `覃同学1` and `覃同学2` where two share an initial, in the order given."""
    names = {child.key: child.name.strip()[:1] for child in children}
    groups: dict[str, list[object]] = {}
    for key, initial in names.items():
        groups.setdefault(initial, []).append(key)
    return {key: f"{initial}同学{group.index(key) + 1 if len(group) > 1 else ''}" for initial, group in groups.items() for key in group}


def reminder_text(*, school: str, month: date, deadline: datetime, today: date, lacks: Sequence[Lack], others: Sequence[str] = ()) -> str:
    """What a school still lacks; `deadline` is local time, `others` are lacks of no single child (校长尚未确认)."""
    called = labels(lack.child for lack in lacks)
    lines = [f"{called[lack.child.key]}：{'，'.join(lack.needs)}" for lack in lacks] + list(others)
    title = f"【月报提醒】{school} {month_text(month)}"
    until = f"请在 {day_text(deadline.date())} {deadline:%H:%M} 前上报，{_days_left((deadline.date() - today).days)}。"
    if not lines:
        return _joined(title, until, "各项已齐，请上报。")
    numbered = (f"{number}. {line}" for number, line in enumerate(lines, start=1))
    return _joined(title, until, f"还缺 {len(lines)} 项：", *numbered, f"请登录送教系统，在“月报”打开 {month_text(month)}，逐项补齐。")


def missing_text(*, county: str, month: date, deadline: datetime, today: date, schools: Sequence[str]) -> str:
    """The schools of a county that have not filed yet; `deadline` is local time."""
    return _joined(
        f"【月报提醒】{county} {month_text(month)}",
        f"请在 {day_text(deadline.date())} {deadline:%H:%M} 前上报，{_days_left((deadline.date() - today).days)}。",
        f"还有 {len(schools)} 所学校没有上报：{'、'.join(schools)}。",
    )


def return_text(*, school: str, month: date, lines: int, version: int) -> str:
    """A return, how many lines, and where to look; the reasons stay in the system."""
    return _joined(
        f"【月报退回】{school} {month_text(month)}（第 {version} 次上报）",
        f"县局退回 {lines} 行，请修改后重新上报。" if lines else "县局退回，请修改后重新上报。",
        f"请登录送教系统，在“月报”打开 {month_text(month)}：退回的行有标记，旁边写着理由。",
    )


def plan_text(*, school: str, first: date, last: date, outings: Sequence[Outing]) -> str:
    """The planned visits of some days, by day and team."""
    ordered = sorted(outings, key=lambda outing: (outing.on, outing.at, outing.team))
    called = labels(child for outing in ordered for child in outing.children)
    lines = [f"【送教安排】{school} {day_text(first)} 至 {day_text(last)}"]
    for day, theirs in groupby(ordered, key=lambda outing: outing.on):
        lines.append(f"▪ {day_text(day)}")
        for outing in theirs:
            children = "、".join(called[child.key] for child in outing.children)
            lines.append(f"{outing.at:%H:%M} {'、'.join(outing.team) or '待定'}：{children}（{outing.mode}）")
    return _joined(*lines, f"共 {len(ordered)} 次。" if ordered else "这几天没有安排。")


def _days_left(days: int) -> str:
    if days < 0:
        return "已过期限"
    return f"还有 {days} 天" if days else "今天截止"


def _joined(*lines: str) -> str:
    """One text; a line holds no line break of its own."""
    return "\n".join(" ".join(line.split()) for line in lines if line)
