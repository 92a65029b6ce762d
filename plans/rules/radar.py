"""A radar: where its axes, rings and shapes lie. Pure geometry; a template draws it, on the page and in the PDF alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

WIDTH, HEIGHT = 380, 320
CENTRE_X, CENTRE_Y, RADIUS, LABEL = 190, 160, 112, 128
RINGS = 4
DASHES = ("", "6 4", "2 3", "8 3 2 3")  # the newest is drawn whole, each earlier one with a dash of its own


@dataclass(frozen=True, slots=True)
class Axis:
    name: str
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str  # of SVG: start, middle, end


@dataclass(frozen=True, slots=True)
class Shape:
    label: str
    points: str
    dash: str
    is_newest: bool


@dataclass(frozen=True, slots=True)
class Radar:
    """In a view box of WIDTH × HEIGHT; `shapes` begin with the earliest, so that the newest lies on top."""

    axes: tuple[Axis, ...]
    rings: tuple[str, ...]
    shapes: tuple[Shape, ...]
    width: int = WIDTH
    height: int = HEIGHT
    x: int = CENTRE_X
    y: int = CENTRE_Y


def draw(domains: Sequence[tuple[str, str]], series: Sequence[tuple[str, Mapping[str, float]]]) -> Radar | None:
    """Domains as (code, name); series as (label, share by code), the newest first. None below three axes: nothing to see."""
    if len(domains) < 3 or not series:
        return None
    turns = [2 * pi * number / len(domains) for number in range(len(domains))]
    rings = tuple(" ".join(_point(turn, ring / RINGS) for turn in turns) for ring in range(1, RINGS + 1))
    shapes = [
        Shape(label, " ".join(_point(turn, shares.get(code, 0.0)) for turn, (code, _) in zip(turns, domains, strict=True)), dash, not dash)
        for (label, shares), dash in zip(series, DASHES, strict=False)
    ]
    return Radar(tuple(_axis(name, turn) for turn, (_, name) in zip(turns, domains, strict=True)), rings, tuple(reversed(shapes)))


def _axis(name: str, turn: float) -> Axis:
    x, y = sin(turn), -cos(turn)
    anchor = "middle" if abs(x) < 0.2 else "start" if x > 0 else "end"
    tip_x, tip_y = CENTRE_X + RADIUS * x, CENTRE_Y + RADIUS * y
    return Axis(name, round(tip_x, 1), round(tip_y, 1), round(CENTRE_X + LABEL * x, 1), round(CENTRE_Y + LABEL * y + 5, 1), anchor)


def _point(turn: float, part: float) -> str:
    return f"{CENTRE_X + RADIUS * part * sin(turn):.1f},{CENTRE_Y - RADIUS * part * cos(turn):.1f}"
