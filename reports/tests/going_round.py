"""A school's month that goes round and round: submitted, returned, submitted again, accepted, opened again."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import time_machine
from django.test import Client

from accounts.models import Notice, User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine, Job
from reports.actions.drafting import refresh_draft
from reports.models import Filing, Submission
from reports.sheets.snapshot import Snapshot
from reports.tests.make import answer_all, signed_in
from students.tests.make import make_case
from visits.models import SchoolMonth, Visit, VisitRecord
from visits.tests.make import make_visit

OCTOBER, NOW = date(2026, 10, 1), at("2026-10-28 20:00")
CYCLE = (("submit", "submitted"), ("return", "returned"), ("submit", "submitted"), ("accept", "accepted"), ("reopen", "superseded"))


class Month:
    """A school's month and the two who take its steps in the browser; some visits hold two children."""

    def __init__(self) -> None:
        county = make_county(photo_min=0, parent_confirm=[], record_due_hours=10_000)
        self.school: School = make_school(county)
        self.admin: User = make_user(Role.SCHOOL_ADMIN, self.school)
        self.staff: User = make_user(Role.COUNTY_STAFF, county)
        teachers = tuple(make_user(Role.TEACHER, self.school) for _ in range(2))
        cases = [make_case(self.school) for _ in range(3)]
        for number, case in enumerate(cases):
            make_visit(case, start=f"2026-10-1{number} 09:00", people=teachers, author=self.admin)
        make_visit(*cases, start="2026-10-20 09:00", people=teachers, author=self.admin)
        answer_all(self.school, OCTOBER, self.admin, NOW)
        self.browsers: dict[str, Client] = {"submit": signed_in(self.admin)}
        self.browsers |= dict.fromkeys(("return", "accept", "reopen"), signed_in(self.staff))

    def newest(self) -> Submission:
        found: Submission = Submission.objects.filter(school=self.school).order_by("-version")[0]
        return found

    def form(self, step: str) -> tuple[str, dict[str, str]]:
        """What the page that stands open would send."""
        where = f"/reports/2026-10/filing/{self.school.pk}/submit/" if step == "submit" else self._review(step)
        newest = refresh_draft(school=self.school, month=OCTOBER, at=NOW) if step == "submit" else self.newest()
        return where, {"submission": str(newest.pk), "version": str(newest.version), "reason": "请核对十一日的记录。"}

    def _review(self, step: str) -> str:
        return f"/reports/review/2026-10/{self.school.pk}/{step}/"

    def send(self, step: str, where: str, fields: dict[str, str]) -> None:
        with time_machine.travel(NOW, tick=False):
            answer = self.browsers[step].post(where, fields, headers={"referer": "http://testserver/"})
        assert answer.status_code == 302

    def stands(self) -> dict[str, Any]:
        """All that a step changes, by number or state."""
        newest = self.newest()
        return {
            "states": list(Submission.objects.order_by("version").values_list("state", flat=True)),
            "filed": newest.filings.count(),
            "all filed": Filing.objects.count(),
            "locks": sorted(VisitRecord.objects.values_list("lock", flat=True)),
            "month": list(SchoolMonth.objects.values_list("state", flat=True)),
            "notices": Notice.objects.count(),
            "prints": Job.objects.count(),
            "verbs": Counter(AuditLine.objects.filter(verb__startswith="submission.").values_list("verb", flat=True)),
        }

    def is_whole(self) -> None:
        standing = Submission.objects.filter(state__in=["submitted", "accepted"]).first()
        filed = list(Filing.objects.values_list("record", flat=True))
        assert len(filed) == len(set(filed)), "no record is in two submissions"
        assert {str(pk) for pk in filed} == (Snapshot.read(standing.snapshot).records if standing else set())
        for visit in Visit.objects.prefetch_related("records"):
            assert len({(record.pk in filed, record.lock) for record in visit.records.all()}) == 1
