"""How an objective went from visit to visit: mastered or not, better or not, what a review might say. Source: docs/rules.md, "Progress"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from counties.rules import Mastery

LONG = 4  # visits in a row without an objective of the plan
OF_TREND = 3  # levels on either side that a trend compares
ENOUGH = 6  # measured visits after which no rise says that the objective is too hard
TRENDS = {"up": "在进步", "level": "持平", "down": "有后退", "": "还看不出"}


@dataclass(frozen=True, slots=True)
class Trial:
    """An objective in one delivered visit; `order` tells visits of a day apart. What was not noted is None."""

    on: date
    order: str
    level: int | None = None
    tries: int | None = None
    right: int | None = None
    note: str = ""
    visit: UUID | None = None

    @property
    def share(self) -> Fraction | None:
        """Of the tries, what was right; None without tries."""
        return Fraction(self.right, self.tries) if self.tries and self.right is not None else None

    @property
    def is_measured(self) -> bool:
        return self.level is not None or self.share is not None


def in_order(trials: Iterable[Trial]) -> list[Trial]:
    return sorted(trials, key=lambda each: (each.on, each.order))


def meets(trial: Trial, mastery: Mastery) -> bool:
    """Whether a single visit is as good as mastery asks."""
    by_level = mastery.level is not None and trial.level is not None and trial.level >= mastery.level
    by_share = mastery.share is not None and trial.share is not None and trial.share >= Fraction(mastery.share)
    return by_level or by_share


def mastered_at(trials: Iterable[Trial], mastery: Mastery | None) -> Trial | None:
    """The visit that completed the first row of good ones; None while there is none, or where the policy does not say.

    A visit at which neither a level nor tries were noted says nothing: it neither makes nor breaks a row.
    """
    if mastery is None:
        return None
    row = 0
    for trial in in_order(trials):
        if trial.is_measured:
            row = row + 1 if meets(trial, mastery) else 0
            if row == mastery.visits:
                return trial
    return None


def trend(levels: Sequence[int]) -> str:
    """`up`, `down`, `level`, or nothing with fewer than two: the mean of the last levels beside that of as many before them."""
    count = min(OF_TREND, len(levels) // 2)
    if not count:
        return ""
    change = Fraction(sum(levels[-count:]) - sum(levels[-2 * count : -count]), count)
    return "up" if change >= Fraction(1, 2) else "down" if change <= -Fraction(1, 2) else "level"


@dataclass(frozen=True, slots=True)
class Standing:
    """An objective as its visits leave it. `still` says whether the last measured visit was as good as mastery asks."""

    trials: tuple[Trial, ...]  # in order
    start: int | None  # of the plan in which it began
    target: int | None  # of the plan in which it stands now
    mastered: Trial | None
    still: bool
    trend: str

    @property
    def levels(self) -> list[int]:
        return [each.level for each in self.trials if each.level is not None]

    @property
    def now(self) -> int | None:
        """The level last noted."""
        return self.levels[-1] if self.levels else None

    @property
    def last(self) -> Trial | None:
        return self.trials[-1] if self.trials else None

    @property
    def trend_word(self) -> str:
        return TRENDS[self.trend]

    @property
    def tone(self) -> str:
        return "" if not self.mastered else "good" if self.still else "warm"

    @property
    def word(self) -> str:
        """As people read it."""
        if not self.trials:
            return "还没有练过"
        if self.mastered:
            return "已掌握" if self.still else "曾达到掌握标准，最近一次没有达到"
        return "练习中"


def standing(trials: Iterable[Trial], mastery: Mastery | None, *, start: int | None, target: int | None) -> Standing:
    ordered = in_order(trials)
    measured = [each for each in ordered if each.is_measured]
    reached = mastered_at(ordered, mastery)
    still = bool(mastery and measured and meets(measured[-1], mastery))
    found = [each.level for each in ordered if each.level is not None]
    return Standing(tuple(ordered), start, target, reached, still, trend(found))


def visits_without(trials: Iterable[Trial], visits: Iterable[tuple[date, str]], since: date) -> int:
    """How many delivered visits, as (day, order), have passed since the objective was last practised, or since `since`."""
    last = max(((each.on, each.order) for each in trials), default=(since, ""))
    return sum(each > last for each in visits)


def proposal(standing: Standing) -> tuple[str, str]:
    """The mark a review might give, with why; nothing where the visits do not say. A person decides."""
    if not standing.trials:
        return "", "还没有练过。"
    if standing.mastered:
        return ("P", "达到掌握标准。") if standing.still else ("C", "达到过掌握标准，最近一次没有达到。")
    if standing.now is None:
        return "", "没有记提示程度。"
    if len(standing.levels) >= ENOUGH and standing.trend != "up" and standing.now <= (standing.start or 0):
        return "S", f"练了 {len(standing.levels)} 次，提示程度没有提高。"
    if standing.target is not None and standing.now >= standing.target:
        return "C", "到了目标的提示程度，还没有连续做到。"
    return "C", f"{standing.trend_word}，还没有到目标。" if standing.trend else "还没有到目标。"
