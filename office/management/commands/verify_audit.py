from __future__ import annotations

import json
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from office.models import AuditChain
from office.verification import chains, verify

SHOWN = 100  # faults of one chain


class Command(BaseCommand):
    help = "Walks the audit chains. Exit status 0 when every one is whole, 1 when something was altered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        faults = {scope: list(islice(verify(scope), SHOWN)) for scope in chains()}
        counts = dict(AuditChain.objects.values_list("scope", "count"))
        if options["json"]:
            found = [{"chain": fault.chain, "line": fault.line, "message": fault.message} for some in faults.values() for fault in some]
            whole = {"chains": [{"chain": scope, "lines": counts.get(scope, 0)} for scope in faults], "faults": found}
            self.stdout.write(json.dumps(whole, ensure_ascii=False))
        else:
            self._tell(faults, counts)
        if any(faults.values()):
            raise SystemExit(1)

    def _tell(self, faults: dict[str, list[Any]], counts: dict[str, int]) -> None:
        for scope, some in faults.items():
            self.stdout.write(f"审计链 {scope}：{counts.get(scope, 0)} 行，{'有问题：' if some else '完好。'}")
            for fault in some:
                self.stdout.write(f"  {fault.message}")
        if not faults:
            self.stdout.write("还没有审计记录。")
