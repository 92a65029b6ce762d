"""Web and worker are killed at each write point of a month's steps: it is as before or wholly done, and trying again is enough."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Notice, User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import at, make_county, make_school
from office import files
from office.anchors import read
from office.models import AuditChain, AuditLine, Job, PrivateFile
from office.tests.backed_up import faults, settle
from office.tests.deaths import killed_at, killed_everywhere
from reports.actions.drafting import refresh_draft
from reports.actions.printing import print_submission
from reports.models import Filing, Submission
from reports.sheets.documents import submission_pdf, submission_workbook
from reports.sheets.particulars import Particulars
from reports.sheets.printing import printed
from reports.sheets.snapshot import Snapshot
from reports.tests.make import answer_all, signed_in
from students.tests.make import make_case
from visits.models import SchoolMonth, Visit, VisitRecord
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db(transaction=True)
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


@pytest.mark.parametrize(
    "first", [pytest.param(range(3, 200, 9), id="some"), pytest.param(range(1, 200), id="each", marks=pytest.mark.long)]
)
def test_each_step_killed_is_as_before_or_wholly_done(points: range, capsys: pytest.CaptureFixture[str]) -> None:
    """The month goes round and round; in each round every step is killed one point later, and tried again."""
    month, counts, rounds = Month(), Counter[str](), 0
    for point in points:
        killed = 0
        for step, becomes in CYCLE:
            where, fields = month.form(step)
            before = month.stands()
            death = killed_at(point, lambda: month.send(step, where, fields))  # noqa: B023 — done at once
            killed += death
            settle()
            month.is_whole()
            after = month.stands()
            is_done = after != before
            if is_done:
                assert month.newest().state == becomes
                counts["done all the same"] += death
            else:
                assert death
                counts["as before"] += 1
            month.send(step, where, fields)
            now = month.stands()
            assert now == after or not is_done, "a second time changes nothing"
            assert (month.newest().state, now["verbs"].total()) == (becomes, before["verbs"].total() + 1)
            month.is_whole()
        rounds += 1
        if not killed:
            break
    else:
        raise AssertionError("no step came to its end")

    with capsys.disabled():
        print(f"\n{rounds} rounds of submit, return, submit, accept, reopen: {dict(counts)}")
    assert counts["as before"] > 10
    assert counts["done all the same"] > 0
    steps = Counter(step for step, _ in CYCLE)
    verbs = Counter(AuditLine.objects.values_list("verb", flat=True))
    known = {"submit": "submitted", "return": "returned", "accept": "accepted", "reopen": "reopened"}
    assert {step: verbs[f"submission.{known[step]}"] for step in steps} == {step: times * rounds for step, times in steps.items()}
    assert faults() == []
    chain, anchor = AuditChain.objects.get(), read(month.school.county_id)
    assert anchor
    assert anchor.count >= chain.count - 1


@pytest.mark.parametrize("step", [15, pytest.param(1, marks=pytest.mark.long)])
def test_a_print_killed_anywhere_is_finished_by_the_next(step: int, capsys: pytest.CaptureFixture[str]) -> None:
    month = Month()
    draft = refresh_draft(school=month.school, month=OCTOBER, at=NOW)
    submission_workbook(page := printed(Snapshot.read(draft.snapshot), Particulars.read(draft.particulars)))
    submission_pdf(page, {})  # what only the first print of a process reads is read
    kills = 0
    for _ in killed_everywhere(lambda: print_submission(submission=draft, at=NOW), step=step):  # noqa: B023 — of now
        kills += 1
        settle()
        half = month.newest()
        assert bool(half.pdf) == bool(half.xlsx), "both or none"
        done = print_submission(submission=half, at=NOW)
        kept = [file for file in (done.pdf, done.xlsx) if file]
        assert [files.read(file)[:2] for file in kept] == [b"%P", b"PK"]
        assert PrivateFile.objects.count() == 2
        Submission.objects.update(pdf=None, xlsx=None)
        for file in kept:
            files.remove(file)
        draft = month.newest()
    with capsys.disabled():
        print(f"\na print was killed at {kills} points")
    assert kills >= 18 // step
    assert [files.read(file)[:2] for file in (month.newest().pdf, month.newest().xlsx) if file] == [b"%P", b"PK"]
