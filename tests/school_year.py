"""A school year lived day by day: schools that are early, late or silent, a bureau that returns and accepts, children that come
and go, holidays, and days on which nothing runs. Everything happens through the actions and the clock that the product uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any, NamedTuple

import time_machine
from celery import current_app

from accounts.models import Notice, User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.actions import add_policy
from counties.models import Area, Holiday, School
from counties.tests.make import SHANGHAI, make_county, make_school
from office import work
from office.models import Job
from office.refusals import Refused
from office.sheets_in import read_table
from office.workbook import Sheet, make_workbook
from reports.actions.filing import accept, confirm, refresh_draft, reopen, return_submission, submit
from reports.figures.filing import due_day_of
from reports.models import Submission
from reports.rules.filing import due_on
from reports.sheets.snapshot import Snapshot
from reports.tests.make import answer_all
from students.actions.cases import pause_case, resume_case
from students.codes import CaseState
from students.models import Case
from students.tests.make import make_case
from visits.actions import import_visits
from visits.models import Visit
from visits.querysets.writing import content_of
from visits.rules.sheet import HEADERS
from visits.tests.writing import make_plain, write

FIRST, LAST = date(2026, 9, 1), date(2027, 9, 5)
OFF = ((date(2026, 11, 27), date(2026, 12, 2)), (date(2027, 2, 27), date(2027, 3, 1)))  # nothing runs: first and last day
REMINDERS = (7, 3, 1, 0)  # days before the last day
TEMPERS = ("late", "early", "on_the_day", "slow", *("early", "on_the_day") * 6, "late", "slow", "early", "silent")

DAYS_AFTER = {"early": -2, "on_the_day": 0, "late": 2, "slow": 6, "silent": 17}  # the last day on time


class CountyPlan(NamedTuple):
    """What a county of the year is like; `later` is what its policy of 1 January changes."""

    code: str
    preset: str
    policy: dict[str, Any]
    later: dict[str, Any]


COUNTIES = (
    CountyPlan("450125", "上林县 2021", {"prepare_day": 27}, {"visits_per_period": 3, "submit_due_day": 26, "prepare_day": 25}),
    CountyPlan(
        "620102",
        "甘肃 2018",
        {"auto_submit": True, "submit_due_day": 31, "prepare_day": 30, "exempt_months": [1]},
        {"auto_submit": True, "prepare_day": 27},
    ),
)


@dataclass
class Place:
    """A school and its people. `temper` says when it files, counted from the last day on time."""

    school: School
    temper: str
    admin: User
    principal: User
    teachers: tuple[User, ...]
    cases: list[Case]
    starts: set[datetime] = field(default_factory=set)


@dataclass
class SchoolYear:
    seed: int
    schools: int  # of each county
    first: date = FIRST
    last: date = LAST
    places: list[Place] = field(default_factory=list)
    bureau: dict[str, User] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)
    frozen: dict[Any, str] = field(default_factory=dict)  # digest by submission
    to_remind: set[tuple[Any, date]] = field(default_factory=set)  # (admin, day), as it stood before the clock looked
    to_tell: set[tuple[str, date]] = field(default_factory=set)  # (county, month) of which the bureau has to hear who is missing

    def __post_init__(self) -> None:
        self.one = Random(self.seed)
        for plan in COUNTIES:
            self._found(plan)

    def _found(self, plan: CountyPlan) -> None:
        county = make_county(plan.code, preset=plan.preset, **{"photo_min": 0, "parent_confirm": [], **plan.policy})
        for name, starts_on, ends_on in (("国庆节", date(2026, 10, 1), date(2026, 10, 7)), ("春节", date(2027, 2, 5), date(2027, 2, 12))):
            Holiday.objects.create(county=county, name=name, starts_on=starts_on, ends_on=ends_on)
        self.bureau[plan.code] = make_user(Role.COUNTY_STAFF, county)
        for number in range(self.schools):
            school = make_school(county, reports_from=self.first.replace(day=1), principal_confirms=number % 5 == 1)
            admin, principal = make_user(Role.SCHOOL_ADMIN, school), make_user(Role.PRINCIPAL, school)
            teachers = tuple(make_user(Role.TEACHER, school) for _ in range(2))
            starts_on = self.first.replace(day=1)
            cases = [make_case(school, teachers=teachers, starts_on=starts_on) for _ in range(self.one.randint(1, 3))]
            self.places.append(Place(school, TEMPERS[number % len(TEMPERS)], admin, principal, teachers, cases))

    # --- one day after the other -----------------------------------------------------------------------------

    def live(self) -> None:
        day = self.first
        with time_machine.travel(self._at(day, 0), tick=False) as self.clock:
            while day <= self.last:
                if not self.is_off(day):
                    for hour, minute, step in self._day(day):
                        self.now = self._at(day, hour, minute)
                        self.clock.move_to(self.now)
                        step()
                day += timedelta(days=1)

    def _day(self, day: date) -> Iterator[tuple[int, int, Any]]:
        yield 0, 1, self._tick
        yield 2, 31, self._tick
        yield 9, 0, lambda: self._remember_who_is_told(day)
        yield 9, 1, self._tick
        yield 17, 0, lambda: self._teach(day)
        yield 18, 0, lambda: self._children_come_and_go(day)
        yield 20, 0, lambda: self._file(day)
        yield 21, 0, lambda: self._review(day)
        yield 22, 0, self._tick

    def night_after(self) -> None:
        for hour in (0, 2, 9):
            self.now = self._at(self.last + timedelta(days=1), hour, 1)
            self.clock.move_to(self.now)
            self._tick()

    def is_off(self, day: date) -> bool:
        return any(since <= day <= until for since, until in OFF)

    def _at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI)

    def _tick(self) -> None:
        """The clock, twice, as two hosts would; then what it asked for, some of it a second time."""
        for _ in range(2):
            current_app.tasks["office.tick"]()
        while waiting := list(Job.objects.filter(state="queued")):
            for job in waiting:
                work.do(job.pk)
                if self.one.random() < 0.05:
                    Job.objects.filter(pk=job.pk).update(state="queued")
                    work.do(job.pk)
                    self.counted["jobs done a second time"] += 1
        self._freeze()

    # --- what people do ----------------------------------------------------------------------------------------

    def _teach(self, day: date) -> None:
        for place in self.places:
            for case in place.cases:
                if self.one.random() < (0.09 if day.month not in (7, 8) else 0.01):
                    self._visit(place, [case], day)
            if len(place.cases) > 1 and self.one.random() < 0.01:
                self._visit(place, place.cases, day)
            if self.one.random() < 0.01:
                self._import(place, day)
            if self.one.random() < 0.02:
                self._correct(place)

    def _visit(self, place: Place, cases: list[Case], day: date) -> None:
        """Written the same evening, or days later; in vain now and then."""
        on = max(day - timedelta(days=self.one.choice((0, 0, 0, 0, 1, 9))), self.first)
        start = self._start(place, on)
        missed = {"state": "missed", "missed_reason": "hospital", "present": False, "lessons": "0"} if self.one.random() < 0.1 else {}
        when = {"on": f"{on}", "start": f"{start:%H:%M}", "end": f"{start + timedelta(hours=2):%H:%M}"}
        plain = make_plain(*cases, people=place.teachers, teaching=f"{start:%m%d%H%M} 认识红色和蓝色。", **when, **missed)
        self._try("visits", lambda: write(plain, place.admin, self.now))

    def _import(self, place: Place, day: date) -> None:
        start = self._start(place, day)
        headers = ["日期", "开始时间", "结束时间", "学生姓名", "送教学校", "形式", "送教教师", "课时"]
        names = "、".join(teacher.name for teacher in place.teachers)
        end = start + timedelta(hours=2)
        child = place.cases[0].student.name
        row = [f"{day}", f"{start:%H:%M}", f"{end:%H:%M}", child, place.school.name, "入户", names, "3"]
        table = read_table(make_workbook([Sheet("送教记录", headers, [row])]), HEADERS)
        self.counted["rows imported"] += len(import_visits(table=table, county=place.school.county_id, by=None, at=self.now).new)

    def _correct(self, place: Place) -> None:
        closed = list(Visit.objects.filter(school=place.school, records__lock="accepted").distinct().order_by("starts_at")[:20])
        if not closed:
            return
        visit = self.one.choice(closed)
        said = content_of(visit, place.admin)
        said["records"][0]["teaching"] = f"更正第{visit.version + 1}次"
        self._try("corrections", lambda: write(said, place.admin, self.now, visit_id=visit.pk, base=visit.version, reason="写错了"))

    def _children_come_and_go(self, day: date) -> None:
        for place in self.places:
            for case in list(place.cases):
                self._maybe_pause(place, case, day)
                if day.day == 17 and len(place.cases) > 1 and self.one.random() < 0.05:
                    self._move(place, case, day)
            if self.one.random() < 0.002:
                place.cases.append(make_case(place.school, teachers=place.teachers, starts_on=day))
                self.counted["children taken in"] += 1
        if day == date(2026, 12, 15):
            for plan in COUNTIES:
                county = Area.objects.get(code=plan.code)
                values = {"photo_min": 0, "parent_confirm": [], **plan.later}
                admin = self.bureau[plan.code].pk
                add_policy(county=county, preset=plan.preset, values=values, effective_on=date(2027, 1, 1), by=admin, at=self.now)

    def _maybe_pause(self, place: Place, case: Case, day: date) -> None:
        if self.one.random() < 0.004:
            self._try("pauses", lambda: pause_case(case=case, starts_on=day, ends_on=None, reason="住院", by=place.admin, at=self.now))
        elif self.one.random() < 0.05:
            self._try("resumptions", lambda: resume_case(case=case, on=day, by=place.admin, at=self.now))

    def _move(self, place: Place, case: Case, day: date) -> None:
        """To another school of the county; or out of service altogether, as after a death."""
        Case.objects.filter(pk=case.pk).update(state=CaseState.EXITED, ends_on=day)
        place.cases.remove(case)
        others = [other for other in self.places if other.school.county_id == place.school.county_id and other is not place]
        if others and self.one.random() < 0.7:
            new = self.one.choice(others)
            new.cases.append(make_case(new.school, student=case.student, teachers=new.teachers, starts_on=day))
            self.counted["children who changed school"] += 1
        else:
            self.counted["children who left"] += 1

    def _start(self, place: Place, on: date) -> datetime:
        start = self._at(on, 8)
        while start in place.starts:
            start += timedelta(minutes=11)
        place.starts.add(start)
        return start

    def _try(self, what: str, act: Any) -> Any:
        """Somebody tries: what a rule refuses is counted as well."""
        try:
            done = act()
        except Refused:
            self.counted[f"{what} refused"] += 1
            return None
        self.counted[what] += 1
        return done

    # --- months ------------------------------------------------------------------------------------------------

    def _file(self, day: date) -> None:
        for place in self.places:
            for month in self._open_months(place, day):
                if self._wants_to_file(place, month, day):
                    self.file(place, month)

    def _open_months(self, place: Place, day: date) -> list[date]:
        """This month and the last three, as far as nothing of them stands filed."""
        months = [month for month in months_between(self.first, day) if month >= day.replace(day=1) - timedelta(days=100)]
        return [month for month in months if not self._stands_filed(place, month)]

    def _stands_filed(self, place: Place, month: date) -> bool:
        return Submission.objects.filter(school=place.school, month=month, state__in=("submitted", "accepted")).exists()

    def _wants_to_file(self, place: Place, month: date, day: date) -> bool:
        if self._was_filed(place, month):  # returned: worked on for some days
            return self.one.random() < 0.3
        past = (day - self.due_on(place, month)).days
        return past >= DAYS_AFTER[place.temper]

    def due_on(self, place: Place, month: date) -> date:
        return due_on(month, due_day_of(place.school, month))

    def file(self, place: Place, month: date) -> None:
        draft = refresh_draft(school=place.school, month=month, at=self.now)
        if draft.state != "draft":
            return
        if answer_all(place.school, month, place.admin, self.now):
            draft = refresh_draft(school=place.school, month=month, at=self.now)
        if place.school.principal_confirms:
            confirm(submission=draft, by=place.principal, at=self.now)
        nil, by = Snapshot.read(draft.snapshot).is_nil, place.admin
        filing = partial(submit, school=place.school, month=month, version=draft.version, by=by, at=self.now, nil=nil)
        self._try("nil reports" if nil else "submissions", filing)
        self._freeze()

    def _review(self, day: date) -> None:
        for filed in Submission.objects.filter(state="submitted").order_by("pk").select_related("school"):
            by, chance = self.bureau[filed.school.county_id], self.one.random()
            if chance < 0.08:
                lines = self._lines(filed) if chance < 0.06 else {}
                given = partial(return_submission, submission=filed, version=filed.version, lines=lines, reason="请补正")
                self._try("returns", partial(given, by=by, at=self.now))
            elif chance < 0.4:
                self._try("acceptances", partial(accept, submission=filed, version=filed.version, by=by, at=self.now))
        for closed in Submission.objects.filter(state="accepted").order_by("pk").select_related("school"):
            if self.one.random() < 0.0008:
                by = self.bureau[closed.school.county_id]
                self._try("reopenings", partial(reopen, submission=closed, reason="漏了一次", by=by, at=self.now))

    def _lines(self, filed: Submission) -> dict[Any, str]:
        students = list(filed.filings.values_list("record__student", flat=True).distinct())
        return {self.one.choice(students): "缺照片"} if students else {}

    def _freeze(self) -> None:
        for pk, digest in Submission.objects.exclude(state="draft").values_list("pk", "digest"):
            if pk not in self.frozen:
                self.frozen[pk] = digest

    def _remember_who_is_told(self, day: date) -> None:
        """As it stands before the clock looks: reminders of today, and the list of those who did not file a month that was due."""
        for place in self.places:
            for month in months_between(self.first, day)[-2:]:
                if self._was_filed(place, month):
                    continue
                past = (day - self.due_on(place, month)).days
                if -past in REMINDERS:
                    self.to_remind.add((place.admin.pk, day))
                if past > 0 and past < 28:
                    self.to_tell.add((place.school.county_id, month))

    def _was_filed(self, place: Place, month: date) -> bool:
        return Submission.objects.filter(school=place.school, month=month, submitted_at__isnull=False).exists()

    def close(self) -> None:
        """What is still open is filed and accepted, month after month, and one more month takes what was left over."""
        after = (self.last.replace(day=1) + timedelta(days=32)).replace(day=1)
        self.now = self._at(after + timedelta(days=20), 9)
        for place in self.places:
            for month in months_between(self.first, after):
                if not self._stands_filed(place, month):
                    self.file(place, month)
                for filed in Submission.objects.filter(school=place.school, month=month, state="submitted"):
                    accept(submission=filed, version=filed.version, by=self.bureau[place.school.county_id], at=self.now)

    def reminded(self) -> Counter[tuple[Any, date]]:
        admins = {place.admin.pk for place in self.places}
        told = Notice.objects.filter(key__startswith="remind:", user__in=admins).values_list("user", "at")
        return Counter((user, at.astimezone(SHANGHAI).date()) for user, at in told)

    def told(self) -> Counter[tuple[str, date]]:
        """(county, month) of each list of the missing that the bureau's staff got."""
        keys = Notice.objects.filter(key__startswith="missing:", user__in=self.bureau.values()).values_list("key", flat=True)
        return Counter((county, date.fromisoformat(f"{month}-01")) for _, county, month in (key.split(":") for key in keys))


def months_between(first: date, last: date) -> list[date]:
    months, month = [], first.replace(day=1)
    while month <= last:
        months.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return months
