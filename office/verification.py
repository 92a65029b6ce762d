"""Walks the audit chains and says in words what somebody did to them."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from office import anchors
from office.models import AuditChain, AuditLine

_PAGE = 500
_NO_SUCH_VALUE = (TypeError, ValueError, AttributeError)  # what Django raises for a word where SQLite should hold a time, an id


@dataclass(frozen=True)
class Fault:
    """What is wrong with a chain; at which line, where it is one line."""

    chain: str
    line: int | None
    message: str


def chains() -> list[str]:
    """Every chain there is or was: by its head, by a line, by its anchor."""
    by_line = AuditLine.objects.order_by().values_list("chain_id", flat=True).distinct()
    return sorted({*AuditChain.objects.values_list("scope", flat=True), *by_line, *anchors.scopes()})


def verify(scope: str) -> Iterator[Fault]:
    """Yields the faults of one chain, none when it is whole. Lines may be added meanwhile."""
    try:
        yield from _faults(scope)
    except _NO_SUCH_VALUE:
        yield Fault(scope, None, "行号或链头的登记被改坏，读不下去。")


def _faults(scope: str) -> Iterator[Fault]:
    ends: dict[int, list[tuple[str, str]]] = {}
    # The anchor is read before the head, the head before the lines: what comes later may only be further on.
    anchor, fault = _anchor(scope)
    head = _head(scope)
    if anchor:
        ends.setdefault(anchor.count, []).append((anchor.head, "数据库外的锚"))
    elif fault or head.count > 1:
        yield Fault(scope, None, fault or "数据库外的锚文件不见了。")
    if head.count:
        ends.setdefault(head.count, []).append((head.head, "链头的登记"))
    yield from _walk(scope, ends)


def _head(scope: str) -> AuditChain:
    return AuditChain.objects.filter(scope=scope).first() or AuditChain(scope=scope)


def _anchor(scope: str) -> tuple[anchors.Anchor | None, str]:
    try:
        return anchors.read(scope), ""
    except anchors.BadAnchor:
        return None, "数据库外的锚文件被改过，不是本系统写的。"


def _walk(scope: str, ends: dict[int, list[tuple[str, str]]]) -> Iterator[Fault]:
    number, mac = 0, ""
    for found, line in _lines(scope):
        if found != number + 1:
            yield Fault(scope, number + 1, _missing(number + 1, found - 1))
        if line is None:
            yield Fault(scope, found, f"第 {found} 行的内容被改坏，读不出来。")
        else:
            yield from _line_faults(line, previous=mac if found == number + 1 else line.previous)
        number, mac = found, line.mac if line else ""
        for expected, name in ends.pop(number, []):
            if line and mac != expected:
                yield Fault(scope, number, f"第 {number} 行与{name}不符：末尾的行被换过，或整条链被重写。")
    for count, names in ends.items():
        for _, name in names:
            yield Fault(scope, count, f"{name}到第 {count} 行，数据库里只到第 {number} 行：末尾的行被删去。")
    if number > _head(scope).count:
        yield Fault(scope, number, f"第 {number} 行在链头的登记之后：是另外添加的。")


def _missing(first: int, last: int) -> str:
    return f"第 {first} 行不见了。" if first == last else f"第 {first} 行到第 {last} 行不见了。"


def _line_faults(line: AuditLine, *, previous: str) -> Iterator[Fault]:
    if not _is_signed(line):
        yield Fault(line.chain_id, line.number, f"第 {line.number} 行的内容与校验码不符：这一行被改过，或不是本系统写的。")
    elif line.previous != previous:
        yield Fault(line.chain_id, line.number, f"第 {line.number} 行接不上前一行：前一行被改过、换过或删去。")


def _is_signed(line: AuditLine) -> bool:
    try:
        return hmac.compare_digest(line.signature().encode(), line.mac.encode())
    except _NO_SUCH_VALUE:
        return False


def _lines(scope: str) -> Iterator[tuple[int, AuditLine | None]]:
    """The chain's lines in order, with their numbers; None for a line that no longer reads as one."""
    lines, last = AuditLine.objects.of(scope).order_by("number"), 0
    while numbers := list(lines.filter(number__gt=last).values_list("number", flat=True)[:_PAGE]):
        page = lines.filter(number__gt=last, number__lte=numbers[-1])
        found: list[tuple[int, AuditLine | None]]
        try:
            found = [(line.number, line) for line in page]
        except _NO_SUCH_VALUE:  # in one of these lines: which?
            found = [(number, _readable(scope, number)) for number in numbers]
        yield from found
        last = numbers[-1]


def _readable(scope: str, number: int) -> AuditLine | None:
    try:
        return AuditLine.objects.of(scope).get(number=number)
    except _NO_SUCH_VALUE:
        return None
