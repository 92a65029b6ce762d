"""The month's round on real data: derived by the tick, done by jobs, each thing once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notice, User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import Area, Policy, School
from counties.tests.make import at, make_county, make_school
from office.clock import tick
from office.models import AuditLine, Job, JobState
from office.work import do
from reports.actions.filing import submit
from reports.clock import MOST_AT_ONCE, month_round
from reports.models import Submission, Verdict
from reports.tests.make import Cast, make_cast, signed_in
from reports.tests.rounds import done, live, pass_through
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
ROUND = ("draft", "remind", "file", "missing", "verdicts")
WHOLE_MONTH = (
    *("2026-10-20 12:00", "2026-10-21 09:00", "2026-10-25 01:00", "2026-10-25 09:00", "2026-10-27 09:00", "2026-10-28 09:00"),
    *("2026-10-29 00:00", "2026-10-29 09:00", "2026-11-01 02:00"),
)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    School.objects.update(reports_from=OCTOBER)
    made.school.refresh_from_db()
    return made


@pytest.fixture
def admin(cast: Cast) -> User:
    return make_user(Role.SCHOOL_ADMIN, cast.school)


@pytest.fixture
def clerk(cast: Cast) -> User:
    return make_user(Role.COUNTY_STAFF, cast.school.county)


def automatic(code: str = "450125") -> None:
    policy = Policy.objects.get(county=code)
    Policy.objects.filter(pk=policy.pk).update(values=policy.values | {"auto_submit": True})


class TestWholeMonth:
    def test_of_a_school_that_files_nothing(self, cast: Cast, admin: User, clerk: User) -> None:
        pass_through(*WHOLE_MONTH)
        drafts = Submission.objects.order_by("school__code")
        assert [(each.state, each.version, bool(each.pdf), bool(each.xlsx)) for each in drafts] == [("draft", 1, True, True)] * 2
        told = Notice.objects.filter(user=admin).order_by("at")
        assert [f"{notice.at.astimezone(at('2026-10-01').tzinfo):%d %H:%M}" for notice in told] == [
            "21 09:00",
            "25 09:00",
            "27 09:00",
            "28 09:00",
        ]
        assert [notice.text for notice in Notice.objects.filter(user=clerk)] == [
            "2026年10月月报已于 10月28日截止，还有 2 所学校没有上报：石门小学、塘红小学。"
        ]
        assert Verdict.objects.of_month(OCTOBER).count() == 3
        assert set(Job.objects.filter(kind__startswith="month.").values_list("state", flat=True)) == {"done"}

    def test_filed_by_the_system_where_the_policy_says_so(self, cast: Cast, admin: User, clerk: User) -> None:
        automatic()
        pass_through(*WHOLE_MONTH)
        filed = Submission.objects.get(school=cast.school)
        assert (filed.state, filed.is_auto, filed.submitted_at) == ("submitted", True, at("2026-10-28 23:59:59"))
        assert Submission.objects.count() == 2
        assert AuditLine.objects.filter(verb="submission.submitted").count() == 2
        assert done("missing") == []
        assert sorted(Notice.objects.filter(user=clerk).values_list("kind", flat=True)) == ["submitted", "submitted"]

    def test_a_reminder_says_what_is_missing_and_names_no_child(self, cast: Cast, admin: User) -> None:
        live(at("2026-10-25 09:00"))
        notice = Notice.objects.get()
        assert notice.user == admin
        assert notice.text == "石门小学2026年10月月报 10月28日截止，还有 3 天。还缺：1 名学生共差 1 次送教。"
        assert signed_in(admin).get(notice.path).status_code == 200

    def test_the_principal_is_reminded_while_waited_for(self, cast: Cast, admin: User) -> None:
        School.objects.filter(pk=cast.school.pk).update(principal_confirms=True)
        principal = make_user(Role.PRINCIPAL, cast.school)
        live(at("2026-10-25 09:00"))
        assert set(Notice.objects.values_list("user", flat=True)) == {admin.pk, principal.pk}
        assert "校长还没有确认" in Notice.objects.filter(user=principal).get().text

    def test_the_list_leads_to_the_board_of_those_that_are_late(self, cast: Cast, admin: User, clerk: User) -> None:
        leader = make_user(Role.COUNTY_LEADER, cast.school.county)
        with time_machine.travel(at("2026-10-28 09:00"), tick=False):
            submit(school=cast.school, month=OCTOBER, version=1, by=admin, at=at("2026-10-28 09:00"))
        live(at("2026-10-29 09:00"))
        for reader in (clerk, leader):
            notice = Notice.objects.get(user=reader, kind="reminder")
            assert "1 所学校没有上报：塘红小学" in notice.text
            with time_machine.travel(at("2026-10-29 10:00"), tick=False):
                page = signed_in(reader).get(notice.path)
            assert [line.school.name for line in page.context["lines"]] == ["塘红小学"]

    def test_late_records_revise_the_verdict_the_next_night(self, cast: Cast) -> None:
        School.objects.update(reports_from=date(2027, 1, 1))  # judged all the same
        judged = Verdict.objects.of_month(OCTOBER)
        live(at("2026-11-01 02:00"))
        assert judged.get(student=cast.mine.student).outcome == "short"
        make_visit(cast.mine, start="2026-10-29 14:00", people=(cast.teacher,))
        live(at("2026-11-01 20:00"))
        assert judged.count() == 3
        live(at("2026-11-02 02:00"))
        assert (judged.get(student=cast.mine.student, revision=2).outcome, judged.count()) == ("met", 4)
        live(at("2026-11-03 02:00"))
        assert judged.count() == 4


class TestOff:
    def test_from_the_27th_to_the_2nd(self, cast: Cast, admin: User, clerk: User) -> None:
        pass_through("2026-10-25 09:00")
        automatic()
        pass_through("2026-11-02 08:00")
        filed = Submission.objects.filter(school=cast.school).get()
        assert (filed.submitted_at, filed.as_of) == (at("2026-10-28 23:59:59"), at("2026-10-28 23:59:59"))
        assert filed.made_at >= at("2026-11-02 08:00")
        assert Notice.objects.filter(user=admin, kind="reminder").count() == 1, "none for days gone by"
        assert not Notice.objects.filter(user=clerk, kind="reminder").exists(), "nobody is missing once all is filed"
        assert Verdict.objects.filter(month=OCTOBER).count() == 3
        assert [line.split()[0] for line in done(*ROUND)][-3:] == ["file", "file", "verdicts"]

    def test_a_list_is_not_given_before_what_files_by_itself_is_over(self, cast: Cast, clerk: User) -> None:
        automatic()
        Submission.objects.create(**self._broken(cast.neighbour))
        pass_through("2026-11-02 08:00")
        live(at("2026-11-02 08:10"), minutes=6)
        notice = Notice.objects.get(user=clerk, kind="reminder")
        assert "1 所学校没有上报：塘红小学" in notice.text

    def test_one_schools_broken_data_stops_no_other_and_is_seen(self, cast: Cast) -> None:
        Submission.objects.create(**self._broken(cast.neighbour))
        live(at("2026-10-25 02:00"), minutes=4)
        assert sorted(done("draft")) == ["draft 10-25 done", "draft 10-25 failed"]
        failed = Job.objects.get(state=JobState.FAILED)
        assert failed.outcome.startswith("试了 3 次")
        assert Submission.objects.get(school=cast.school).pdf is not None
        live(at("2026-10-26 02:00"), minutes=4)
        assert sorted(done("draft")) == ["draft 10-25 done", "draft 10-25 failed", "draft 10-26 done", "draft 10-26 failed"]

    @staticmethod
    def _broken(school: School) -> dict[str, Any]:
        moment = at("2026-10-20")
        confirmed = {"confirmed_at": moment, "snapshot": "{", "digest": "0" * 64}
        return {"school": school, "month": OCTOBER, "as_of": moment, "made_at": moment} | confirmed

    def test_a_policy_that_cannot_be_read_stops_no_other_county(self, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
        other = make_school(make_county("360922"), reports_from=OCTOBER)
        Policy.objects.filter(county="450125").update(values={"submit_due_day": "never"})
        live(at("2026-10-25 02:00"), minutes=1)
        assert set(Submission.objects.values_list("school", flat=True)) == {other.pk}
        assert "county 450125 has a policy that cannot be read" in caplog.text


class TestBetweenTickAndJob:
    def test_what_was_filed_meanwhile_is_left_alone(self, cast: Cast, admin: User) -> None:
        automatic()
        School.objects.filter(pk=cast.neighbour.pk).update(reports_from=date(2027, 1, 1))
        with time_machine.travel(at("2026-10-28 23:50"), tick=False):
            month_round(at("2026-10-28 09:00"))
            month_round(at("2026-10-29 00:00"))  # one machine's clock is ahead
            filed = submit(school=cast.school, month=OCTOBER, version=1, by=admin, at=at("2026-10-28 23:50"))
            before = Submission.objects.values().get()
        with time_machine.travel(at("2026-10-29 00:01"), tick=False):
            for job in Job.objects.filter(kind__startswith="month."):
                do(job.pk)
        Job.objects.filter(kind="month.verdicts").delete()  # of September
        assert Submission.objects.values().get() == before
        assert (filed.is_auto, Notice.objects.filter(kind="reminder").count()) == (False, 0)
        assert {job.kind: (job.state, job.outcome) for job in Job.objects.filter(kind__startswith="month.")} == {
            "month.draft": ("done", "已经上报，没有改动。"),
            "month.remind": ("done", "没有要提醒的。"),
            "month.file": ("done", "已经上报，没有改动。"),
        }

    def test_a_job_done_twice_does_it_once(self, cast: Cast, admin: User, clerk: User) -> None:
        automatic()
        pass_through("2026-10-25 09:00", "2026-11-01 02:00")
        count = (Submission.objects.count(), Notice.objects.count(), Verdict.objects.count(), AuditLine.objects.count())
        Job.objects.filter(kind__startswith="month.").update(state=JobState.QUEUED, attempts=0)
        with time_machine.travel(at("2026-11-01 13:00"), tick=False):
            for job in Job.objects.filter(state=JobState.QUEUED):
                do(job.pk)
        assert (Submission.objects.count(), Notice.objects.count(), Verdict.objects.count(), AuditLine.objects.count()) == count


class TestCost:
    def fill(self, counties: int, schools: int) -> None:
        for number in range(counties):
            county = make_county(f"45012{number + 1}", terms=False)
            self.schools(county, schools)

    def schools(self, county: Area, count: int) -> None:
        School.objects.bulk_create(
            School(county=county, code=f"{county.code}{number:04}", name=f"第{number}小学", kind="primary", reports_from=OCTOBER)
            for number in range(count)
        )

    @pytest.mark.parametrize(("counties", "schools"), [(1, 1), (1, 40), (3, 40)])
    @pytest.mark.parametrize("moment", ["2026-10-15 12:00", "2026-10-28 12:00", "2026-10-29 12:00"])
    def test_a_tick_with_nothing_new_costs_a_handful_of_queries(self, counties: int, schools: int, moment: str) -> None:
        self.fill(counties, schools)
        month_round(at(moment))
        month_round(at(moment))
        jobs = Job.objects.count()
        with CaptureQueriesContext(connection) as queries:
            month_round(at(moment))
        assert len(queries) <= 4
        assert Job.objects.count() == jobs
        if moment == "2026-10-28 12:00":
            assert jobs == counties * (2 * schools + 1), "a draft and a reminder a school: that these are known was asked above"

    def test_many_schools_are_taken_a_tick_at_a_time(self) -> None:
        self.fill(1, MOST_AT_ONCE + 50)
        counts = []
        for minute in range(3):
            month_round(at(f"2026-10-25 02:0{minute}"))
            counts.append(Job.objects.filter(kind="month.draft").count())
        assert counts == [MOST_AT_ONCE, MOST_AT_ONCE + 50, MOST_AT_ONCE + 50]

    def test_an_installation_without_a_county_asks_nothing(self) -> None:
        assert tick(now=at("2026-10-28 12:00")) == []
        assert not Job.objects.filter(kind__startswith="month.").exists()
