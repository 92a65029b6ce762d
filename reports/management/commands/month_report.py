"""`month_report 2026-10 --county 450125`: the judgement of a month, for people and for scripts."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from counties.models import Area
from office.management.arguments import moment_of, month_of
from reports.figures import ChildMonth, CountyMonth, SchoolMonthFigures, TeacherMonth, month_figures
from visits.rules.judging import VERDICT_WORDS, Verdict


class Command(BaseCommand):
    help = "一个县一个月的判定：每所学校、每个学生、每位教师。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", help="月份，例如 2026-10")
        parser.add_argument("--county", required=True, help="县(区)代码，例如 450125")
        parser.add_argument("--as-of", help="以哪一刻所知为准，默认现在，例如 2026-10-28T09:00")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *, month: str, county: str, as_of: str | None, json: bool, **options: Any) -> None:
        if not Area.objects.counties().filter(pk=county).exists():
            raise CommandError(f"没有代码为 {county} 的县(区)。", returncode=2)
        figures = month_figures(county_code=county, month=month_of(month), as_of=moment_of(as_of))
        self.stdout.write(_as_json(figures) if json else _as_text(figures))


# --- JSON: a contract that scripts rely on ----------------------------------------------------------


def _as_json(figures: CountyMonth) -> str:
    report = {
        "month": f"{figures.month:%Y-%m}",
        "county": figures.county_code,
        "as_of": timezone.localtime(figures.as_of).isoformat(),
        "schools": [_school(school) for school in figures.schools],
        "teachers": [_teacher(teacher) for teacher in figures.teachers],
    }
    return json.dumps(report, ensure_ascii=False, indent=1)


def _school(figures: SchoolMonthFigures) -> dict[str, Any]:
    return {
        "code": figures.school.code,
        "name": figures.school.name,
        "on_roll": figures.on_roll,
        "children_owed": figures.children_owed,
        "children_served": figures.children_served,
        "visits_owed": figures.owed,
        "visits_delivered": figures.delivered,
        "lessons_delivered": _number(figures.lessons),
        "by_mode": figures.by_mode,
        "missed": figures.missed,
        **{verdict.value: figures.count(verdict) for verdict in Verdict if verdict is not Verdict.NOT_OWED},
        "children": [_child(child) for child in figures.children],
    }


def _child(line: ChildMonth) -> dict[str, Any]:
    return {
        "name": line.name,
        "birth_on": line.birth_on.isoformat(),
        "owed": line.month.owed,
        "delivered": line.month.delivered,
        "lessons": _number(line.month.lessons),
        "verdict": line.month.verdict.value,
        "short_visits": line.month.short_visits,
        "short_lessons": _number(line.month.short_lessons),
        "flags": [flag.value for flag in line.month.flags],
        "year": {"owed": line.year.owed, "delivered": _number(line.year.delivered), "forecast": _number(line.year.forecast)},
    }


def _teacher(line: TeacherMonth) -> dict[str, Any]:
    return {
        "name": line.name,
        "school": line.school_code,
        "visits": line.visits,
        "missed": line.missed,
        "workload_lessons": _number(line.workload),
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


# --- Text: for somebody at a terminal ---------------------------------------------------------------


def _as_text(figures: CountyMonth) -> str:
    lines = [f"{figures.month:%Y年%m月}　{figures.county_code}　截至 {timezone.localtime(figures.as_of):%Y-%m-%d %H:%M}"]
    for school in figures.schools:
        words = "　".join(f"{VERDICT_WORDS[verdict]} {school.count(verdict)}" for verdict in Verdict)
        lines.append(f"{school.school.name}　在册 {school.on_roll}　已送/应送 {school.delivered}/{school.owed}　{words}")
    return "\n".join(lines)
