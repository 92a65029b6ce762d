"""What the verdicts of a school year say together."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from itertools import groupby
from uuid import UUID

from counties.rules import school_year_of
from reports.models import Verdict
from reports.rules import made_good
from students.rules.service import months_of_year


def children_made_good(*, month: date, schools: Collection[UUID]) -> frozenset[UUID]:
    """The children, short in `month`, whose shortfall later surplus of the school year has covered (已补齐). One query."""
    year = months_of_year(school_year_of(month))
    verdicts = Verdict.objects.filter(school__in=schools, month__gte=year[0], month__lte=year[-1]).standing().order_by("student", "month")
    covered = set()
    for student_id, months in groupby(verdicts, key=lambda verdict: verdict.student_id):
        judged = list(months)
        if any(judged[number].month == month for number in made_good([verdict.balance for verdict in judged])):
            covered.add(student_id)
    return frozenset(covered)
