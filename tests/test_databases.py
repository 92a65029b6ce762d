"""What both databases must do alike: concurrent writers all succeed, and a day is Beijing's day."""

from __future__ import annotations

import sqlite3
import threading
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction

from counties.models import Area
from counties.tests.make import at
from reports.figures import month_figures
from students.tests.make import make_case
from visits.models import VisitRecord
from visits.tests.make import make_visit

WRITERS, WRITES = 8, 25


def read_then_write() -> None:
    """One transaction that reads before it writes: the kind that fails at once where the lock comes late."""
    with transaction.atomic():
        area = Area.objects.get(pk="45")
        area.name = str(int(area.name) + 1)
        area.save(update_fields=["name"])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows, not the file")
@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_wait_for_each_other_and_lose_no_write() -> None:
    Area.objects.create(code="45", name="0")
    failures: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(WRITES):
                read_then_write()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Area.objects.get(pk="45").name == str(WRITERS * WRITES)


def test_a_transaction_that_takes_the_lock_late_does_fail(tmp_path: Path) -> None:
    """The control: without IMMEDIATE the second of two readers cannot write."""
    first, second = (sqlite3.connect(tmp_path / "db", isolation_level=None, timeout=0.1) for _ in range(2))
    first.execute("PRAGMA journal_mode=WAL")
    first.execute("CREATE TABLE area (name)")
    for each in (first, second):
        each.execute("BEGIN DEFERRED")
        each.execute("SELECT * FROM area").fetchall()
    first.execute("INSERT INTO area VALUES (1)")
    first.execute("COMMIT")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        second.execute("INSERT INTO area VALUES (2)")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="settings of the embedded database")
@pytest.mark.django_db
def test_what_was_acknowledged_survives_a_power_cut() -> None:
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    with connection.cursor() as cursor:
        modes = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert modes == ["wal", 2]  # 2 is FULL


@pytest.mark.django_db
def test_the_small_hours_belong_to_beijings_day_also_where_the_database_lives_in_utc() -> None:
    case = make_case()
    make_visit(case, start="2026-10-01 00:10")  # 30 September in UTC
    make_visit(case, start="2026-10-31 23:20", minutes=30)
    assert set(VisitRecord.objects.values_list("on", flat=True)) == {date(2026, 10, 1), date(2026, 10, 31)}
    delivered = {
        month: month_figures(county_code="450125", month=month, as_of=at("2026-12-01 00:00")).lines[0].month.delivered
        for month in (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))
    }
    assert delivered == {date(2026, 9, 1): 0, date(2026, 10, 1): 2, date(2026, 11, 1): 0}
