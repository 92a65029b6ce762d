"""The audit chain: one for each county and one for the installation (docs/rules.md, "Audit").

A line is written in the transaction of what it tells, as its last statement: the chain's head is
locked from then to the commit, so that lines have one order and no gap. office/verification.py walks the chains.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from office import anchors
from office.models import INSTALLATION, AuditChain, AuditLine

logger = logging.getLogger(__name__)

MAY_LAG = 2  # a process may have died once before its chain's first anchor was written
VIEW_IS_THE_SAME_FOR = timedelta(minutes=10)


Told = tuple[str, UUID | None, dict[str, Any]]
"""A verb, its subject, and the detail."""


def record(
    verb: str,
    *,
    subject: UUID | None,
    by: UUID | None,
    at: datetime,
    county: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditLine:
    """Adds a line to the county's chain, or to the installation's where no county is named.

    `detail` names fields and counts, never a child's values.
    """
    return record_all([(verb, subject, detail or {})], by=by, at=at, county=county)[0]


@transaction.atomic(savepoint=False)
def record_all(told: Sequence[Told], *, by: UUID | None, at: datetime, county: str = "") -> list[AuditLine]:
    """Adds lines, in this order, about what one person did in one go."""
    chain = _locked_chain(county or INSTALLATION)
    start, lines = chain.count, []
    for verb, subject, detail in told:
        line = AuditLine(
            chain=chain, number=chain.count + 1, at=at, verb=verb, by=by, subject=subject, detail=_plain(detail), previous=chain.head
        )
        line.mac = line.signature()
        chain.count, chain.head = line.number, line.mac
        lines.append(line)
    QuerySet[Any](AuditLine).bulk_create(lines)  # the table's own manager refuses: lines are added here alone
    AuditChain.objects.filter(pk=chain.pk).update(count=chain.count, head=chain.head)
    _anchor_on_commit(Anchoring(chain.scope, start + 1, chain.count, chain.head))
    return lines


def viewed(kind: str, *, subject: UUID, by: UUID, at: datetime, county: str) -> None:
    """Records that a person saw a child's page, visit, photos or PDF: once in ten minutes for the same kind and child."""
    viewed_each(kind, subjects=[subject], by=by, at=at, county=county)


def viewed_each(kind: str, *, subjects: Iterable[UUID], by: UUID, at: datetime, county: str) -> None:
    """The same of several children at once: as many queries as for one."""
    verb, asked = f"{kind}.viewed", dict.fromkeys(subjects)
    recently = AuditLine.objects.filter(subject__in=asked, by=by, verb=verb, at__gt=at - VIEW_IS_THE_SAME_FOR, at__lte=at)
    seen = set(recently.values_list("subject", flat=True)) if asked else set()
    told: list[Told] = [(verb, subject, {}) for subject in asked if subject not in seen]
    if told:
        record_all(told, by=by, at=at, county=county)


def _locked_chain(scope: str) -> AuditChain:
    locked = AuditChain.objects.select_for_update().filter(scope=scope).order_by()
    for chain in locked:
        return chain
    AuditChain.objects.bulk_create([AuditChain(scope=scope)], ignore_conflicts=True)
    return locked.get()


def _plain(detail: dict[str, Any]) -> dict[str, Any]:
    """The detail as both databases give it back: ids and days as text, no fractions."""
    plain: dict[str, Any] = json.loads(json.dumps(detail, default=str), parse_float=str)
    return plain


@dataclass
class Anchoring:
    """Anchors a chain after the commit; the many lines of one transaction are anchored once."""

    scope: str
    first: int  # the line that the caller left without an anchor
    count: int
    head: str
    is_last: bool = True  # of the transaction, as far as is known; a savepoint that was rolled back may have had a later one

    def keep(self) -> None:
        with anchors.held():
            try:
                anchor = anchors.read(self.scope)
            except anchors.BadAnchor:
                return  # evidence: verify_audit speaks of it until somebody has looked
            if anchor is None and self.first > MAY_LAG:
                logger.error("the anchor of audit chain %s was missing at line %s", self.scope, self.first)
            if anchor is None or anchor.count < self.first:
                anchors.write(self._anchor())

    def _anchor(self) -> anchors.Anchor:
        if self.is_last:
            return anchors.Anchor(scope=self.scope, count=self.count, head=self.head)
        count, head = AuditChain.objects.order_by().values_list("count", "head").get(scope=self.scope)
        return anchors.Anchor(scope=self.scope, count=count, head=head)


def _anchor_on_commit(anchoring: Anchoring) -> None:
    for _, waiting, *_ in transaction.get_connection().run_on_commit:
        earlier = getattr(waiting, "__self__", None)
        if isinstance(earlier, Anchoring) and earlier.scope == anchoring.scope:
            earlier.is_last = False
    transaction.on_commit(anchoring.keep, robust=True)
