"""Takes a sheet of past visits in, as a county really keeps it."""

from __future__ import annotations

from argparse import ArgumentParser
from json import dumps
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from counties.models import Area
from office.management.arguments import moment_of, why_unreadable
from office.refusals import Refused
from office.sheets_in import Table
from office.sheets_in.files import open_table
from visits.actions import import_visits
from visits.rules.sheet import HEADERS
from visits.sheets_in import compare, read_rows


class Command(BaseCommand):
    help = "导入以往的送教记录。能读出表格就以 0 退出，读不出以 2 退出。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="xlsx 文件")
        parser.add_argument("--county", required=True, help="县(区)代码，例如 450125")
        parser.add_argument("--dry-run", action="store_true", help="只判断每一行，什么也不写入")
        parser.add_argument("--as-of", help="以哪一刻为现在，默认现在，例如 2026-10-28T09:00")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *, file: Path, county: str, dry_run: bool, as_of: str | None, json: bool, **options: Any) -> None:
        at = moment_of(as_of)
        try:
            table = _table(file, county)
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        if dry_run:
            review = read_rows(table, county, now=at)
            compare(review, county)
        else:
            review = import_visits(table=table, county=county, by=None, at=at)
        summary = review.summary()
        self.stdout.write(dumps(summary, ensure_ascii=False, indent=1) if json else _as_text(summary))


def _table(file: Path, county: str) -> Table:
    if not Area.objects.counties().filter(pk=county).exists():
        raise Refused(f"没有代码为 {county} 的县(区)，请先用 load_county 载入。")
    try:
        with file.open("rb") as stream:
            return open_table(stream, HEADERS)
    except OSError as broken:
        raise Refused(why_unreadable(file, broken)) from broken


def _as_text(summary: dict[str, Any]) -> str:
    rejected = {line["row"] for line in summary["rejected"]}
    head = f"新增 {summary['created']} 行，不变 {summary['unchanged']} 行，退回 {len(rejected)} 行，跳过 {summary['skipped']} 行。"
    return "\n".join(
        [head, *(f"退回 第 {line['row']} 行 {line['column']}：{line['message']} [{line['code']}]" for line in summary["rejected"])]
    )
