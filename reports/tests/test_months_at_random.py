"""Random months in random orders: every delivered record ends in exactly one accepted submission, and nothing frozen moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.refusals import Refused
from office.sheets_in import Table, read_table
from office.workbook import Sheet, make_workbook
from reports.actions.filing import accept, confirm, refresh_draft, reopen, return_submission, submit, submit_automatically
from reports.models import FiledCorrection, Filing, Submission
from reports.sheets.particulars import flag_key
from reports.sheets.snapshot import Snapshot
from reports.tests.make import answer_all
from students.tests.make import make_case, make_student
from visits.actions import import_visits
from visits.models import SchoolMonth, ToldQuestion, Visit, VisitRecord, VisitRevision
from visits.querysets.raised import raised_over
from visits.querysets.told import untold
from visits.querysets.writing import content_of
from visits.rules.sheet import HEADERS
from visits.tests.make import make_visit
from visits.tests.writing import make_plain, write

MONTHS = tuple(date(2026, month, 1) for month in (9, 10, 11, 12))
LAST = date(2027, 1, 1)
START = at("2027-01-20 09:00")

TRANSITIONS = frozenset(
    "logged missed planned group edited edit_refused imported joined_import corrected late_told filed filed_anew file_refused nil "
    "auto auto_kept answered confirmed confirmation_void returned_line returned_all return_refused accepted accept_refused reopened "
    "reopen_refused born_since born_since_unanswered born_since_moved repeated".split()
)
reached: Counter[str] = Counter()

KINDS = ("logged", "missed", "planned", "group", "group")
months = st.sampled_from(MONTHS)
TEXTS = tuple(f"{text}跟读三遍，再用图片配对，最后自己指认，家长在旁边看。" for text in ("认识苹果和梨", "认识红色和蓝色"))
"""Few, and long enough to be compared: so that one visit repeats another, also one that was filed months ago."""
days = st.integers(1, 28)
places = st.integers(0, 1)
any_number = st.integers(0, 10**6)


class Months(RuleBasedStateMachine):
    """One school with three children and a teacher."""

    @initialize(confirms=st.booleans())
    def begin(self, confirms: bool) -> None:  # noqa: FBT001
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        county = make_county(photo_min=0, parent_confirm=[], record_due_hours=10_000)  # questions, but not about every visit
        self.school = make_school(county, name="一小", principal_confirms=confirms)
        self.teacher = make_user(Role.TEACHER, self.school, name="韦志玲")
        self.clerk, self.staff = make_user(Role.SCHOOL_ADMIN, self.school), make_user(Role.COUNTY_STAFF, county)
        self.cases = [make_case(self.school, student=make_student(self.school, name=f"学生{number}")) for number in range(3)]
        self.now = START
        self.frozen: dict[Any, tuple[str, str]] = {}
        self.slots: set[datetime] = set()

    def teardown(self) -> None:
        if not hasattr(self, "transaction"):
            return
        try:
            self.close_everything()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    # --- what people do -------------------------------------------------------------------------

    @rule(month=months, day=days, child=st.integers(0, 2), kind=st.sampled_from(KINDS))
    def log(self, month: date, day: int, child: int, kind: str) -> None:
        start = self.slot(month, day)
        cases = self.cases[:2] if kind == "group" else [self.cases[child]]
        if kind == "planned":
            make_visit(*cases, start=start, state=Visit.State.PLANNED, people=(self.teacher,))
        else:
            missed = {"state": "missed", "missed_reason": "hospital", "present": False, "lessons": "0"} if kind == "missed" else {}
            plain = make_plain(*cases, people=(self.teacher,), teaching=TEXTS[day % 2], **times(start), **missed)
            write(plain, self.clerk, self.tick())
        reached[kind] += 1

    @rule(number=any_number, days=st.integers(-40, 40))
    def edit(self, number: int, days: int) -> None:
        """Another day and text; or a correction of what was accepted; or refused, because it is filed."""
        if (visit := self.some(Visit.objects.exclude(state="planned").order_by("starts_at"), number)) is None:
            return
        locks = set(visit.records.values_list("lock", flat=True))
        said = content_of(visit, self.clerk)
        said["records"][0]["teaching"] = f"第{visit.version + 1}次写" if days % 2 else TEXTS[visit.version % 2]
        if "accepted" not in locks:
            moved = min(max(visit.on + timedelta(days=days), MONTHS[0]), LAST - timedelta(days=1))
            said |= times(self.slot(moved.replace(day=1), moved.day))
        reason = "写错了" if "accepted" in locks else ""
        try:
            write(said, self.clerk, self.tick(), visit_id=visit.pk, base=visit.version, reason=reason)
        except Refused:
            assert "filed" in locks
            reached["edit_refused"] += 1
        else:
            assert "filed" not in locks
            reached["corrected" if reason else "edited"] += 1

    @rule(month=months, number=any_number)
    def repeat_what_was_filed(self, month: date, number: int) -> None:
        """Word for word: now something is asked about a record that nobody can change."""
        filed = VisitRecord.objects.exclude(lock="").exclude(teaching_key="").filter(present=True).order_by("on", "pk")
        if (record := self.some(filed, number)) is None:
            return
        plain = make_plain(record.case, people=(self.teacher,), teaching=record.teaching, **times(self.slot(month, 1)))
        write(plain, self.clerk, self.tick())
        reached["repeated"] += 1

    @rule(month=months, day=days, rows=st.integers(1, 3))
    def take_in_a_sheet(self, month: date, day: int, rows: int) -> None:
        table = sheet(self.school.name, self.slot(month, day), [case.student.name for case in self.cases[:rows]])
        assert len(import_visits(table=table, county="450125", by=None, at=self.now).new) == rows
        reached["imported"] += 1

    @property
    def groups(self) -> Any:
        return Visit.objects.filter(mode="centre", state="done").exclude(records__case=self.cases[2]).order_by("starts_at")

    @precondition(lambda self: self.groups.exists())
    @rule(number=any_number)
    def take_in_a_row_of_a_group(self, number: int) -> None:
        """A third child of a group on record: it joins an open one, and leaves a filed one as it was filed."""
        visit = self.some(self.groups, number)
        was_closed, before = visit.records.exclude(lock="").exists(), (visit.ends_at, visit.version)
        table = sheet(self.school.name, f"{visit.starts_at.astimezone(START.tzinfo):%Y-%m-%d %H:%M}", [self.cases[2].student.name])
        review = import_visits(table=table, county="450125", by=None, at=self.now)
        visit.refresh_from_db()
        assert not was_closed or (visit.ends_at, visit.version) == before
        reached["joined_import"] += bool(review.new)

    @rule(month=months, shown=st.sampled_from([0, 0, 0, 1]))
    def file(self, month: date, shown: int) -> None:
        """As a person does: the draft is looked at, confirmed where the school wants it, and filed; or it was another's."""
        before = Submission.objects.filter(school=self.school, month=month).order_by("-version").first()
        draft = refresh_draft(school=self.school, month=month, at=self.tick())
        if draft.state == "draft":
            answered = answer_all(self.school, month, self.clerk, self.now)
            reached["answered"] += answered
            draft = refresh_draft(school=self.school, month=month, at=self.tick()) if answered else draft
        if draft.state == "draft" and self.school.principal_confirms:
            confirm(submission=draft, by=self.staff, at=self.tick())
            reached["confirmed"] += 1
        records = Snapshot.read(draft.snapshot)
        version, nil = draft.version - shown, records.is_nil
        try:
            filed = submit(school=self.school, month=month, version=version, by=self.clerk, at=self.tick(), nil=nil)
        except Refused:
            assert draft.state != "draft" or shown
            reached["file_refused"] += 1
            return
        assert (draft.state, shown) == ("draft", 0)
        reached["nil" if nil else "filed"] += 1
        reached["filed_anew"] += before is not None and filed.version > 1
        reached["late_told"] += any(visit.month for visit in Snapshot.read(filed.snapshot).visits)
        self.keep(filed)
        assert all(question.flag.answered for question in Snapshot.read(filed.snapshot).questions)

    @rule(month=months)
    def file_automatically(self, month: date) -> None:
        filed = submit_automatically(school=self.school, month=month, at=self.tick())
        if filed.pk in self.frozen or filed.state == "draft":
            reached["auto_kept"] += 1
        else:
            reached["auto"] += 1
            self.keep(filed)

    @rule(month=months, child=st.integers(0, 2))
    def change_after_confirming(self, month: date, child: int) -> None:
        """A confirmation holds for what was confirmed."""
        draft = refresh_draft(school=self.school, month=month, at=self.tick())
        if draft.state != "draft":
            return
        confirm(submission=draft, by=self.staff, at=self.tick())
        make_visit(self.cases[child], start=self.slot(month, 3), people=(self.teacher,))
        assert refresh_draft(school=self.school, month=month, at=self.tick()).confirmed_at is None
        reached["confirmation_void"] += 1

    @rule(number=any_number, child=st.integers(0, 3))
    def send_back(self, number: int, child: int) -> None:
        if (filed := self.pick("submitted", number)) is None or filed.state == "draft":
            return
        lines = {} if child == 3 else {self.cases[child].student_id: "缺照片"}
        try:
            return_submission(submission=filed, version=filed.version, lines=lines, reason="请补正", by=self.staff, at=self.tick())
        except Refused:
            assert filed.state != "submitted"
            reached["return_refused"] += 1
        else:
            reached["returned_line" if lines else "returned_all"] += 1

    @rule(number=any_number)
    def approve(self, number: int) -> None:
        if (filed := self.pick("submitted", number)) is None:
            return
        try:
            accept(submission=filed, version=filed.version, by=self.staff, at=self.tick())
        except Refused:
            assert filed.state != "submitted"
            reached["accept_refused"] += 1
        else:
            reached["accepted"] += 1

    @rule(number=any_number)
    def open_again(self, number: int) -> None:
        if (filed := self.pick("accepted", number)) is None:
            return
        try:
            reopen(submission=filed, reason="漏了一名学生", by=self.staff, at=self.tick())
        except Refused:
            assert filed.state != "accepted"
            reached["reopen_refused"] += 1
        else:
            reached["reopened"] += 1

    # --- what holds at every moment ---------------------------------------------------------------

    @invariant()
    def a_record_is_closed_as_its_submission_stands(self) -> None:
        if not hasattr(self, "transaction"):
            return
        closed = {"submitted": "filed", "accepted": "accepted"}
        for state, lock in Filing.objects.values_list("submission__state", "record__lock").distinct():
            assert closed[state] == lock
        assert not VisitRecord.objects.filter(lock="accepted", filing__isnull=True).exists()
        standing = {"draft": "open", "returned": "open", "superseded": "open", "submitted": "filed", "accepted": "accepted"}
        for month, state in SchoolMonth.objects.values_list("month", "state"):
            last = Submission.objects.filter(month=month).order_by("-version").first()
            assert state == (standing[last.state] if last else "open")

    @invariant()
    def what_was_frozen_is_what_was_filed(self) -> None:
        if not hasattr(self, "transaction"):
            return
        for each in Submission.objects.exclude(state="draft"):
            assert (each.snapshot, each.digest) == self.frozen[each.pk]
            if each.state in ("submitted", "accepted"):
                assert Snapshot.read(each.snapshot).records == {str(pk) for pk in each.filings.values_list("record", flat=True)}

    @invariant()
    def what_was_told_is_what_stands(self) -> None:
        """Each question that stands was told with its record or, born since, in one later submission."""
        if not hasattr(self, "transaction"):
            return
        standing = {each.pk: Snapshot.read(each.snapshot) for each in Submission.objects.filter(state__in=["submitted", "accepted"])}
        late = Counter(each.flag.key for snapshot in standing.values() for each in snapshot.questions)
        assert set(late.values()) <= {1}
        told = ToldQuestion.objects.filter(submission__in=standing)
        keys = {(each.submission, flag_key(str(each.record_id), each.code, each.evidence)) for each in told}
        assert keys == {(pk, flag.key) for pk, snapshot in standing.items() for flag in snapshot.flags}

    def close_everything(self) -> None:
        """All months are filed and accepted, in their order, and one more that takes what was left over."""
        for month in (*MONTHS, LAST):
            self.file(month, 0)
            for filed in Submission.objects.filter(month=month, state="submitted"):
                accept(submission=filed, version=filed.version, by=self.staff, at=self.tick())
        accepted = [Snapshot.read(each.snapshot) for each in Submission.objects.filter(state="accepted")]
        told = Counter(visit.record for snapshot in accepted for visit in snapshot.visits)
        self.what_was_told_is_what_stands()
        asked = raised_over(schools={self.school.pk: self.school.county_id}, months=[*MONTHS, LAST], as_of=self.now)
        assert untold(each for month in asked.values() for each in month) == []
        delivered = VisitRecord.objects.filter(visit__state="done", present=True)
        assert {str(pk) for pk in delivered.values_list("pk", flat=True)} <= set(told)
        assert set(told.values()) <= {1}
        corrected = Counter(each.key for snapshot in accepted for each in snapshot.corrections)
        revisions = VisitRevision.objects.exclude(reason="").values_list("visit", "version")
        assert corrected == Counter(f"{visit}:{version}" for visit, version in revisions)
        assert FiledCorrection.objects.count() == len(revisions)
        for each in Submission.objects.exclude(state="draft"):
            assert Snapshot.read(each.snapshot).digest == each.digest == self.frozen[each.pk][1]

    # --- helpers ------------------------------------------------------------------------------------

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def slot(self, month: date, day: int) -> str:
        """A start that no other visit has."""
        start = at(f"{month:%Y-%m}-{day:02} 08:00")
        while start in self.slots:
            start += timedelta(minutes=7)
        self.slots.add(start)
        return f"{start:%Y-%m-%d %H:%M}"

    def some(self, rows: Any, number: int) -> Any:
        found = list(rows)
        return found[number % len(found)] if found else None

    def pick(self, state: str, number: int) -> Any:
        """Mostly a submission that stands so, now and then any: whoever has an old page open."""
        found = Submission.objects.order_by("month", "version")
        return (self.some(found.filter(state=state), number) if number % 4 else None) or self.some(found, number)

    def keep(self, filed: Submission) -> None:
        filed.refresh_from_db()
        snapshot = Snapshot.read(filed.snapshot)
        for question in snapshot.questions:
            reached["born_since"] += 1
            reached["born_since_unanswered"] += not question.flag.answered
            reached["born_since_moved"] += filed.version > 1
            assert question.record not in snapshot.records
            assert question.month < filed.month
            assert Filing.objects.get(record=UUID(question.record)).submission.month < filed.month
        self.frozen[filed.pk] = (filed.snapshot, filed.digest)


def times(start: str) -> dict[str, str]:
    end = at(start) + timedelta(hours=2)
    return {"on": start[:10], "start": start[11:], "end": f"{end:%H:%M}"}


def sheet(school: str, moment: str, children: list[str]) -> Table:
    start = at(moment)
    end = start + timedelta(hours=2)
    headers = ["日期", "开始时间", "结束时间", "学生姓名", "送教学校", "形式", "送教教师", "课时"]
    rows = [[f"{start:%Y-%m-%d}", f"{start:%H:%M}", f"{end:%H:%M}", child, school, "集中", "韦志玲", "3"] for child in children]
    return read_table(make_workbook([Sheet("送教记录", headers, rows)]), HEADERS)


STEPS: dict[Callable[[Months, Random], None], int] = {
    lambda it, one: it.log(one.choice(MONTHS), one.randint(1, 28), one.randint(0, 2), one.choice(KINDS)): 8,
    lambda it, one: it.edit(one.randrange(10**6), one.randint(-40, 40)): 7,
    lambda it, one: it.repeat_what_was_filed(one.choice(MONTHS), one.randrange(10**6)): 4,
    lambda it, one: it.take_in_a_sheet(one.choice(MONTHS), one.randint(1, 28), one.randint(1, 3)): 2,
    lambda it, one: it.groups.exists() and it.take_in_a_row_of_a_group(one.randrange(10**6)): 2,
    lambda it, one: it.file(one.choice(MONTHS), one.choice((0, 0, 0, 1))): 7,
    lambda it, one: it.file_automatically(one.choice(MONTHS)): 1,
    lambda it, one: it.change_after_confirming(one.choice(MONTHS), one.randint(0, 2)): 1,
    lambda it, one: it.send_back(one.randrange(10**6), one.randint(0, 3)): 4,
    lambda it, one: it.approve(one.randrange(10**6)): 5,
    lambda it, one: it.open_again(one.randrange(10**6)): 2,
}
"""What a walk does, and how often."""


def walk(seed: int, steps: int) -> None:
    months, one = Months(), Random(seed)
    try:
        months.begin(confirms=seed % 2 == 0)
        for step in one.choices(list(STEPS), list(STEPS.values()), k=steps):
            step(months, one)
            months.a_record_is_closed_as_its_submission_stands()
            months.what_was_frozen_is_what_was_filed()
            months.what_was_told_is_what_stands()
    finally:
        months.teardown()


@pytest.mark.django_db
def test_on_long_walks_each_delivered_record_ends_in_one_accepted_submission_and_every_step_is_taken() -> None:
    reached.clear()
    for seed in range(4):
        walk(seed, steps=45)
    assert TRANSITIONS - set(+reached) == set()


@pytest.mark.django_db
def test_in_odd_orders_each_delivered_record_ends_in_one_accepted_submission() -> None:
    once = settings(deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Months, settings=settings(once, max_examples=3, stateful_step_count=20))
