"""Two who begin, write, finish or review in the same moment: one row, one version, nobody's words lost unseen."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from office.models import AuditLine
from plans.actions.reviewing import review_objectives
from plans.models import ObjectiveReview
from tests.at_once import at_once
from visits.actions.summing import discard_summary, finish_summary, reopen_summary, start_summary, write_summary
from visits.models import TermSummary
from visits.rules.summing import SECTIONS
from visits.tests.practising import NOW, Cast

pytestmark = pytest.mark.django_db(transaction=True)
TERM: dict[str, Any] = {"year": 2026, "term": 1, "starts_on": date(2026, 9, 1), "ends_on": date(2027, 1, 20)}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    made = Cast()
    made.practise("2026-09-10", 5)
    return made


def begun(cast: Cast) -> TermSummary:
    return start_summary(case=cast.case, **TERM, by=cast.teacher, at=NOW)


def texts(words: str) -> dict[str, str]:
    return dict.fromkeys(SECTIONS, words)


def test_five_begin_the_same_terms_summary_and_all_get_the_one(cast: Cast) -> None:
    ended = at_once(*(partial(start_summary, case=cast.case, **TERM, by=who, at=NOW) for who in [cast.teacher, cast.admin] * 3))

    assert (ended, TermSummary.objects.count()) == ([""] * 6, 1)
    assert AuditLine.objects.filter(verb="summary.started").count() == 1


def test_of_those_who_write_one_version_one_wins(cast: Cast) -> None:
    made = begun(cast)
    writers = [partial(write_summary, summary=made, version=1, sections=texts(str(n)), by=cast.teacher, at=NOW) for n in range(4)]
    ended = at_once(*writers)

    assert (ended.count(""), sum("在别处改过" in words for words in ended)) == (1, 3)
    made.refresh_from_db()
    assert (made.version, made.sections) == (2, texts(str(ended.index(""))))


def test_written_finished_thrown_away_at_once_never_by_half(cast: Cast) -> None:
    for _ in range(4):
        made = begun(cast)
        doing: dict[str, Any] = {"summary": made, "by": cast.teacher, "at": NOW}
        ended = at_once(
            partial(write_summary, **doing, version=1, sections=texts("改")),
            partial(finish_summary, **doing, version=1),
            partial(discard_summary, **doing),
        )
        left = TermSummary.objects.first()
        assert (left is None) == (ended[2] == "")
        assert ended[2] == "" or ended[1] == ""  # it is kept only where it was finished first
        if left is not None:
            assert (left.state, left.figures is not None, left.sections == texts("改")) == ("done", True, False)
            reopen_summary(summary=left, by=cast.teacher, at=NOW)
            discard_summary(summary=left, by=cast.teacher, at=NOW)


def test_two_review_the_same_objective_and_one_sees_the_other_first(cast: Cast) -> None:
    key = UUID(cast.objectives[0]["key"])
    told: dict[str, Any] = {"plan": cast.plan, "on": NOW.date(), "at": NOW, "seen": 0}
    ended = at_once(
        partial(review_objectives, **told, marks={key: ("P", "")}, by=cast.teacher),
        partial(review_objectives, **told, marks={key: ("C", "")}, by=cast.admin),
    )

    assert sorted(map(bool, ended)) == [False, True]
    assert ObjectiveReview.objects.get().mark == "PC"[ended.index("")]


def test_the_same_review_sent_many_times_at_once_is_kept_once(cast: Cast) -> None:
    marks = {UUID(each["key"]): ("C", "接着练") for each in cast.objectives}
    ended = at_once(
        *(partial(review_objectives, plan=cast.plan, marks=marks, on=NOW.date(), by=cast.teacher, at=NOW, seen=0) for _ in range(5))
    )

    assert (ended, ObjectiveReview.objects.count()) == ([""] * 5, 3)
    assert AuditLine.objects.filter(verb="plan.reviewed").count() == 1
