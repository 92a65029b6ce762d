"""Web and worker are killed at each write point of a month's steps: it is as before or wholly done, and trying again is enough."""

from __future__ import annotations

from collections import Counter

import pytest

from office import files
from office.anchors import read
from office.models import AuditChain, AuditLine, PrivateFile
from office.tests.backed_up import faults, settle
from office.tests.deaths import killed_at, killed_everywhere
from reports.actions.drafting import refresh_draft
from reports.actions.printing import print_submission
from reports.models import Submission
from reports.sheets.documents import submission_pdf, submission_workbook
from reports.sheets.particulars import Particulars
from reports.sheets.printing import printed
from reports.sheets.snapshot import Snapshot
from reports.tests.going_round import CYCLE, NOW, OCTOBER, Month

pytestmark = pytest.mark.django_db(transaction=True)
SOME, EACH = range(3, 200, 9), range(1, 200)


@pytest.mark.parametrize("points", [pytest.param(SOME, id="some"), pytest.param(EACH, id="each", marks=pytest.mark.long)])
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
