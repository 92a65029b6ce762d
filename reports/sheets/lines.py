"""The lines of a month: a child's, a school's, a teacher's, a month's in the list of months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from reports import rules
from reports.figures.past import Judged
from visits.rules.judging import FLAG_WORDS, VERDICT_WORDS, Month, Verdict, Year, rate, reachable_rate


@dataclass(frozen=True, slots=True)
class ChildLine:
    """A child's month at one school; `days_since` counts from the last visit that found the child."""

    student_id: UUID
    school_id: UUID
    school_code: str
    school_name: str
    name: str
    month: Month
    year: Year
    is_paused: bool
    is_made_good: bool  # a later surplus has covered what was short
    days_since: int | None

    @property
    def verdict(self) -> str:
        return "暂停" if self.is_paused else VERDICT_WORDS[self.month.verdict]

    @property
    def tone(self) -> str:
        return "" if self.is_paused else rules.TONES[self.month.verdict]

    @property
    def needs(self) -> str:
        return rules.needs_text(self.month)

    @property
    def since(self) -> str:
        return rules.since_text(self.days_since)

    @property
    def uncovered(self) -> int:
        return rules.uncovered(self.month)

    @property
    def flags(self) -> list[str]:
        return [FLAG_WORDS[flag] for flag in self.month.flags]

    @property
    def is_year_at_risk(self) -> bool:
        return rules.is_year_at_risk(self.year)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a number of children come to."""

    on_roll: int
    owed: int
    delivered: int
    lessons: Decimal
    missed: int
    met: int
    short: int
    on_track: int
    at_risk: int
    flagged: int
    rate: Fraction | None
    reachable_rate: Fraction | None

    @property
    def rate_text(self) -> str:
        return rules.share_text(self.rate)

    @property
    def reachable_rate_text(self) -> str:
        return rules.share_text(self.reachable_rate)

    @property
    def met_text(self) -> str:
        """The share of the children of whom something is owed that are met."""
        owing = self.met + self.short + self.on_track + self.at_risk
        return rules.share_text(Fraction(self.met, owing) if owing else None)

    @property
    def tone(self) -> str:
        return rules.bar_tone(self.rate) if self.short else ""

    @property
    def shortfall(self) -> int:
        """Children that are short or may become so: one of the two is 0, before and after the month's end."""
        return self.short + self.at_risk


def summary(lines: Sequence[ChildLine]) -> Summary:
    months = [line.month for line in lines]
    verdicts = [line.month.verdict for line in lines if not line.is_paused]
    return Summary(
        on_roll=len({line.student_id for line in lines if not line.is_paused}),
        owed=sum(month.owed for month in months),
        delivered=sum(month.delivered for month in months),
        lessons=sum((month.lessons for month in months), Decimal(0)),
        missed=sum(month.missed for month in months),
        met=verdicts.count(Verdict.MET),
        short=verdicts.count(Verdict.SHORT),
        on_track=verdicts.count(Verdict.ON_TRACK),
        at_risk=verdicts.count(Verdict.AT_RISK),
        flagged=sum(bool(month.flags) for month in months),
        rate=rate(months),
        reachable_rate=reachable_rate(months),
    )


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """A school's month, with 实送率 of earlier months where verdicts were made."""

    school_id: UUID
    name: str
    summary: Summary
    earlier: tuple[Fraction, ...] = ()
    shows_flags: bool = True

    @property
    def flagged(self) -> int | None:
        """Children about whom something is asked; None before the county may know."""
        return self.summary.flagged if self.shows_flags else None

    @property
    def trend(self) -> str:
        """The points of a line 110 by 26 from the earlier rates to this month's; empty with fewer than two."""
        return rules.polyline(self._shares)

    @property
    def trend_text(self) -> str:
        return "、".join(map(rules.share_text, self._shares))

    @property
    def _shares(self) -> list[Fraction]:
        return [*self.earlier, *([] if self.summary.rate is None else [self.summary.rate])]


@dataclass(frozen=True, slots=True)
class TeacherLine:
    """A teacher's outings of the calendar month for one school."""

    user_id: UUID
    name: str
    school_name: str
    visits: int
    missed: int
    workload: Decimal | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of flag: the question, and the children it is about."""

    flag: str
    label: str
    question: str
    lines: tuple[ChildLine, ...]


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A line of the list of months; `judged` is None while no verdict of it is seen."""

    month: date
    is_running: bool
    judged: Judged | None

    @property
    def word(self) -> str:
        if self.is_running:
            return "进行中"
        return "已判定" if self.judged else "还没有判定"

    @property
    def tone(self) -> str:
        if self.is_running:
            return "plan"
        return "good" if self.judged else ""

    @property
    def rate_text(self) -> str:
        return rules.share_text(self.judged.rate if self.judged else None)

    @property
    def reachable_rate_text(self) -> str:
        return rules.share_text(self.judged.reachable_rate if self.judged else None)
