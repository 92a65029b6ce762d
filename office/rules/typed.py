"""Plain JSON values read one by one: each reader gives what is meant, or notes in words what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from office.refusals import Refused

MOST_LESSONS = 100
EARLIEST = date(2000, 1, 1)
HOUR = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)(?::[0-5]\d)?")


class BadContent(Refused):
    """What was sent cannot be right; `errors` says of each field why, in words."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(dict.fromkeys(errors.values())))
        self.errors = dict(errors)


def clean(text: str) -> str:
    """A text that any database and any page can hold: no NUL, no half characters, one kind of line end, no outer space."""
    whole = text.replace("\x00", "").encode(errors="ignore").decode()
    return whole.replace("\r\n", "\n").replace("\r", "\n").strip()


def cleaned(value: Any) -> Any:
    """The same for everything within a JSON value; nothing else of it changes."""
    if isinstance(value, dict):
        return {clean(str(key)): cleaned(each) for key, each in value.items()}
    if isinstance(value, list):
        return [cleaned(each) for each in value]
    return value.replace("\x00", "").encode(errors="ignore").decode() if isinstance(value, str) else value


def read_key(value: Any) -> UUID | None:
    """An id as text, or none."""
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        return None


class Typed:
    """One object of the content. What is wrong is noted under its address: `on`, `records.0.lessons`."""

    def __init__(self, plain: Any, errors: dict[str, str], prefix: str = "") -> None:
        self.plain: Mapping[str, Any] = plain if isinstance(plain, dict) else {}
        self.errors, self.prefix = errors, prefix
        if not isinstance(plain, dict):
            self.wrong("", "内容的格式不对。")

    def wrong(self, name: str, words: str) -> None:
        self.errors.setdefault(f"{self.prefix}{name}".rstrip("."), words)

    def text(self, name: str, longest: int) -> str:
        value = self.plain.get(name)
        if value is None or isinstance(value, str):
            text = clean(value or "")
            if len(text) > longest:
                self.wrong(name, f"最多 {longest} 个字，现在有 {len(text)} 个。")
            return text
        self.wrong(name, "这里要填文字。")
        return ""

    def word(self, name: str, known: Collection[str], missing: str = "") -> str:
        """One of the known codes; empty where `missing` says nothing against that."""
        value = self.plain.get(name) or ""
        if value == "" and missing:
            self.wrong(name, missing)
        elif value != "" and (not isinstance(value, str) or value not in known):
            self.wrong(name, "没有这个选项。")
            return ""
        return str(value)

    def yes(self, name: str, *, usual: bool) -> bool:
        value = self.plain.get(name, usual)
        if not isinstance(value, bool):
            self.wrong(name, "只能填是或否。")
        return value is True

    def key(self, name: str, missing: str = "") -> UUID | None:
        """An id; none where it may be missing and is."""
        value = self.plain.get(name)
        if not value and not missing:
            return None
        if (found := read_key(value)) is None:
            self.wrong(name, missing or "编号的格式不对。")
        return found

    def keys(self, name: str, most: int) -> tuple[UUID, ...]:
        found: list[UUID] = []
        for value in self.several(name, most):
            if (key := read_key(value)) is not None:
                found.append(key)
            else:
                self.wrong(name, "编号的格式不对。")
        return tuple(dict.fromkeys(found))

    def several(self, name: str, most: int) -> list[Any]:
        value = self.plain.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(name, "内容的格式不对。")
            return []
        if len(value) > most:
            self.wrong(name, f"最多 {most} 项。")
        return value[:most]

    def each(self, name: str, most: int) -> list[Typed]:
        found = enumerate(self.several(name, most))
        return [Typed(value, self.errors, f"{self.prefix}{name}.{number}.") for number, value in found]

    def day(self, name: str) -> date | None:
        try:
            found = date.fromisoformat(str(self.plain.get(name) or ""))
        except ValueError:
            self.wrong(name, "请填日期，例如 2026-10-14。")
            return None
        if found < EARLIEST:
            self.wrong(name, "日期太早了，请核对年份。")
            return None
        return found

    def hour(self, name: str, words: str) -> time | None:
        """A time of day to the minute."""
        found = HOUR.fullmatch(str(self.plain.get(name) or "").strip())
        if not found:
            self.wrong(name, words)
            return None
        return time(int(found[1]), int(found[2]))

    def lessons(self, name: str) -> Decimal | None:
        """A number of lessons, or none where it is left to the minutes."""
        value = self.plain.get(name)
        if value is None or value == "":
            return None
        try:
            number = Decimal(clean(str(value)))
        except InvalidOperation:
            number = Decimal("NaN")
        if isinstance(value, bool) or not number.is_finite():
            self.wrong(name, "课时要填数字，例如 3 或 2.5。")
        elif number < 0:
            self.wrong(name, "课时不能小于 0。")
        elif number >= MOST_LESSONS:
            self.wrong(name, "课时太多了，请核对。")
        else:
            return number.quantize(Decimal("0.01"))
        return None

    def part(self, name: str) -> Typed:
        """The object under a name; an empty one where there is none."""
        value = self.plain.get(name)
        return Typed({} if value is None else value, self.errors, f"{self.prefix}{name}.")

    def texts(self, name: str, most: int, longest: int) -> tuple[str, ...]:
        """Texts in their order; empty ones are left out."""
        found = [clean(value) if isinstance(value, str) else None for value in self.several(name, most)]
        if any(value is None or len(value) > longest for value in found):
            self.wrong(name, f"这里要填文字，每项最多 {longest} 个字。")
        return tuple(value for value in found if value)

    def number(self, name: str, least: int, most: int) -> int | None:
        """A whole number, also as text, or none where nothing is filled in."""
        value = self.plain.get(name)
        if value is None or value == "":
            return None
        found = int(value) if isinstance(value, str) and value.strip().isdecimal() and len(value) < 10 else value
        if isinstance(found, int) and not isinstance(found, bool) and least <= found <= most:
            return found
        self.wrong(name, f"这里要填 {least} 到 {most} 的整数。")
        return None

    def whole(self, name: str) -> int:
        value = self.plain.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53:
            return value
        self.wrong(name, "这里要填正整数。")
        return 0

    def moment(self, name: str) -> str:
        """A moment as its writer's clock said it, in ISO form; empty where there is none."""
        value = self.plain.get(name)
        if not value:
            return ""
        try:
            return datetime.fromisoformat(str(value)).isoformat()
        except ValueError:
            self.wrong(name, "时间的格式不对。")
            return ""
