"""A month is filed, returned, filed again, accepted, reopened: what is in which version, and who may change what then."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Notice, User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import at
from office.models import AuditLine
from office.refusals import Refused
from reports.actions.filing import accept, confirm, refresh_draft, reopen, return_submission, submit, submit_automatically
from reports.models import FiledCorrection, Filing, LineReturn, Submission
from reports.rules.filing import MOVED_ON
from reports.sheets.particulars import Particulars, commitment
from reports.sheets.snapshot import Snapshot
from reports.tests.make import Cast, answer_all, make_cast
from students.tests.make import make_case
from visits.models import SchoolMonth, Visit, VisitRecord, VisitRevision
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER, SEPTEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 9, 1)
NOW = at("2026-10-28 09:00")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def clerk(cast: Cast) -> User:
    return make_user(Role.SCHOOL_ADMIN, cast.school, name="韦校务")


@pytest.fixture
def staff(cast: Cast) -> User:
    return make_user(Role.COUNTY_STAFF, cast.school.county, name="县经办")


def file(school: School, by: User, month: date = OCTOBER, when: datetime = NOW, **more: Any) -> Submission:
    draft = refresh_draft(school=school, month=month, at=when)
    if draft.state == "draft":
        answer_all(school, month, by, when)
    return submit(school=school, month=month, version=draft.version, by=by, at=when, **more)


def locks(visit: Visit) -> list[str]:
    return list(VisitRecord.objects.filter(visit=visit).order_by("pk").values_list("lock", flat=True))


def frozen(submission: Submission) -> Snapshot:
    submission.refresh_from_db()
    snapshot = Snapshot.read(submission.snapshot)
    assert snapshot.digest == submission.digest
    return snapshot


def test_a_filed_month_holds_each_record_once_and_closes_it(cast: Cast, clerk: User) -> None:
    planned = make_visit(cast.mine, start="2026-10-30 14:00", state=Visit.State.PLANNED)
    missed = make_visit(cast.mine, start="2026-10-20 14:00", state=Visit.State.MISSED, present=False, missed_reason="hospital", lessons=0)
    filed = file(cast.school, clerk, requests="缺教具。")
    snapshot = frozen(filed)

    assert filed.state == "submitted"
    assert {str(pk) for pk in filed.filings.values_list("record", flat=True)} == snapshot.records
    assert len(snapshot.records) == 4
    assert locks(missed) == ["filed"]
    assert locks(planned) == [""]
    assert SchoolMonth.objects.get(school=cast.school, month=OCTOBER).state == "filed"
    assert snapshot.totals.delivered == 3
    assert snapshot.totals.missed_by_reason == {"hospital": 1}
    assert snapshot.declaration.submitted_at == NOW
    assert not snapshot.declaration.is_late
    assert Filing.objects.filter(record__school=cast.neighbour).count() == 0
    assert AuditLine.objects.filter(verb="submission.submitted", subject=filed.pk).count() == 1


def test_the_snapshot_names_nobody_and_its_particulars_name_the_child(cast: Cast, clerk: User) -> None:
    filed = file(cast.school, clerk, requests="覃小远要轮椅。")
    snapshot, said = frozen(filed), Particulars.read(filed.particulars)

    assert "覃小远" not in filed.snapshot
    assert "韦" not in filed.snapshot
    assert {said.name_of(line.key) for line in snapshot.lines} == {"覃小远", "黄嘉春"}
    assert all(line.commitment == commitment(said.children[line.key]) for line in snapshot.lines)
    assert said.staff.submitted_by == "韦校务"
    assert said.requests == "覃小远要轮椅。"


def test_of_two_clerks_one_files_and_the_other_is_told(cast: Cast, clerk: User) -> None:
    draft = refresh_draft(school=cast.school, month=OCTOBER, at=NOW)
    submit(school=cast.school, month=OCTOBER, version=draft.version, by=clerk, at=NOW)

    with pytest.raises(Refused, match="已经上报"):
        submit(school=cast.school, month=OCTOBER, version=draft.version, by=clerk, at=NOW)
    assert Submission.objects.count() == 1


def test_a_visit_logged_after_filing_goes_into_the_next_month_with_its_own(cast: Cast, clerk: User, staff: User) -> None:
    accept(submission=file(cast.school, clerk), version=1, by=staff, at=NOW)
    late = make_visit(cast.mine, start="2026-10-30 14:00")
    make_visit(cast.mine, start="2026-11-10 14:00")
    next_one = frozen(file(cast.school, clerk, NOVEMBER, at("2026-11-28 09:00")))

    assert [(visit.on, visit.month) for visit in next_one.visits] == [(date(2026, 10, 30), OCTOBER), (date(2026, 11, 10), None)]
    assert next_one.totals.late_visits == 1
    assert next_one.totals.by_mode["home"] == 1
    assert locks(late) == ["filed"]
    assert SchoolMonth.objects.get(school=cast.school, month=OCTOBER).state == "accepted"


def test_what_was_before_the_school_reports_here_is_history(cast: Cast, clerk: User) -> None:
    make_visit(cast.mine, start="2026-09-10 14:00")
    cast.school.reports_from = OCTOBER
    cast.school.save()

    assert {visit.on.month for visit in frozen(file(cast.school, clerk)).visits} == {10}
    with pytest.raises(Refused, match="2026 年 10 月起"):
        refresh_draft(school=cast.school, month=SEPTEMBER, at=NOW)


def test_returned_lines_open_whole_visits_and_others_stay_closed(cast: Cast, clerk: User, staff: User) -> None:
    group = make_visit(cast.mine, cast.other, start="2026-10-21 14:00")
    theirs = Visit.objects.get(records__case=cast.other, on=date(2026, 10, 15))
    mine = Visit.objects.get(records__case=cast.mine, on=date(2026, 10, 14))
    filed = file(cast.school, clerk)
    return_submission(submission=filed, version=1, lines={cast.mine.student_id: "10月14日缺照片"}, reason="", by=staff, at=NOW)

    assert locks(group) == ["", ""]
    assert locks(mine) == [""]
    assert locks(theirs) == ["filed"]
    assert not Filing.objects.exists()
    assert LineReturn.objects.get().reason == "10月14日缺照片"
    assert frozen(filed).version == 1


def test_a_resubmission_says_what_is_new_and_changed_and_keeps_the_first_time(cast: Cast, clerk: User, staff: User) -> None:
    filed = file(cast.school, clerk)
    return_submission(submission=filed, version=1, lines={}, reason="内容太简单", by=staff, at=at("2026-10-30 09:00"))
    VisitRecord.objects.filter(case=cast.mine).update(teaching="认识水果，会指认三种")
    make_visit(cast.mine, start="2026-10-29 14:00")
    again = file(cast.school, clerk, when=at("2026-11-03 09:00"))
    snapshot = frozen(again)

    assert again.version == 2
    assert sorted((visit.on.day, visit.mark) for visit in snapshot.visits) == [(14, "changed"), (15, ""), (22, ""), (29, "new")]
    assert {line.key for line in snapshot.lines} == {line.key for line in frozen(filed).lines}
    assert snapshot.declaration.first_submitted_at == NOW
    assert not snapshot.declaration.is_late


def test_the_first_filing_on_the_29th_is_late(cast: Cast, clerk: User) -> None:
    assert frozen(file(cast.school, clerk, when=at("2026-10-29 00:00"))).declaration.is_late


def test_what_is_accepted_is_closed_and_a_correction_is_told_once_in_the_next(cast: Cast, clerk: User, staff: User) -> None:
    accept(submission=file(cast.school, clerk), version=1, by=staff, at=NOW)
    visit = Visit.objects.get(records__case=cast.mine)
    assert locks(visit) == ["accepted"]
    revision = VisitRevision.objects.create(
        visit=visit, version=2, base_version=1, digest="0" * 64, content={}, by=clerk, at=at("2026-11-02 10:00"), reason="时间写错"
    )
    next_one = file(cast.school, clerk, NOVEMBER, at("2026-11-28 09:00"))
    (told,) = frozen(next_one).corrections

    assert (told.visit, told.on) == (str(visit.pk), date(2026, 10, 14))
    assert Particulars.read(next_one.particulars).corrections[told.key] == "时间写错"
    assert FiledCorrection.objects.get().revision == revision
    accept(submission=next_one, version=1, by=staff, at=at("2026-11-29 09:00"))
    assert frozen(file(cast.school, clerk, date(2026, 12, 1), at("2026-12-28 09:00"), nil=True)).corrections == ()


def test_reopening_keeps_what_was_accepted_and_opens_all(cast: Cast, clerk: User, staff: User) -> None:
    filed = accept(submission=file(cast.school, clerk), version=1, by=staff, at=NOW)
    before = filed.digest
    with pytest.raises(Refused, match="理由"):
        reopen(submission=filed, reason=" ", by=staff, at=NOW)
    reopen(submission=filed, reason="漏了一名学生", by=staff, at=at("2026-11-05 09:00"))

    assert frozen(filed).digest == before
    assert filed.state == "superseded"
    assert set(VisitRecord.objects.filter(school=cast.school).values_list("lock", flat=True)) == {""}
    # November does not take October's meanwhile: October waits to be filed again.
    assert frozen(refresh_draft(school=cast.school, month=NOVEMBER, at=at("2026-11-28 09:00"))).records == frozenset()
    again = file(cast.school, clerk, when=at("2026-11-28 09:00"))
    assert accept(submission=again, version=2, by=staff, at=at("2026-11-29 09:00")).state == "accepted"
    assert set(Filing.objects.values_list("submission", flat=True)) == {again.pk}


def test_steps_that_do_not_fit_are_told_in_words_and_change_nothing(cast: Cast, clerk: User, staff: User) -> None:
    draft = refresh_draft(school=cast.school, month=OCTOBER, at=NOW)
    with pytest.raises(Refused, match="还没有上报"):
        accept(submission=draft, version=1, by=staff, at=NOW)
    filed = file(cast.school, clerk)
    with pytest.raises(Refused, match=MOVED_ON[:10]):
        accept(submission=filed, version=2, by=staff, at=NOW)
    with pytest.raises(Refused, match="理由"):
        return_submission(submission=filed, version=1, lines={cast.mine.student_id: " "}, reason="有", by=staff, at=NOW)
    with pytest.raises(Refused, match="没有这名学生"):
        return_submission(submission=filed, version=1, lines={cast.theirs.student_id: "x"}, reason="", by=staff, at=NOW)
    assert Submission.objects.get().state == "submitted"
    assert Filing.objects.count() == 3
    accept(submission=filed, version=1, by=staff, at=NOW)
    with pytest.raises(Refused, match="已经通过"):
        return_submission(submission=filed, version=1, lines={}, reason="晚了", by=staff, at=NOW)


def test_a_nil_report_only_where_nothing_is_left_to_file(cast: Cast, clerk: User) -> None:
    with pytest.raises(Refused, match="不能作零报告"):
        file(cast.school, clerk, nil=True)
    with pytest.raises(Refused, match="零报告"):
        file(cast.neighbour, clerk)
    assert file(cast.neighbour, clerk, nil=True).is_nil
    make_visit(cast.theirs, start="2026-10-08 14:00")
    with pytest.raises(Refused, match="已经上报"):
        file(cast.neighbour, clerk)


def test_the_principal_confirms_what_is_filed_and_nothing_else(cast: Cast, clerk: User) -> None:
    principal = make_user(Role.PRINCIPAL, cast.school, name="覃校长")
    cast.school.principal_confirms = True
    cast.school.save()
    draft = refresh_draft(school=cast.school, month=OCTOBER, at=NOW)
    with pytest.raises(Refused, match="校长确认"):
        file(cast.school, clerk)
    confirm(submission=draft, by=principal, at=NOW)
    make_visit(cast.mine, start="2026-10-27 14:00")
    with pytest.raises(Refused, match="校长确认"):
        file(cast.school, clerk)
    answer_all(cast.school, OCTOBER, clerk, NOW)
    now = refresh_draft(school=cast.school, month=OCTOBER, at=NOW)
    with pytest.raises(Refused, match=MOVED_ON[:10]):
        confirm(submission=draft, by=principal, at=NOW)  # an old page
    assert Submission.objects.get().confirmed_at is None
    confirm(submission=now, by=principal, at=NOW)
    assert confirm(submission=refresh_draft(school=cast.school, month=OCTOBER, at=NOW), by=principal, at=NOW).confirmed_by == principal
    filed = file(cast.school, clerk, when=at("2026-10-28 15:00"))
    assert frozen(filed).declaration.confirmed_at == NOW
    assert Particulars.read(filed.particulars).staff.confirmed_by == "覃校长"


def test_a_month_that_nobody_filed_is_filed_as_of_the_deadline_once(cast: Cast) -> None:
    with pytest.raises(Refused, match="截止"):
        submit_automatically(school=cast.school, month=OCTOBER, at=at("2026-10-28 23:59:59"))
    make_visit(cast.mine, start="2026-10-29 01:00", minutes=60)
    filed = submit_automatically(school=cast.school, month=OCTOBER, at=at("2026-10-29 03:00"))
    snapshot = frozen(filed)

    assert filed.is_auto
    assert filed.submitted_by is None
    assert filed.submitted_at == snapshot.as_of == at("2026-10-28 23:59:59")
    assert filed.made_at == at("2026-10-29 03:00")
    assert not snapshot.declaration.is_late
    assert len(snapshot.records) == 3
    assert submit_automatically(school=cast.school, month=OCTOBER, at=at("2026-10-29 03:01")).pk == filed.pk


def test_the_school_and_the_county_are_told(cast: Cast, clerk: User, staff: User) -> None:
    filed = file(cast.school, clerk)
    return_submission(submission=filed, version=1, lines={}, reason="缺照片", by=staff, at=NOW)
    again = file(cast.school, clerk)
    accept(submission=again, version=2, by=staff, at=NOW)

    assert sorted(Notice.objects.filter(user=staff).values_list("kind", flat=True)) == ["submitted", "submitted"]
    assert sorted(Notice.objects.filter(user=clerk).values_list("kind", flat=True)) == ["accepted", "returned"]
    assert not Notice.objects.filter(text__contains="覃").exists()


def test_a_child_of_another_school_in_a_groups_visit_is_filed_by_its_own(cast: Cast, clerk: User, staff: User) -> None:
    guest = make_case(cast.neighbour)
    group = make_visit(cast.mine, start="2026-10-23 14:00")
    VisitRecord.objects.create(visit=group, case=guest, student_id=guest.student_id, school=cast.neighbour, on=group.on, lessons=3)
    ours, theirs = file(cast.school, clerk), file(cast.neighbour, clerk)
    assert not frozen(ours).records & frozen(theirs).records

    return_submission(submission=ours, version=1, lines={cast.mine.student_id: "缺照片"}, reason="", by=staff, at=NOW)
    assert sorted(locks(group)) == ["", "filed"]  # filed elsewhere: the visit waits for that one too


def test_a_question_stops_a_person_until_it_is_answered_and_the_deadline_does_not_wait(cast: Cast, clerk: User) -> None:
    lonely = make_visit(cast.mine, start="2026-10-21 14:00", people=(cast.teacher,))
    draft = refresh_draft(school=cast.school, month=OCTOBER, at=NOW)
    with pytest.raises(Refused, match="1 个需说明事项"):
        submit(school=cast.school, month=OCTOBER, version=draft.version, by=clerk, at=NOW)
    with transaction.atomic():
        auto = frozen(submit_automatically(school=cast.school, month=OCTOBER, at=at("2026-10-29 01:00")))
        transaction.set_rollback(True)
    filed = file(cast.school, clerk)

    assert [flag.answered for visit in auto.visits for flag in visit.flags] == [False]
    (flag,) = [flag for visit in frozen(filed).visits for flag in visit.flags if visit.visit == str(lonely.pk)]
    assert (flag.code, flag.answered) == ("too_few_staff", True)
    assert Particulars.read(filed.particulars).flags[flag.key].answer == "家长约在傍晚，村干部同去。"


def test_a_question_about_a_line_that_stayed_closed_stops_nobody(cast: Cast, clerk: User, staff: User) -> None:
    filed = file(cast.school, clerk)
    return_submission(submission=filed, version=1, lines={cast.mine.student_id: "缺一次"}, reason="", by=staff, at=NOW)
    make_visit(cast.mine, start="2026-10-22 15:00", people=tuple(User.objects.filter(name="农子春")))  # 14:00 to 16:00 was another's
    draft = refresh_draft(school=cast.school, month=OCTOBER, at=NOW)
    asked = {(visit.visit, flag.code) for visit in frozen(draft).visits for flag in visit.flags if not flag.answered}
    closed = {str(pk) for pk in VisitRecord.objects.filter(lock="filed").values_list("visit", flat=True)}
    assert {visit for visit, _ in asked} & closed  # the other child's, which nobody may answer for now

    again = file(cast.school, clerk)  # answers what can be answered
    still = {visit.visit for visit in frozen(again).visits for flag in visit.flags if not flag.answered}
    assert again.version == 2
    assert still
    assert still <= closed
