"""What the verdicts of months that are over come to. Each function is one query."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from reports.models import Verdict
from reports.rules import month_after


@dataclass(frozen=True, slots=True)
class Judged:
    """A number of verdicts, added up: of a month, of a school in a month, or of a county."""

    children: int
    owed: int
    delivered: int
    fulfilled: int
    reachable: int
    met: int
    short: int

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.fulfilled, self.owed) if self.owed else None

    @property
    def reachable_rate(self) -> Fraction | None:
        return Fraction(self.fulfilled, self.reachable) if self.reachable else None


def add_up(verdicts: QuerySet[Verdict], *by: str) -> dict[tuple[object, ...], Judged]:
    """The standing verdicts added up by the columns named."""
    rows = (
        verdicts.order_by()
        .values_list(*by)
        .annotate(
            children=Count("student", distinct=True),
            all_owed=Sum("owed"),
            all_delivered=Sum("delivered"),
            all_short=Sum("short_visits"),
            all_reachable=Sum("reachable"),
            met=Count("pk", filter=Q(outcome=Verdict.Outcome.MET)),
            short=Count("pk", filter=Q(outcome=Verdict.Outcome.SHORT)),
        )
    )
    added = {}
    for row in rows:
        children, owed, delivered, short_visits, reachable, met, short = row[len(by) :]
        added[tuple(row[: len(by)])] = Judged(children, owed, delivered, owed - short_visits, reachable, met, short)
    return added


def earlier_rates(verdicts: QuerySet[Verdict], month: date, *, months: int = 5) -> dict[UUID, tuple[Fraction, ...]]:
    """实送率 by school in the months before `month`, the oldest first; months without a verdict are left out."""
    first = month_after(month, -months)
    added = add_up(verdicts.filter(month__gte=first, month__lt=month), "school", "month")
    rates: dict[UUID, list[Fraction]] = defaultdict(list)
    for (school, _), judged in sorted(added.items(), key=lambda item: str(item[0][1])):
        if judged.rate is not None and isinstance(school, UUID):
            rates[school].append(judged.rate)
    return {school: tuple(theirs) for school, theirs in rates.items()}
