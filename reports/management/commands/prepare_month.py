"""`prepare_month 2026-10 [--county CODE] [--school CODE] [--json]`: makes or refreshes drafts; what was filed stays as it is."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from counties.models import Area, School
from office.management.arguments import month_of
from office.refusals import Refused
from reports.actions.filing import refresh_draft
from reports.actions.printing import ask_for_print


class Command(BaseCommand):
    help = "汇总各校一个月的月报草稿；已经上报的不动。再运行一次，只按最新的记录更新草稿。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", help="月份，例如 2026-10")
        parser.add_argument("--county", help="县(区)代码，例如 450125；不写则所有县")
        parser.add_argument("--school", help="学校标识码；不写则所有学校")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *, month: str, county: str | None, school: str | None, **options: Any) -> None:
        of = month_of(month)
        lines = [self._prepare(each, of) for each in _schools(county, school)]
        if options["json"]:
            self.stdout.write(json.dumps(lines, ensure_ascii=False))
            return
        for line in lines:
            self.stdout.write("  ".join(str(value) for value in line.values()))

    def _prepare(self, school: School, month: Any) -> dict[str, object]:
        try:
            made = refresh_draft(school=school, month=month, at=timezone.now())
        except Refused as refused:
            return {"school": school.code, "refused": str(refused)}
        ask_for_print(submission=made, by=None, at=timezone.now())
        return {"school": school.code, "state": made.state, "version": made.version, "digest": made.digest}


def _schools(county: str | None, school: str | None) -> list[School]:
    if county and not Area.objects.counties().filter(pk=county).exists():
        raise CommandError(f"没有代码为 {county} 的县(区)。", returncode=2)
    found = School.objects.order_by("code").filter(**({"county": county} if county else {}), **({"code": school} if school else {}))
    schools = list(found)
    if school and not schools:
        raise CommandError(f"没有标识码为 {school} 的学校。", returncode=2)
    return schools
