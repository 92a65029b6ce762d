"""Of the revisions of a child's month one stands: the latest, also of those made before it was written down which."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from counties.tests.make import at
from reports.models import Verdict
from students.models import Case
from students.tests.make import make_case

pytestmark = pytest.mark.django_db


def make_revision(revision: int, *, month: date = date(2026, 10, 1), is_standing: bool = True) -> Verdict:
    case = Case.objects.first() or make_case()
    assert case.school is not None
    made_verdict: Verdict = Verdict.objects.create(
        student=case.student,
        school=case.school,
        month=month,
        revision=revision,
        is_standing=is_standing,
        outcome="short",
        owed=2,
        delivered=1,
        reachable=2,
        lessons=3,
        short_visits=1,
        surplus_visits=0,
        made_at=at("2026-11-01"),
    )
    return made_verdict


def test_two_revisions_cannot_both_stand() -> None:
    make_revision(1)
    with transaction.atomic(), pytest.raises(IntegrityError):
        make_revision(2)
    make_revision(1, month=date(2026, 9, 1))


def test_an_upgrade_finds_the_latest_of_each_month() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX verdict_stands_once")
    for revision in (1, 2, 3):
        make_revision(revision)
    make_revision(1, month=date(2026, 9, 1))

    import_module("reports.migrations.0004_standing_verdicts").mark(apps, None)

    assert sorted(Verdict.objects.standing().values_list("month", "revision")) == [(date(2026, 9, 1), 1), (date(2026, 10, 1), 3)]
