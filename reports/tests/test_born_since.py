"""A question that comes up about what was filed is told in the next submission: asked first, told once, with its month."""

from __future__ import annotations

import io
from datetime import date
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from openpyxl import load_workbook

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at
from office.refusals import Refused
from reports.actions.filing import accept, refresh_draft, reopen, return_submission, submit, submit_automatically
from reports.figures.board import filed_month
from reports.figures.filing import take
from reports.models import Submission
from reports.sheets.documents import submission_html, submission_workbook
from reports.sheets.particulars import Particulars
from reports.sheets.printing import printed
from reports.sheets.review import review_sheet
from reports.sheets.snapshot import LateQuestion, Snapshot
from reports.tests.make import Cast, answer_all, make_cast, signed_in
from visits.actions import answer_flag
from visits.models import ToldQuestion, Visit, VisitRecord
from visits.rules.recording import text_key
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
FILED, NOW, LATER = at("2026-10-28 09:00"), at("2026-11-28 09:00"), at("2026-12-28 09:00")
TEXT = "认识苹果和梨，跟读三遍，再用图片配对，最后自己指认，家长在旁边看。"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def clerk(cast: Cast) -> User:
    return make_user(Role.SCHOOL_ADMIN, cast.school, name="韦校务")


@pytest.fixture
def staff(cast: Cast) -> User:
    return make_user(Role.COUNTY_STAFF, cast.school.county, name="县经办")


def say(cast: Cast, start: str) -> Visit:
    return make_visit(cast.mine, start=start, people=(cast.teacher, "村干部"), teaching=TEXT, teaching_key=text_key(TEXT))


@pytest.fixture
def first(cast: Cast, clerk: User) -> Visit:
    """In October's submission, where nothing was asked about it; in November its text is said again."""
    visit = say(cast, "2026-10-07 14:00")
    assert [*frozen(file(cast, clerk, OCTOBER, FILED)).flags] == []
    say(cast, "2026-11-10 14:00")
    return visit


def file(cast: Cast, by: User, month: date, when: Any, *, answers: bool = True) -> Submission:
    draft = refresh_draft(school=cast.school, month=month, at=when)
    if answers:
        answer_all(cast.school, month, by, when)
    return submit(school=cast.school, month=month, version=draft.version, by=by, at=when)


def frozen(submission: Submission) -> Snapshot:
    submission.refresh_from_db()
    return Snapshot.read(submission.snapshot)


def asked(submission: Submission) -> list[tuple[date, date, str, bool]]:
    return [(each.on, each.month, each.flag.code, each.flag.answered) for each in frozen(submission).questions]


ABOUT_OCTOBER = (date(2026, 10, 7), OCTOBER, "repeated_text")


@pytest.mark.parametrize("is_accepted", [True, False])
def test_it_is_told_in_the_next_submission_with_its_month_and_not_again(
    cast: Cast, clerk: User, staff: User, first: Visit, *, is_accepted: bool
) -> None:
    if is_accepted:
        accept(submission=Submission.objects.get(), version=1, by=staff, at=FILED)
    november = file(cast, clerk, NOVEMBER, NOW)

    assert asked(november) == [(*ABOUT_OCTOBER, True)]
    assert str(first.records.get().pk) not in frozen(november).records
    make_visit(cast.mine, start="2026-12-10 14:00", people=(cast.teacher, "村干部"))
    assert asked(file(cast, clerk, DECEMBER, LATER)) == []


def test_a_third_visit_is_other_evidence_and_asked_anew_of_both(cast: Cast, clerk: User, first: Visit) -> None:
    file(cast, clerk, NOVEMBER, NOW)
    say(cast, "2026-12-10 14:00")
    assert [(month, code) for _, month, code, _ in asked(file(cast, clerk, DECEMBER, LATER))] == [
        (OCTOBER, "repeated_text"),
        (NOVEMBER, "repeated_text"),
    ]


def test_a_person_answers_first_and_the_system_carries_it_without(cast: Cast, clerk: User, first: Visit) -> None:
    with pytest.raises(Refused, match="还有 2 个需说明事项"):
        file(cast, clerk, NOVEMBER, NOW, answers=False)

    filed = submit_automatically(school=cast.school, month=NOVEMBER, at=at("2026-11-29 00:01"))
    assert asked(filed) == [(*ABOUT_OCTOBER, False)]
    assert (filed_month(filed).flags, filed_month(filed).unanswered, filed_month(filed).is_clean) == (2, 2, False)


def test_it_is_answered_by_those_who_went_though_the_record_is_filed_and_closed_once_told(cast: Cast, clerk: User, first: Visit) -> None:
    (born,) = [each.raised for each in take(cast.school, NOVEMBER, NOW).born_since]
    said: dict[str, Any] = {"record": born.record, "code": born.code.value, "evidence": born.evidence, "text": "同一课又练了一次。"}
    assert VisitRecord.objects.get(pk=born.record).lock == VisitRecord.Lock.FILED
    with pytest.raises(Refused, match="只有这次送教的老师"):
        answer_flag(by=make_user(Role.TEACHER, cast.school), at=NOW, **said)

    answer_flag(by=cast.teacher, at=NOW, **said)
    filed = file(cast, clerk, NOVEMBER, NOW)
    assert "同一课又练了一次。" in [each.answer for each in Particulars.read(filed.particulars).flags.values()]
    with pytest.raises(Refused, match="已经上报"):
        answer_flag(by=cast.teacher, at=NOW, **said)


def test_a_return_takes_it_back_and_the_version_after_tells_it(cast: Cast, clerk: User, staff: User, first: Visit) -> None:
    november = file(cast, clerk, NOVEMBER, NOW)
    return_submission(submission=november, version=1, lines={}, reason="请补正", by=staff, at=NOW)
    assert asked(file(cast, clerk, NOVEMBER, NOW)) == [(*ABOUT_OCTOBER, True)]


def test_when_its_own_month_opens_again_it_stands_beside_its_record(cast: Cast, clerk: User, staff: User, first: Visit) -> None:
    october = Submission.objects.get()
    accept(submission=october, version=1, by=staff, at=FILED)
    reopen(submission=october, reason="漏了一名学生", by=staff, at=NOW)
    again = frozen(file(cast, clerk, OCTOBER, NOW))
    assert [each.code for each in again.flags] == ["repeated_text"]
    assert again.questions == ()
    assert asked(file(cast, clerk, NOVEMBER, NOW)) == []


def test_a_month_with_such_a_question_alone_is_no_nil_report(cast: Cast, clerk: User, first: Visit) -> None:
    file(cast, clerk, NOVEMBER, NOW)
    make_visit(cast.theirs, start="2026-11-10 15:00", people=(cast.teacher, "村医"))  # the neighbour school's, by the same teacher
    filed = file(cast, clerk, DECEMBER, LATER)
    assert (filed.is_nil, frozen(filed).records) == (False, frozenset())
    assert [(month, code) for _, month, code, _ in asked(filed)] == [(NOVEMBER, "overlap")]


# --- Where it is read -------------------------------------------------------------------------------------


def page(user: User, path: str, now: str = "2026-11-28 09:00+08:00") -> str:
    with time_machine.travel(now, tick=False):
        answer = signed_in(user).get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_teacher_and_the_school_read_it_at_once_and_the_county_once_it_is_told(
    cast: Cast, clerk: User, staff: User, first: Visit
) -> None:
    of_visit, word, form = f"/visits/{first.pk}/", "记录内容与另一次相同", "写说明"
    assert word not in page(staff, of_visit)
    mine = page(cast.teacher, of_visit)
    assert (word in mine, form in mine) == (True, True)
    listed = page(cast.teacher, "/questions/?month=2026-11")
    assert listed.count(f"<strong>{word}</strong>") == 2
    filing = page(clerk, f"/reports/2026-11/filing/{cast.school.pk}/")
    assert "补充说明" in filing
    assert "属于 2026年10月" in filing

    file(cast, clerk, NOVEMBER, NOW)
    assert (word in page(staff, of_visit), form in page(cast.teacher, of_visit)) == (True, False)
    review = page(staff, f"/reports/review/2026-11/{cast.school.pk}/")
    assert "补充说明" in review
    assert "属于 2026年10月" in review


def test_pdf_and_workbook_say_it_with_its_month(cast: Cast, clerk: User, first: Visit) -> None:
    filed = file(cast, clerk, NOVEMBER, NOW)
    sheet = printed(frozen(filed), Particulars.read(filed.particulars))
    assert [(flag.name, flag.month) for flag in sheet.flags] == [("覃小远", ""), ("覃小远", "2026年10月")]
    assert "补充，属于 2026年10月" in submission_html(sheet)
    rows = load_workbook(io.BytesIO(submission_workbook(sheet)))["事项"].iter_rows(values_only=True)
    assert "需说明事项（补充，属于 2026年10月）" in [row[0] for row in rows]


def test_what_was_frozen_before_there_were_such_questions_keeps_its_digest(cast: Cast, clerk: User) -> None:
    before = frozen(file(cast, clerk, OCTOBER, FILED))
    assert "questions" not in before.canonical()
    assert Snapshot.read(before.canonical()).digest == before.digest


def test_its_words_are_erased_with_the_child(cast: Cast, clerk: User, first: Visit) -> None:
    filed = file(cast, clerk, NOVEMBER, NOW)
    (late,) = frozen(filed).questions
    assert isinstance(late, LateQuestion)
    erased = Particulars.read(filed.particulars).without(late.child, frozenset({late.record}))
    (shown,) = review_sheet(frozen(filed), erased, returned={}).born_since
    assert (shown.name, shown.flag.words, shown.flag.answer) == ("已删除", "", "")


def test_what_was_filed_by_an_earlier_version_of_the_software_counts_as_told(cast: Cast, clerk: User, first: Visit) -> None:
    file(cast, clerk, NOVEMBER, NOW)
    told = ToldQuestion.objects.filter(is_late=False).values_list("record", "code", "evidence", "submission")
    before = set(told)
    ToldQuestion.objects.filter(is_late=False).delete()
    import_module("reports.migrations.0003_told_questions").note(apps, None)
    assert set(told) == before
    assert len(before) == 1
