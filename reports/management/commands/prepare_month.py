"""`prepare_month 2026-10 [--county CODE] [--school CODE] [--queue] [--json]`: drafts with their files; what was filed stays."""

from __future__ import annotations

import json
import logging
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from counties.models import Area, School
from office.jobs import enqueue
from office.management.arguments import month_of
from office.refusals import Refused
from reports.actions.round import prepare
from reports.rules.round import Kind, Occasion
from reports.tasks import KIND_OF, payload

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "汇总各校一个月的月报草稿，连同 PDF 和表格；已经上报的不动。再运行一次，只按最新的记录更新草稿。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", help="月份，例如 2026-10")
        parser.add_argument("--county", help="县(区)代码，例如 450125；不写则所有县")
        parser.add_argument("--school", help="学校标识码；不写则所有学校")
        parser.add_argument("--queue", action="store_true", help="不在这里做，交给后台的各个进程同时做")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *, month: str, county: str | None, school: str | None, **options: Any) -> None:
        of, step = month_of(month), _queue if options["queue"] else _prepare
        lines = [step(each, of) for each in _schools(county, school)]
        if options["json"]:
            self.stdout.write(json.dumps(lines, ensure_ascii=False))
        else:
            for line in lines:
                self.stdout.write("  ".join(str(value) for value in line.values()))
        if failed := sum("failed" in line for line in lines):
            raise CommandError(f"{failed} 所学校没有做成，其余的做好了；原因见日志。", returncode=1)


def _prepare(school: School, month: date) -> dict[str, object]:
    """What the clock's job does at night; a school that fails stops no other."""
    try:
        made = prepare(school=school, month=month, at=timezone.now())
    except Refused as refused:
        return {"school": school.code, "refused": str(refused)}
    except Exception as error:
        # The error's text may quote a child's data: its type is what can be told.
        logger.error("school %s: %s", school.code, type(error).__name__)
        return {"school": school.code, "failed": type(error).__name__}
    return {"school": school.code, "state": made.state, "version": made.version, "digest": made.digest}


def _queue(school: School, month: date) -> dict[str, object]:
    """One job a school, for this minute: asked again at once it is the same one."""
    now = timezone.now()
    step = Occasion(Kind.DRAFT, school.county_id, month, timezone.localdate(now), school.pk)
    job = enqueue(KIND_OF[step.kind], key=f"{step.key}T{timezone.localtime(now):%H%M}", by=None, at=now, payload=payload(step))
    return {"school": school.code, "job": str(job.pk)}


def _schools(county: str | None, school: str | None) -> list[School]:
    if county and not Area.objects.counties().filter(pk=county).exists():
        raise CommandError(f"没有代码为 {county} 的县(区)。", returncode=2)
    found = School.objects.order_by("code").filter(**({"county": county} if county else {}), **({"code": school} if school else {}))
    schools = list(found)
    if school and not schools:
        raise CommandError(f"没有标识码为 {school} 的学校。", returncode=2)
    return schools
