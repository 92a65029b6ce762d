"""`make_verdicts 2026-10 --county 450125`: judges a month that is over; a second run changes nothing."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from counties.models import Area
from office.management.arguments import month_of
from office.refusals import Refused
from reports.actions import make_verdicts


class Command(BaseCommand):
    help = "月份结束后，判定一个县每个学生的这个月；已有的判定不改，只加修订。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", help="月份，例如 2026-10")
        parser.add_argument("--county", required=True, help="县(区)代码，例如 450125")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *, month: str, county: str, **options: Any) -> None:
        if not Area.objects.counties().filter(pk=county).exists():
            raise CommandError(f"没有代码为 {county} 的县(区)。", returncode=2)
        try:
            made = make_verdicts(county_code=county, month=month_of(month), by=None, at=timezone.now())
        except Refused as refused:
            raise CommandError(str(refused), returncode=2) from refused
        self.stdout.write(
            json.dumps(made._asdict()) if options["json"] else f"首次判定 {made.first}，修订 {made.revised}，不变 {made.unchanged}"
        )
