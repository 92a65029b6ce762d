"""A month as one person sees it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from django.utils import timezone

from counties.rules import Span, school_year_of
from office.rules import number_text
from reports import rules
from reports.figures import ChildMonth, CountyMonth, SchoolMonthFigures
from reports.figures.past import Judged
from reports.figures.sight import Sight
from reports.sheets.lines import Asked, ChildLine, MonthRow, SchoolLine, Summary, TeacherLine, summary
from students.rules.service import judged_span, month_span
from visits.rules.judging import FLAG_WORDS, Flag, Verdict


@dataclass(frozen=True)
class MonthSheet:
    """A month as one person sees it, with what stands around it."""

    month: date
    figures: CountyMonth
    lines: tuple[ChildLine, ...]
    summary: Summary

    @property
    def window(self) -> Span:
        """The days judged: for weeks they reach over the month's ends."""
        return judged_span(self.month, self.figures.terms)

    @property
    def calendar_month(self) -> Span:
        """The days by which workload counts."""
        return month_span(self.month)

    @property
    def previous(self) -> date:
        return rules.month_after(self.month, -1)

    @property
    def next(self) -> date:
        return rules.month_after(self.month, 1)

    @property
    def county_name(self) -> str:
        return next((school.school.county.name for school in self.figures.schools), self.figures.county_code)

    @property
    def shortfall_word(self) -> str:
        return "欠课" if self.figures.is_over else "可能欠课"

    @property
    def missed_share(self) -> str:
        """`100%`: what an outing that found nobody counts of one that did."""
        return rules.share_text(Fraction(self.figures.terms.missed_visit_workload))

    @property
    def teachers(self) -> list[TeacherLine]:
        names = {school.school.code: school.school.name for school in self.figures.schools}
        return [
            TeacherLine(line.user_id, line.name, names.get(line.school_code, ""), line.visits, line.missed, line.workload)
            for line in self.figures.teachers
        ]

    @property
    def numbers(self) -> list[tuple[str, str]]:
        """What a county comes to, for those who see numbers only."""
        of = self.summary
        return [
            ("在册学生", f"{of.on_roll} 人"),
            ("已送 / 应送", f"{of.delivered} / {of.owed} 次"),
            ("课时", f"{number_text(of.lessons)} 课时"),
            ("未送成", f"{of.missed} 次"),
            ("已达标", f"{of.met} 人"),
            ("进行中", f"{of.on_track} 人"),
            (self.shortfall_word, f"{of.shortfall} 人"),
            ("实送率", of.rate_text),
            ("可控实送率", of.reachable_rate_text),
        ]

    @property
    def asked(self) -> list[Asked]:
        """The flags of the month by kind, in a fixed order; never by how often."""
        return [
            Asked(flag.value, FLAG_WORDS[flag], rules.QUESTIONS[flag], theirs)
            for flag in Flag
            if (theirs := tuple(line for line in self.lines if flag in line.month.flags))
        ]

    @property
    def unfinished(self) -> list[ChildLine]:
        """Children of whom something is missing this month, those who lack most first."""
        return sorted((line for line in self.lines if line.needs), key=lambda line: (-line.month.short_visits, line.name))

    @property
    def year_at_risk(self) -> list[ChildLine]:
        """Children whose year the forecast misses, the earliest latest safe day first."""
        at_risk = (line for line in self.lines if line.is_year_at_risk)
        return sorted(at_risk, key=lambda line: (line.year.latest_safe_on or date.max, line.name))


def month_sheet(figures: CountyMonth, *, made_good: Iterable[UUID] = (), led: Collection[UUID] | None = None) -> MonthSheet:
    """Of the schools that somebody leads only their own children are counted; one registered there and served elsewhere is shown."""
    covered, today = frozenset(made_good), timezone.localdate(figures.as_of)
    lines = tuple(_child_line(line, school, covered, today) for school in figures.schools for line in school.lines)
    counted = [line for line in lines if not led or line.school_id in led]
    return MonthSheet(figures.month, figures, lines, summary(counted))


def _child_line(line: ChildMonth, school: SchoolMonthFigures, covered: frozenset[UUID], today: date) -> ChildLine:
    return ChildLine(
        student_id=line.student_id,
        school_id=line.school_id,
        school_code=school.school.code,
        school_name=school.school.name,
        name=line.name,
        month=line.month,
        year=line.year,
        is_paused=line.is_paused,
        is_made_good=line.student_id in covered and line.month.verdict == Verdict.SHORT,
        days_since=None if line.last_visit_on is None else (today - line.last_visit_on).days,
    )


def school_lines(sheet: MonthSheet, sight: Sight, earlier: Mapping[UUID, tuple[Fraction, ...]]) -> list[SchoolLine]:
    """The schools that the person sees as a whole, in the order of their codes; never by how they did."""
    return [
        SchoolLine(
            school_id=school.school.pk,
            name=school.school.name,
            summary=summary([line for line in sheet.lines if line.school_id == school.school.pk]),
            earlier=earlier.get(school.school.pk, ()),
            shows_flags=school.shows_flags,
        )
        for school in sheet.figures.schools
        if sight.leads(school.school.pk)
    ]


def month_rows(judged: Mapping[date, Judged], *, today: date) -> list[MonthRow]:
    """The months of the school year up to today's, and every other that is judged, the latest first."""
    running, first = today.replace(day=1), date(school_year_of(today), 9, 1)
    so_far = (month for step in range(12) if (month := rules.month_after(first, step)) <= running)
    return [MonthRow(month, month == running, judged.get(month)) for month in sorted({*so_far, *judged}, reverse=True)]
