"""What is timed. Each task makes ready what it needs and returns the part that the clock sees."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from typing import Any
from uuid import uuid4

import python_calamine
import xlsxwriter
from django.contrib.auth.hashers import check_password, make_password
from django.db import models, transaction

from accounts.actions.signing_in import Origin, sign_in
from accounts.models import User
from accounts.rules import Role, Standing, reach
from bench import archives
from bench.children import child_page
from bench.documents import print_bare, print_submission
from bench.pages import audit_page, page, visit_page
from bench.peers import counties_by_hand, month_by_hand, month_in_short, verdicts_by_hand, verdicts_in_short
from bench.photos import made_small, made_small_by_peer
from bench.receiving import receive_bare, receive_visits
from bench.seed import AS_OF, FIXED, MONTH, PASSWORD, TENFOLD
from bench.sheets import ROWS, roster_sheet, visit_sheet
from counties.models import Area
from office.sheets_in import Table, read_table
from office.workbook import Sheet, make_workbook
from reports.actions import make_verdicts
from reports.figures import month_figures
from reports.figures.area import counties_of, county_lines
from students.actions.import_roster import import_roster
from students.models import Case, CaseTeacher, Guardian, Student
from students.rules.roster import HEADERS
from students.sheets_in import Scope
from visits.actions import import_visits
from visits.models import Visit, VisitPerson, VisitRecord
from visits.rules.sheet import HEADERS as VISIT_HEADERS

LAST, YEAR = date(2026, 10, 31), (date(2026, 9, 1), date(2027, 8, 31))
PROVINCE, CLOSED, CLOSED_LAST = "45", date(2026, 9, 1), date(2026, 9, 30)
Task = Callable[[], object]


# --- Months ---------------------------------------------------------------------------------------


def month_of(county: str) -> Task:
    return partial(month_figures, county_code=county, month=MONTH, as_of=AS_OF)


def verdicts_of(county: str) -> Task:
    """Made, audited and taken back, so that every round makes them all."""
    return partial(undone, partial(make_verdicts, county_code=county, month=MONTH, by=None, at=AS_OF))


def verdicts_of_hand(by_hand: Callable[..., None], county: str) -> Task:
    return partial(undone, partial(by_hand, county, MONTH, LAST, AS_OF))


def province_closed() -> Task:
    """The month before, whose verdicts stand; they are made once."""
    judge_province()
    observer = User()
    observer.reach = reach(observer.pk, [Standing(role=Role.OBSERVER, area_code=PROVINCE)], on=AS_OF.date())
    return lambda: county_lines(observer, counties_of(observer), CLOSED)


@cache
def judge_province() -> None:
    for county in Area.objects.counties().filter(code__startswith=PROVINCE):
        make_verdicts(county_code=county.code, month=CLOSED, by=None, at=AS_OF)


def undone(work: Task) -> None:
    with transaction.atomic():
        work()
        transaction.set_rollback(True)


# --- Imports --------------------------------------------------------------------------------------


def roster() -> Task:
    table, scope = roster_table(), Scope(county=TENFOLD, on=AS_OF.date())
    return partial(undone, partial(import_roster, table=table, scope=scope, by=None, at=AS_OF))


def history() -> Task:
    return partial(undone, partial(import_visits, table=visit_table(), county=TENFOLD, by=None, at=AS_OF))


@cache
def roster_table() -> Table:
    return read_table(roster_sheet(), HEADERS)


@cache
def visit_table() -> Table:
    return read_table(visit_sheet(), VISIT_HEADERS)


def same_rows(imported: Task, kinds: tuple[type[models.Model], ...]) -> Task:
    """The rows that the import makes, from their values by bulk_create alone: nothing looked up, nothing judged."""
    rows = made_by(imported, kinds)
    return partial(
        undone, lambda: [kind._default_manager.bulk_create([kind(**row) for row in made], batch_size=2000) for kind, made in rows]
    )


Rows = list[tuple[type[models.Model], list[dict[str, Any]]]]
_made: dict[tuple[type[models.Model], ...], Rows] = {}


def made_by(imported: Task, kinds: tuple[type[models.Model], ...]) -> Rows:
    """The values of the rows that an import makes, numbers that the database gives left out."""
    if kinds not in _made:
        with transaction.atomic():
            before = {kind: set(kind._default_manager.values_list("pk", flat=True)) for kind in kinds}
            imported.args[0]()  # type: ignore[attr-defined]
            _made[kinds] = [(kind, [row for row in kind._default_manager.values() if row["id"] not in before[kind]]) for kind in kinds]
            transaction.set_rollback(True)
        for row in (row for kind, rows in _made[kinds] if isinstance(kind._meta.pk, models.AutoField) for row in rows):
            del row["id"]
    return _made[kinds]


# --- Workbooks --------------------------------------------------------------------------------------

COLUMNS = tuple(f"第{number}列" for number in range(15))


@cache
def cells() -> list[list[str | int | date]]:
    return [[number, f"韦小{number}", MONTH, *(f"内容{number}-{column}" for column in range(12))] for number in range(ROWS)]


def write_sheet() -> Task:
    rows = cells()
    return lambda: make_workbook([Sheet("表", COLUMNS, rows)])


def write_bare() -> Task:
    rows = cells()

    def write() -> None:
        book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True})
        page, day = book.add_worksheet("表"), book.add_format({"num_format": "yyyy-mm-dd"})
        for column, title in enumerate(COLUMNS):
            page.write_string(0, column, title)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(number, column, value)
                elif isinstance(value, int):
                    page.write_number(number, column, value)
                else:
                    page.write_datetime(number, column, value, day)
        book.close()

    return write


def read_sheet() -> Task:
    return partial(read_table, visit_sheet(), VISIT_HEADERS)


def read_bare() -> Task:
    content = visit_sheet()
    return lambda: python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


# --- Signing in -------------------------------------------------------------------------------------


def check() -> Task:
    return partial(check_password, PASSWORD, make_password(PASSWORD))


def signing_in() -> Task:
    origin = Origin(address="192.0.2.1", device=uuid4().hex)
    return partial(undone, partial(sign_in, username=f"clerk{TENFOLD}", password=PASSWORD, origin=origin, at=AS_OF))


TASKS: dict[str, Callable[[], Task]] = {
    "month_fixed": partial(month_of, FIXED),
    "month_tenfold": partial(month_of, TENFOLD),
    "verdicts_fixed": partial(verdicts_of, FIXED),
    "verdicts_tenfold": partial(verdicts_of, TENFOLD),
    "by_hand": lambda: partial(month_by_hand, TENFOLD, MONTH, LAST, YEAR, AS_OF),
    "verdicts_by_hand": lambda: verdicts_of_hand(verdicts_by_hand, TENFOLD),
    "verdicts_in_short": lambda: verdicts_of_hand(verdicts_in_short, TENFOLD),
    "province_closed": province_closed,
    "province_by_hand": lambda: partial(counties_by_hand, PROVINCE, CLOSED, CLOSED_LAST, AS_OF),
    "in_short": lambda: partial(month_in_short, TENFOLD, MONTH, LAST, AS_OF),
    "import_roster": roster,
    "roster_bulk": lambda: same_rows(roster(), (Student, Guardian, Case, CaseTeacher)),
    "import_visits": history,
    "visits_bulk": lambda: same_rows(history(), (Visit, VisitPerson, VisitRecord)),
    "read_sheet": read_sheet,
    "read_bare": read_bare,
    "write_sheet": write_sheet,
    "write_bare": write_bare,
    "photo": made_small,
    "photo_peer": made_small_by_peer,
    "print_submission": print_submission,
    "print_bare": print_bare,
    "archive": archives.print_short,
    "archive_bare": archives.print_short_bare,
    "archive_long": archives.print_long,
    "archive_halves": archives.print_half_twice,
    "receive_visits": receive_visits,
    "receive_bare": receive_bare,
    "check_password": check,
    "sign_in": signing_in,
    "student_list": lambda: page("student_list"),
    "visit_list": lambda: page("visit_list"),
    "visits_first": lambda: visit_page(1),
    "visits_far": lambda: visit_page(1000),
    "audit_first": lambda: audit_page(1),
    "audit_far": lambda: audit_page(2000),
    "bare_page": lambda: page("/bare/"),
    "empty_page": lambda: page("/empty/"),
    "child_plans": lambda: child_page("student_plans"),
    "child_visits": lambda: child_page("student_visits"),
    "child_log": lambda: child_page("log"),
    "child_frame": lambda: child_page("frame"),
}
