"""A scale as a school writes it down: lines of text. Source: docs/rules.md, "Assessments and plans"."""

from __future__ import annotations

import re

from office.refusals import Refused
from office.rules.typed import clean
from plans.rules.scales import Domain, Item, Scale

MOST_DOMAINS, MOST_ITEMS, LONGEST = 20, 200, 200
TOTAL = re.compile(r"(.+?)[\s：:]+(\d{1,4})\s*分?")
WORDS = ("做不到", "大人帮着能做", "提醒后能做", "自己能做")


def read_own_scale(*, key: str, name: str, text: str, of_totals: bool) -> Scale:
    """From lines: a domain a line, its items below it, each after a dash; of totals `领域 满分`. Raises Refused in words."""
    lines = [line.strip() for line in clean(text).splitlines() if line.strip()]
    if long := [line for line in lines if len(line) > LONGEST]:
        raise Refused(f"每行最多 {LONGEST} 个字：{long[0][:20]}……")
    domains = _totals(lines) if of_totals else _items(lines)
    if not 1 <= len(domains) <= MOST_DOMAINS:
        raise Refused(f"要有 1 到 {MOST_DOMAINS} 个领域。")
    if len({domain.name for domain in domains}) < len(domains):
        raise Refused("同一个领域写了两次。")
    return Scale(key, 1, name, 0 if of_totals else len(WORDS) - 1, () if of_totals else WORDS, tuple(domains))


def _totals(lines: list[str]) -> list[Domain]:
    domains = []
    for number, line in enumerate(lines, start=1):
        found = TOTAL.fullmatch(line)
        if not found or not int(found[2]):
            raise Refused(f"第 {number} 行看不出满分，请写成“领域 满分”，例如：语言理解 40。")
        domains.append(Domain(f"d{number}", found[1].strip(), (), int(found[2])))
    return domains


def _items(lines: list[str]) -> list[Domain]:
    named: list[tuple[str, list[str]]] = []
    for line in lines:
        is_item = line[0] in "-－—·•"
        if is_item and not named:
            raise Refused("第一行要写领域的名称，题目写在它下面。")
        if is_item:
            named[-1][1].append(line.lstrip("-－—·• "))
        else:
            named.append((line, []))
    if empty := [name for name, items in named if not [item for item in items if item]]:
        raise Refused(f"领域“{empty[0]}”下面还没有题目；题目每行一题，前面加一个“-”。")
    if sum(len(items) for _, items in named) > MOST_ITEMS:
        raise Refused(f"最多 {MOST_ITEMS} 题。")
    top = len(WORDS) - 1
    return [
        Domain(f"d{number}", name, tuple(Item(f"d{number}i{place}", item) for place, item in enumerate(items, start=1)), len(items) * top)
        for number, (name, items) in enumerate(named, start=1)
    ]
