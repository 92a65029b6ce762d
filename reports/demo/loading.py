"""Loads the demo county through the imports that a real county goes through, and adds what no sheet can say."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.actions.county_file import load_county
from accounts.actions.first_passwords import hash_passwords
from accounts.models import Post, User
from accounts.rules import Role
from counties.models import Area, School
from office.audit import record
from office.refusals import Refused
from office.sheets_in import read_table
from reports.actions import make_verdicts
from reports.demo.children import DemoChild
from reports.demo.county import DemoCounty, draw_county
from reports.demo.logged import is_logged, log_visits
from reports.demo.outings import DemoOuting, first_month
from reports.demo.places import COUNTY, SPECIAL_SCHOOL
from reports.demo.planned import Planner
from reports.demo.practising import Practices
from reports.demo.sheets import Texts, faulty_roster, roster, visits
from reports.demo.submissions import file_months
from students.actions.import_roster import import_roster
from students.codes import CaseState
from students.models import Case, Consent, Pause
from students.rules.consents import TEXT_VERSION
from students.rules.roster import HEADERS
from students.rules.service import next_month
from students.sheets_in import Review, Scope, review
from visits.actions import import_visits
from visits.models import Visit, VisitPerson, VisitRecord
from visits.rules.sheet import HEADERS as VISIT_HEADERS
from visits.sheets_in import Review as VisitReview

INSTALLATION_PEOPLE = (
    ("operator", "系统管理员", Role.OPERATOR),
    ("security", "安全管理员", Role.SECURITY_OFFICER),
    ("auditor", "审计员", Role.AUDITOR),
)
NO_PHOTOS, NOT_BACK = 9, 17  # every so many-th family
SAMPLE = "试导入花名册.xlsx"
MODES = {"入户": Visit.Mode.HOME, "集中": Visit.Mode.CENTRE, "远程": Visit.Mode.REMOTE}


class RowsRejected(Exception):
    """The demo's own sheet was not taken whole: its content and the import disagree."""


def is_loaded() -> bool:
    return School.objects.filter(county=COUNTY, code=SPECIAL_SCHOOL.code, name=SPECIAL_SCHOOL.name).exists()


@transaction.atomic
def load_demo(*, at: datetime, password: str) -> None:
    """The whole county, all or nothing. Raises Refused where another county is on record."""
    if Area.objects.counties().exists():
        raise Refused("这里已有别的县的数据，不能装入演示县。请换一个空的数据目录。")
    county = draw_county(today=timezone.localdate(at))
    load_county(data=county.county_file, at=at, password=password)
    _add_installation_people(password, at=at)
    _import_children(county, at=at)
    _tell_stories(county.children)
    _agree(county.children, at=at)
    planner = Planner(county, at=at)
    planner.plan_all()
    _visit(county, Practices(planner), at=at)
    planner.sum_up_all()
    _plan_visits([outing for outing in county.outings if outing.is_planned], at=at)
    _judge_months(county.today, at=at)
    file_months(county.today, at=at)
    (Path(settings.DATA) / SAMPLE).write_bytes(faulty_roster(county))
    _know_the_tables()
    record("demo.loaded", subject=None, by=None, at=at, county=COUNTY)


def _know_the_tables() -> None:
    """PostgreSQL knows nothing of tables that were just filled: until its daemon looks, it would read each of them row by row, again
    for each row of another."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _add_installation_people(password: str, *, at: datetime) -> None:
    """Those of no county, whom no county file may name."""
    hashed = hash_passwords({username: password for username, _, _ in INSTALLATION_PEOPLE})
    for username, name, role in INSTALLATION_PEOPLE:
        user = User.objects.create(username=username, name=name, password=hashed[username], must_change_password=False, created_at=at)
        Post.objects.create(user=user, role=role)


# --- Children -------------------------------------------------------------------------------------


def _import_children(county: DemoCounty, *, at: datetime) -> None:
    """The roster with each child's first school; then a short one of those who have moved, each move confirmed as on screen."""
    first = [(child, child.stays[0] if child.stays else None) for child in county.children]
    moved = [(child, child.stays[1]) for child in county.children if len(child.stays) > 1]
    scope = Scope(county=COUNTY, on=county.today)
    _whole(import_roster(table=read_table(roster(county, first), HEADERS), scope=scope, by=None, at=at))
    table = read_table(roster(county, moved), HEADERS)
    rows = frozenset(plan.judged.row.number for plan in review(table, scope).plans)
    _whole(import_roster(table=table, scope=scope, by=None, at=at, confirmed=rows))


def _whole(taken: Review | VisitReview) -> None:
    if rejected := taken.summary()["rejected"]:
        raise RowsRejected(str(rejected))


def _tell_stories(children: list[DemoChild]) -> None:
    """Pauses and mainly remote service, which a roster does not know."""
    for child in children:
        case = Case.objects.filter(student__county=COUNTY, student__name=child.name).order_by("starts_on").last()
        if case is None:
            raise RowsRejected(f"child {child.number} is not on record")
        for since, until, why in child.pauses:
            Pause.objects.create(case=case, starts_on=since, ends_on=until, reason=why)
            if until is None:
                Case.objects.filter(pk=case.pk).update(state=CaseState.SUSPENDED)
        if child.mainly_remote_until is not None:
            why = "长期在康复机构训练，以远程为主"
            Case.objects.filter(pk=case.pk).update(mainly_remote_until=child.mainly_remote_until, mainly_remote_reason=why)


def _agree(children: list[DemoChild], *, at: datetime) -> None:
    """Most families agree to both; some say no to photos, and of a few nothing has come back yet."""
    admins = dict(Post.objects.filter(role=Role.SCHOOL_ADMIN, school__county=COUNTY).order_by("pk").values_list("school", "user"))
    served = Case.objects.filter(student__county=COUNTY, school__in=admins).select_related("student").order_by("starts_on")
    cases = {case.student.name: case for case in served}
    Consent.objects.bulk_create(
        Consent(
            student=case.student,
            kind=kind,
            is_given=kind == Consent.Kind.DATA or child.number % NO_PHOTOS != 0,
            text_version=TEXT_VERSION,
            given_by=child.family.guardian,
            relation=child.family.relation,
            starts_on=case.starts_on,
            by_id=admins[case.school_id],
            at=at,
        )
        for child in children
        if (case := cases.get(child.name)) and child.number % NOT_BACK != 0
        for kind in Consent.Kind
    )


# --- Visits behind and ahead, months -------------------------------------------------------------------


def _visit(county: DemoCounty, practices: Practices, *, at: datetime) -> None:
    """History comes as a sheet; what is newer was logged on the page."""
    texts, over = Texts(county), [outing for outing in county.outings if not outing.is_planned]
    sheet = visits(county, [outing for outing in over if not is_logged(outing, county.today)], texts)
    _whole(import_visits(table=read_table(sheet, VISIT_HEADERS), county=COUNTY, by=None, at=at))
    practices.add_to_sheet(county.children)
    log_visits([outing for outing in over if is_logged(outing, county.today)], texts, practices, at=at)


def _plan_visits(outings: list[DemoOuting], *, at: datetime) -> None:
    """Visits that are planned; a sheet of history holds none."""
    users = dict(User.objects.of_county(COUNTY).values_list("name", "pk"))
    schools = {school.code: school for school in School.objects.of_county(COUNTY)}
    for outing in outings:
        start = timezone.make_aware(datetime.combine(outing.on, outing.start))
        visit = Visit.objects.create(
            school=schools[outing.school.code],
            on=outing.on,
            starts_at=start,
            ends_at=start + timedelta(minutes=outing.minutes),
            mode=MODES[outing.mode],
            written_at=at,
        )
        cases = Case.objects.filter(
            student__county=COUNTY, student__name__in=[child.name for child in outing.children], school=visit.school
        )
        VisitRecord.objects.bulk_create(
            VisitRecord(visit=visit, case=case, student_id=case.student_id, school=visit.school, on=visit.on) for case in cases
        )
        VisitPerson.objects.bulk_create(VisitPerson(visit=visit, user_id=users[name], name=name) for name in outing.teachers)


def _judge_months(today: date, *, at: datetime) -> None:
    month = first_month(today)
    while next_month(month) <= today:
        make_verdicts(county_code=COUNTY, month=month, by=None, at=at)
        month = next_month(month)
