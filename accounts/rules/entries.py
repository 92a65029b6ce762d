"""Reading plain YAML values: a value out, or a fault in words that says where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(slots=True)
class Entry:
    """One mapping of the file: hands out its values, and notes a fault for each that is missing or cannot be read."""

    values: Mapping[str, Any]
    where: str
    faults: list[str]
    known: set[str] = field(default_factory=set)

    def fault(self, text: str) -> None:
        self.faults.append(f"{self.where}：{text}")

    def has(self, key: str) -> bool:
        self.known.add(key)
        return self.values.get(key) is not None

    def text(self, key: str, *, needed: bool = True) -> str:
        """One line of text; numbers are read as their digits. Empty when missing."""
        if not self.has(key):
            if needed:
                self.fault(f"缺少 {key}。")
            return ""
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, str | int):
            self.fault(f"{key} 应是一行文字。")
            return ""
        text = " ".join(str(value).split())
        if not text and needed:
            self.fault(f"{key} 是空的。")
        return text

    def name(self, key: str, limit: int) -> str:
        text = self.text(key)
        if len(text) > limit:
            self.fault(f"{key} 超过 {limit} 个字。")
        return text

    def digits(self, key: str, *lengths: int, needed: bool = True) -> str:
        """A code of so many digits, or empty with a fault."""
        text = self.text(key, needed=needed)
        if not text or (re.fullmatch(r"[0-9]+", text) and len(text) in lengths):
            return text
        self.fault(f"{key}“{shown(text)}”应是 {' 或 '.join(map(str, lengths))} 位数字。")
        return ""

    def day(self, key: str, *, needed: bool = True) -> date | None:
        if not self.has(key):
            if needed:
                self.fault(f"缺少 {key}。")
            return None
        day = read_day(self.values[key])
        if day is None:
            self.fault(f"{key}“{shown(self.values[key])}”不是日期，应写成 2026-09-01 这样。")
        return day

    def entries(self, key: str, title: str) -> list[Entry]:
        """The mappings of a list; a missing list is empty."""
        if not self.has(key):
            return []
        if not isinstance(self.values[key], list):
            self.fault(f"{key} 应是一个列表。")
            return []
        made = [self._entry(value, f"{title}第 {number} 项") for number, value in enumerate(self.values[key], start=1)]
        return [entry for entry in made if entry is not None]

    def entry(self, key: str, title: str) -> Entry | None:
        return self._entry(self.values[key], title) if self.has(key) else None

    def _entry(self, value: Any, where: str) -> Entry | None:
        if isinstance(value, Mapping):
            return Entry(value, where, self.faults)
        self.faults.append(f"{where}：应写成“名称: 值”的形式。")
        return None

    def close(self) -> None:
        """A key that nobody asked for is a misspelling."""
        for key in self.values:
            if key not in self.known:
                self.fault(f"没有“{shown(key)}”这一项；可用的有：{'、'.join(sorted(self.known))}。")


def shown(value: Any) -> str:
    """A value short enough for one line; of what is not plain only the kind."""
    if isinstance(value, str | int | float | date):
        text = " ".join(str(value).split())
        return text if len(text) <= 40 else text[:39] + "…"
    return type(value).__name__


def read_day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value
    match = re.fullmatch(r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\s*", value) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None
