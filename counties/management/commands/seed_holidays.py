"""Fills a county's table of public holidays for a year."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from counties.actions import seed_year
from counties.models import Area
from office.refusals import Refused


class Command(BaseCommand):
    help = "按国务院办公厅公布的安排，添加一个县某年的节假日和调休上班日；已有的不动。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--county", required=True)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        county = Area.objects.counties().filter(pk=options["county"]).first()
        if county is None:
            self.refuse(f"没有代码为 {options['county']} 的县。")
            return
        try:
            holidays, days = seed_year(county=county, year=options["year"], by=None, at=timezone.now())
        except Refused as refusal:
            self.refuse(str(refusal))
            return
        counts = {"year": options["year"], "holidays": holidays, "workdays": days}
        self.stdout.write(json.dumps(counts) if options["json"] else f"已添加节假日 {holidays} 条、调休上班日 {days} 天。")

    def refuse(self, line: str) -> None:
        self.stderr.write(line)
        sys.exit(2)
