"""Signatures as a finger draws them on the pad: strokes of [x, y, milliseconds], in a box 1000 wide and 320 high."""

from __future__ import annotations

import math
from random import Random

Strokes = list[list[list[int]]]
HIGH, CELL, PAUSE = 320, 240, 90

# From where to where in a square of 1, and how far the middle bends to the side: as brushes move in any character.
_ACROSS = ((0.1, 0.2, 0.9, 0.14, 0.02), (0.05, 0.5, 0.95, 0.45, 0.02), (0.15, 0.86, 0.85, 0.82, -0.02), (0.2, 0.34, 0.8, 0.3, 0.0))
_DOWN = ((0.5, 0.02, 0.48, 0.98, 0.02), (0.22, 0.2, 0.2, 0.8, -0.03), (0.78, 0.16, 0.76, 0.84, 0.03))
_ASLANT = ((0.5, 0.3, 0.08, 0.95, 0.12), (0.5, 0.34, 0.95, 0.92, -0.1), (0.7, 0.1, 0.35, 0.5, 0.08), (0.3, 0.05, 0.42, 0.18, 0.02))


def sign(name: str, rng: Random) -> Strokes:
    """As somebody writes the name `name`: about as many strokes a character as a quick hand makes. The same hand for the same `rng`."""
    signs, strokes, moment = name[:4], Strokes(), 0
    lean, size = rng.uniform(-0.14, 0.05), rng.uniform(0.75, 0.95)
    left = (1000 - CELL * size * len(signs)) / 2
    for place, one in enumerate(signs):
        hand = Random(f"{one}{rng.random()}")  # noqa: S311 — a drawn line, not a secret
        ways = [*hand.sample(_ACROSS, k=2), hand.choice(_DOWN), *hand.sample(_ASLANT, k=hand.randint(1, 3))]
        for way in ways:
            stroke, moment = _stroke(way, hand, left + place * CELL * size, size, lean, moment + PAUSE)
            strokes.append(stroke)
    return strokes


def _stroke(
    way: tuple[float, float, float, float, float], hand: Random, left: float, size: float, lean: float, moment: int
) -> tuple[list[list[int]], int]:
    x0, y0, x1, y1 = (value + hand.uniform(-0.05, 0.05) for value in way[:4])
    bend, points = way[4] * hand.uniform(0.6, 1.6), []
    steps = max(6, round(math.hypot(x1 - x0, y1 - y0) * 18))
    for step in range(steps + 1):
        share = step / steps
        aside = bend * math.sin(math.pi * share)
        x = x0 + (x1 - x0) * share + aside * (y1 - y0)
        y = y0 + (y1 - y0) * share - aside * (x1 - x0)
        across, down = left + CELL * size * (x - lean * (y - 0.5)), 30 + (HIGH - 60) * (0.5 + (y - 0.5) * size)
        points.append([_within(across + hand.uniform(-2, 2), 1000), _within(down + hand.uniform(-2, 2), HIGH), moment])
        moment += hand.randint(9, 19)
    return points, moment


def _within(value: float, most: int) -> int:
    return round(max(0, min(most, value)))
