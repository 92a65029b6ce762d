"""Begun without a signal before the deadline, received after it: one verdict on the page, in the task, on paper; both times shown."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from openpyxl import load_workbook

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import Policy
from counties.rules import PolicyTerms
from counties.tests.make import at
from reports.actions.filing import submit_automatically
from reports.models import Submission
from reports.sheets.documents import submission_html, submission_workbook
from reports.sheets.particulars import Particulars
from reports.sheets.printing import printed
from reports.sheets.snapshot import Snapshot, VisitLine
from reports.tests.make import Cast, make_cast, signed_in
from visits.models import Visit
from visits.tests.writing import make_plain, put_text

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
BOTH = "写成 2026年10月28日 23:50，收到 2026年10月29日 08:10"


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    values = PolicyTerms.read({"record_due_hours": 8, "photo_min": 0, "parent_confirm": []}).plain()
    Policy.objects.filter(county=cast.school.county).update(values=values)
    return cast


def send(cast: Cast, device_at: str, sent_at: str, now: str, **more: Any) -> Visit:
    plain = make_plain(cast.mine, people=(cast.teacher,), companions=["村干部"], on="2026-10-28", start="17:00", end="19:00")
    pk = uuid4()
    with time_machine.travel(now, tick=False):
        answer = put_text(signed_in(cast.teacher), pk, plain, device={"at": device_at, "sent_at": sent_at, **more})
    assert answer.status_code == 201
    return Visit.objects.get(pk=pk)


IN_TIME: dict[str, tuple[str, str]] = {
    "right": ("2026-10-28T23:50:00+08:00", "2026-10-29T08:10:00+08:00"),
    "another zone": ("2026-10-28T15:50:00Z", "2026-10-28T19:10:00-05:00"),
    "three hours fast": ("2026-10-29T02:50:00+08:00", "2026-10-29T11:10:00+08:00"),
    "a year slow": ("2025-10-28T23:50:00+08:00", "2025-10-29T08:10:00+08:00"),
}


@pytest.mark.parametrize("clock", IN_TIME)
def test_page_task_and_paper_say_the_same_and_both_times(cast: Cast, clock: str) -> None:
    midnight = submit_automatically(school=cast.school, month=OCTOBER, at=at("2026-10-29 00:01"))
    visit = send(cast, *IN_TIME[clock], "2026-10-29 08:10+08:00")

    html = page(cast.teacher, visit)
    assert "后同步" in html
    assert "2026年10月28日 23:50" in html
    assert "收到 2026年10月29日 08:10" in html
    assert "补录较晚" not in html

    record = str(visit.records.get().pk)
    assert record not in Snapshot.read(midnight.snapshot).records
    november = submit_automatically(school=cast.school, month=NOVEMBER, at=at("2026-11-29 00:01"))
    (line,) = [each for each in Snapshot.read(november.snapshot).visits if each.record == record]
    assert (line.month, line.written_at, line.received_at) == (OCTOBER, at("2026-10-28 23:50"), at("2026-10-29 08:10"))
    assert "late_record" not in {flag.code for flag in line.flags}

    sheet = printed(Snapshot.read(november.snapshot), Particulars.read(november.particulars))
    assert f"后同步：{BOTH}" in submission_html(sheet)
    rows: list[Any] = list(load_workbook(io.BytesIO(submission_workbook(sheet)))["送教"].iter_rows(values_only=True))
    assert [row[rows[0].index("后同步")] for row in rows[1:] if row[1].date() == date(2026, 10, 28)] == [f"后同步：{BOTH}"]
    assert "后同步" in review(cast, november)


def test_written_late_is_a_question_and_no_mark_and_received_at_once_is_neither(cast: Cast) -> None:
    late = send(cast, "2026-10-29T07:00:00+08:00", "2026-10-29T08:10:00+08:00", "2026-10-29 08:10+08:00")
    html = page(cast.teacher, late)
    assert ("后同步" in html, "补录较晚" in html) == (False, True)
    Visit.objects.filter(pk=late.pk).delete()
    prompt = send(cast, "2026-10-28T19:30:00+08:00", "2026-10-28T19:31:00+08:00", "2026-10-28 19:31+08:00")
    html = page(cast.teacher, prompt)
    assert ("后同步" in html, "补录较晚" in html) == (False, False)
    filed = submit_automatically(school=cast.school, month=OCTOBER, at=at("2026-10-29 00:01"))
    assert {(each.written_at, each.received_at) for each in lines(filed)} == {(None, None)}
    assert "received_at" not in filed.snapshot


def test_a_clock_that_is_off_is_shown_to_those_who_work_there(cast: Cast) -> None:
    fast = send(cast, "2026-10-28T20:42:00+08:00", "2026-10-28T20:43:00+08:00", "2026-10-28 20:31+08:00")
    assert "提交时手机的时间快 12 分钟" in page(cast.teacher, fast)
    assert "手机的时间" not in page(make_user(Role.COUNTY_STAFF, cast.school.county), fast)


def test_where_the_clock_jumps_the_servers_moments_and_the_count_of_changes_decide(cast: Cast) -> None:
    """The phone says a week ago, and is right again when it sends: drift shows nothing, the draft's sequence does."""
    pk, plain = uuid4(), make_plain(cast.mine, people=(cast.teacher,), companions=["村干部"], on="2026-10-28", start="17:00", end="19:00")
    client = signed_in(cast.teacher)

    def save(sequence: int, now: str) -> None:
        with time_machine.travel(now, tick=False):
            body = {"base_version": 0, "sequence": sequence, "content": plain}
            assert client.put(f"/visits/{pk}/draft/", body, "application/json").status_code == 200

    save(3, "2026-10-29 07:30+08:00")
    with time_machine.travel("2026-10-29 08:10+08:00", tick=False):
        device = {"at": "2026-10-22T10:00:00+08:00", "sent_at": "2026-10-29T08:10:00+08:00", "sequence": 5}
        assert put_text(client, pk, plain | {"companions": ["村医"]}, device=device).status_code == 201
    visit = Visit.objects.get(pk=pk)
    assert (visit.written_at, visit.received_at) == (at("2026-10-29 07:30"), at("2026-10-29 08:10"))
    assert "补录较晚" in page(cast.teacher, visit)


def page(user: User, visit: Visit) -> str:
    with time_machine.travel("2026-10-29 09:00+08:00", tick=False):
        answer = signed_in(user).get(f"/visits/{visit.pk}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def review(cast: Cast, submission: Submission) -> str:
    with time_machine.travel("2026-11-29 09:00+08:00", tick=False):
        clerk = signed_in(make_user(Role.COUNTY_STAFF, cast.school.county))
        answer = clerk.get(f"/reports/review/{submission.month:%Y-%m}/{cast.school.pk}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def lines(submission: Submission) -> list[VisitLine]:
    return list(Snapshot.read(submission.snapshot).visits)
