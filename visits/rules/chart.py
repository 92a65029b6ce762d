"""An objective's levels over its visits as a line: where everything lies. Pure geometry; a template draws it, on the page and in the
PDF alike. Source: docs/rules.md, "Progress"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 360, 214
LEFT, RIGHT, TOP, BOTTOM = 92, 346, 26, 178
HIGHEST = 5
WORDS = ("0 全身体", "1 部分身体", "2 示范", "3 手势", "4 口头提示", "5 独立")
MOST_LABELS = 4  # of months below the axis
APART = 44  # what a label of a month needs


@dataclass(frozen=True, slots=True)
class Grade:
    """A level's line across, with its word."""

    word: str
    y: float
    text_y: float


@dataclass(frozen=True, slots=True)
class Dashed:
    """Where the objective began and where it is to come to."""

    word: str
    y: float
    text_y: float
    dash: str


@dataclass(frozen=True, slots=True)
class Upright:
    """A line from top to bottom, with a word: where a term begins, when the objective was mastered."""

    word: str
    x: float
    anchor: str
    y: float  # of the word


@dataclass(frozen=True, slots=True)
class Label:
    word: str
    x: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """In a view box of WIDTH × HEIGHT."""

    grades: tuple[Grade, ...]
    dashed: tuple[Dashed, ...]
    terms: tuple[Upright, ...]
    mastered: Upright | None
    labels: tuple[Label, ...]
    points: str
    dots: tuple[Dot, ...]
    size: float  # of a dot
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    bottom: int = BOTTOM
    foot: int = BOTTOM + 22


def draw(
    levels: Sequence[tuple[date, int]],
    *,
    start: int | None = None,
    target: int | None = None,
    mastered: date | None = None,
    terms: Iterable[tuple[date, str]] = (),
) -> Chart | None:
    """Levels by day, in order; `terms` are first days with a name. None without a level: nothing to see."""
    if not levels:
        return None
    first, last = levels[0][0], levels[-1][0]
    dots = tuple(Dot(_x(day, first, last), _y(level)) for day, level in levels)
    return Chart(
        grades=tuple(Grade(word, _y(level), _y(level) + 4.5) for level, word in enumerate(WORDS)),
        dashed=_dashed(start, target),
        terms=tuple(Upright(word, _x(day, first, last), "start", TOP - 14) for day, word in terms if first < day <= last),
        mastered=_mastered(mastered, first, last, taken={start, target}),
        labels=_labels(first, last),
        points=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        dots=dots,
        size=4 if len(dots) <= 12 else 3 if len(dots) <= 40 else 1.8,
    )


def _x(day: date, first: date, last: date) -> float:
    """A single day stands in the middle."""
    part = (day - first).days / (last - first).days if last > first else 0.5
    return round(LEFT + 8 + part * (RIGHT - LEFT - 16), 1)


def _y(level: int) -> float:
    return round(BOTTOM - level / HIGHEST * (BOTTOM - TOP), 1)


def _dashed(start: int | None, target: int | None) -> tuple[Dashed, ...]:
    if start is not None and start == target:
        return (Dashed("起点和目标", _y(start), _y(start) - 4, "8 4"),)
    told = (("起点", start, "2 4"), ("目标", target, "8 4"))
    return tuple(Dashed(word, _y(level), _y(level) - 4, dash) for word, level, dash in told if level is not None)


def _mastered(day: date | None, first: date, last: date, *, taken: set[int | None]) -> Upright | None:
    """Its word stands on the lowest level that no dashed line takes."""
    if day is None or not first <= day <= last:
        return None
    x = _x(day, first, last)
    free = min({0, 1, 2} - taken)
    return Upright("掌握", x, "end" if x > (LEFT + RIGHT) / 2 else "start", _y(free) - 6)


def _labels(first: date, last: date) -> tuple[Label, ...]:
    """The first and the last day, and months between them as far as there is room."""
    if first == last:
        return (Label(_day(first), _x(first, first, last), "middle"),)
    ends = Label(_day(first), LEFT, "start"), Label(_day(last), RIGHT, "end")
    index = range(first.year * 12 + first.month, last.year * 12 + last.month)
    months = [date(each // 12, each % 12 + 1, 1) for each in index]
    inner = [Label(f"{month.month}月", _x(month, first, last), "middle") for month in months[:: -(-len(months) // MOST_LABELS) or 1]]
    return (ends[0], *(each for each in inner if LEFT + APART + 12 < each.x < RIGHT - APART - 12), ends[1])


def _day(day: date) -> str:
    return f"{day.year}.{day.month}.{day.day}"
