"""Seeds a database with whole counties and their years of visits. Nobody in it is real.

.venv/bin/python -m bench.seed --visits 500000      into the database the settings name, migrated and empty
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.timezone import get_default_timezone

from accounts.models import Post, User
from accounts.rules import Role
from bench.pump import Pump
from counties.models import Area, Policy, School, Term
from counties.rules import DEFAULT_PRESET, policy_values
from office.models import AuditChain, AuditLine
from students.codes import CaseState
from students.models import Case, CaseTeacher, Student
from visits.models import Visit, VisitPerson, VisitRecord
from visits.rules.recording import text_key

AS_OF = datetime(2026, 11, 1, tzinfo=get_default_timezone())
MONTH = date(2026, 10, 1)
PASSWORD = "songjiao-bench"  # noqa: S105 - of a database that is thrown away
YEARS = ((2024, 9), (2025, 9), (2026, 9))
VISITS_A_CHILD = 50
LINES = 100_000

FIXED, TENFOLD, SMALL = "450101", "450102", ("450103", "450104", "450105")  # SMALL: 10, 50 and 500 children


Team = tuple[tuple[str, str], ...]  # users' ids in hex, and names


@dataclass(slots=True)
class County:
    """What was seeded of one county."""

    code: str
    children: int
    schools: list[School] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)  # one a case
    cases: list[Case] = field(default_factory=list)


def counties_of(visits: int) -> list[County]:
    """One county of 100 children; with more visits than those, one ten times as large, three small ones, and fillers of the country."""
    fixed = County(FIXED, 100)
    if visits <= 100 * VISITS_A_CHILD:
        return [County(FIXED, max(10, visits // VISITS_A_CHILD))]
    others = [County(TENFOLD, 1000), *(County(code, size) for code, size in zip(SMALL, (10, 50, 500), strict=True))]
    left = visits // VISITS_A_CHILD - sum(county.children for county in [fixed, *others])
    sizes = [min(400, left - start) for start in range(0, max(0, left), 400)]
    return [fixed, *others, *(County(f"{460000 + number}", size) for number, size in enumerate(sizes, start=1))]


def seed(visits: int) -> int:
    """Fills the database; how many visits it holds then."""
    return plant(counties_of(visits))


def plant(counties: list[County]) -> int:
    """Fills the database with these counties; how many visits it holds then."""
    _hurry()
    rng = Random(1)
    password = make_password(PASSWORD)
    with transaction.atomic():
        for county in counties:
            _people_places(county, rng, password)
        total = sum(_month(month, counties, rng) for month in _months())
        if TENFOLD in {county.code for county in counties}:
            _audit(LINES)
    _settle()
    return total


# --- Places and people ---------------------------------------------------------------------------


def _people_places(county: County, rng: Random, password: str) -> None:
    area = Area.objects.create(code=county.code, name=f"县{county.code}")
    values = policy_values(DEFAULT_PRESET, {})
    Policy.objects.create(county=area, effective_on=date(2024, 9, 1), preset=DEFAULT_PRESET, values=values, created_at=AS_OF)
    for year, month in YEARS:
        Term.objects.create(county=area, name="秋", starts_on=date(year, month, 1), ends_on=date(year + 1, 1, 20))
        Term.objects.create(county=area, name="春", starts_on=date(year + 1, 2, 22), ends_on=date(year + 1, 7, 8))
    count = max(1, county.children // 20)
    county.schools = School.objects.bulk_create(
        School(county=area, code=f"2{county.code}{number:03}", name=f"{county.code}第{number}小学", kind="primary")
        for number in range(count)
    )
    clerk = _user(f"clerk{county.code}", password)
    clerk.save()
    Post.objects.create(user=clerk, role=Role.COUNTY_STAFF, area=area)
    for number, school in enumerate(county.schools):
        _school(county, school, number, rng, password)


def _school(county: County, school: School, number: int, rng: Random, password: str) -> None:
    """Five teachers and twenty children, two teachers a child."""
    size = len(range(number, county.children, len(county.schools)))
    teachers = User.objects.bulk_create(_user(f"t{school.code}{place}", password) for place in range(max(2, size // 4)))
    Post.objects.bulk_create(Post(user=teacher, role=Role.TEACHER, school=school) for teacher in teachers)
    students = Student.objects.bulk_create(_student(county, school, place, rng) for place in range(size))
    cases = Case.objects.bulk_create(
        Case(student=student, state=CaseState.ACTIVE, school=school, starts_on=date(2024, 9, 1), created_at=AS_OF) for student in students
    )
    for case in cases:
        team = rng.sample(teachers, k=2)
        CaseTeacher.objects.bulk_create(CaseTeacher(case=case, user=teacher) for teacher in team)
        county.cases.append(case)
        county.teams.append(tuple((teacher.pk.hex, teacher.name) for teacher in team))


def _user(username: str, password: str) -> User:
    return User(username=username, name=username, password=password, must_change_password=False, created_at=AS_OF)


def _student(county: County, school: School, place: int, rng: Random) -> Student:
    return Student(
        county_id=county.code,
        registered_school=school,
        name=f"学生{school.code[-5:]}{place}",
        name_key=f"学生{school.code[-5:]}{place}",
        initials="xs",
        sex=rng.choice("12"),
        ethnicity="08",
        birth_on=date(rng.randint(2012, 2018), rng.randint(1, 12), rng.randint(1, 28)),
        id_number=f"{county.code}20140308{place:04}",
        home_address="某镇某村某屯一号",
        disability="5",
        disability_grade="2",
        created_at=AS_OF,
    )


# --- Visits, month by month as they come in -----------------------------------------------------------


def _months() -> list[date]:
    """The months with term days from September 2024 to October 2026, and November 2026, which is planned."""
    months = [date(year + (month > 12), (month - 1) % 12 + 1, 1) for year, first in YEARS for month in range(first, first + 11)]
    return [month for month in months if month <= date(2026, 11, 1)]


class _Batch:
    def __init__(self) -> None:
        self.visits: list[tuple[object, ...]] = []
        self.records: list[tuple[object, ...]] = []
        self.people: list[tuple[object, ...]] = []


def _month(month: date, counties: list[County], rng: Random) -> int:
    batch = _Batch()
    for county in counties:
        for number, (case, team) in enumerate(zip(county.cases, county.teams, strict=True)):
            for first in (1, 15):
                day, hour = _slot(number, first, rng)
                _visit(batch, case, team, month.replace(day=day), hour, rng)
    rng.shuffle(batch.visits)  # as they come in from everywhere
    _VISITS().pour(batch.visits)
    _RECORDS().pour(batch.records)
    _PEOPLE().pour(batch.people)
    return len(batch.visits)


def _slot(number: int, first: int, rng: Random) -> tuple[int, int]:
    """A day of a fortnight and an hour in UTC: of the sixty-odd visits of a school a fortnight, few fall together."""
    place = rng.randrange(56) if rng.random() < 0.02 else number % 56
    return first + place % 14, (0, 2, 6, 8)[place // 14]


def _visit(batch: _Batch, case: Case, team: Team, on: date, hour: int, rng: Random) -> None:
    """Most are done at home; one in twenty finds nobody, one in fifty is remote, one in fifty has an old text or too few people."""
    pk, draw = f"{rng.getrandbits(128):032x}", rng.random
    state = "planned" if on >= AS_OF.date() else "missed" if draw() < 0.05 else "done"
    minutes = 60 if draw() < 0.03 else 119
    start, end = f"{on} {hour:02}:00:00", f"{on} {hour + minutes // 60:02}:{minutes % 60:02}:00"  # in UTC
    assert case.school_id is not None
    school, mode = case.school_id.hex, "remote" if draw() < 0.02 else "home"
    batch.visits.append((pk, school, str(on), start, end, mode, state, "hospital" if state == "missed" else "", "sheet", start))
    is_done = state == "done"
    text = f"用勺子吃饭：碗下垫防滑布，分四步练习，今天{'十' if draw() < 0.02 else draw()}次里大半做对" if is_done else ""
    record = (f"{rng.getrandbits(128):032x}", pk, case.pk.hex, case.student_id.hex, school, str(on), int(is_done), 3 if is_done else 0)
    batch.records.append((*record, text, text_key(text), text and "关节活动三组，每个方向停十五秒", text and "示范喂饭的坐姿"))
    for user, name in team[: 1 if draw() < 0.02 else 2]:
        batch.people.append((pk, user, name))


def _audit(lines: int) -> None:
    """A long chain of one county, a line every ten minutes up to AS_OF. Nobody signed it: it is there to be looked through."""
    AuditChain.objects.create(scope=TENFOLD, count=lines)
    began = AS_OF - timedelta(minutes=10 * lines)
    moments = (f"{(began + timedelta(minutes=10 * number)).astimezone(UTC):%Y-%m-%d %H:%M:%S}" for number in range(lines))
    rows = ((TENFOLD, number, at, "student.viewed", "{}") for number, at in enumerate(moments, start=1))
    Pump(AuditLine, ("chain_id", "number", "at", "verb", "detail")).pour(rows)


def _VISITS() -> Pump:  # noqa: N802
    names = ("id", "school_id", "on", "starts_at", "ends_at", "mode", "state", "missed_reason", "source", "written_at")
    return Pump(Visit, names)


def _RECORDS() -> Pump:  # noqa: N802
    names = ("id", "visit_id", "case_id", "student_id", "school_id", "on", "present", "lessons")
    return Pump(VisitRecord, (*names, "teaching", "teaching_key", "rehabilitation", "family"))


def _PEOPLE() -> Pump:  # noqa: N802
    return Pump(VisitPerson, ("visit_id", "user_id", "name"))


def _hurry() -> None:
    """All of a seed in memory, and nothing synced: a seed cut short is thrown away."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size=-2000000")
            cursor.execute("PRAGMA synchronous=OFF")


def _settle() -> None:
    """PostgreSQL's own housekeeping, which a running server does by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--visits", type=int, default=500_000)
    began = time.perf_counter()
    total = seed(parser.parse_args().visits)
    print(f"{total} visits in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
