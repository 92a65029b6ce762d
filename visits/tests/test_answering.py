"""Answers to questions: who gives them, when, and how long they hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at
from office.models import AuditLine
from office.refusals import Refused
from visits.actions import answer_flag
from visits.models import FlagAnswer, Visit, VisitRecord
from visits.querysets.raised import Asked, raised_in, with_answers
from visits.rules.judging import Flag
from visits.tests.conftest import Cast
from visits.tests.make import file_month, make_visit

NOW = at("2026-10-28 09:00")


@pytest.fixture
def visit(cast: Cast) -> Visit:
    """The teacher went alone: one question."""
    return make_visit(cast.case, people=(cast.teacher,))


def asked(cast: Cast) -> list[Asked]:
    return with_answers(raised_in(schools=[cast.school.pk], month=date(2026, 10, 1), as_of=NOW))


def answer(cast: Cast, by: User, text: str = "搭档病了，村医同去。", evidence: str | None = None) -> FlagAnswer:
    (one,) = asked(cast)
    raised = one.raised
    return answer_flag(record=raised.record, code=raised.code, evidence=evidence or raised.evidence, text=text, by=by, at=NOW)


@pytest.mark.parametrize("who", ["teacher", "admin", "principal"])
def test_the_team_and_the_schools_heads_answer(cast: Cast, visit: Visit, who: str) -> None:
    by = make_user(Role.PRINCIPAL, cast.school) if who == "principal" else getattr(cast, who)
    given = answer(cast, by, "  搭档病了。 ")
    (one,) = asked(cast)
    assert one.answer == given
    assert (given.text, given.by, given.at, given.code) == ("搭档病了。", by, NOW, "too_few_staff")
    line = AuditLine.objects.filter(verb="flag.answered").get()
    assert (line.by, line.subject) == (by.pk, cast.case.student_id)
    assert "搭档" not in str(line.detail)


@pytest.mark.parametrize("who", ["colleague", "neighbours_admin", "neighbours_teacher", "clerk", "leader", "itinerant", "inspector"])
def test_nobody_else_does(cast: Cast, visit: Visit, who: str) -> None:
    by = make_user(Role(who), cast.school) if who in ("itinerant", "inspector") else getattr(cast, who)
    with pytest.raises(Refused, match="只有这次送教的老师和本校负责人"):
        answer(cast, by)
    assert not FlagAnswer.objects.exists()
    assert answer(cast, cast.teacher)


@pytest.mark.parametrize("text", ["", " \n　 "])
def test_an_empty_answer_is_none(cast: Cast, visit: Visit, text: str) -> None:
    with pytest.raises(Refused, match="请写几个字"):
        answer(cast, cast.teacher, text)


def test_an_answer_has_room_for_500_characters(cast: Cast, visit: Visit) -> None:
    with pytest.raises(Refused, match="500"):
        answer(cast, cast.teacher, "长" * 501)
    assert answer(cast, cast.teacher, "长" * 500)


def test_a_second_answer_replaces_the_first(cast: Cast, visit: Visit) -> None:
    answer(cast, cast.teacher, "一")
    answer(cast, cast.admin, "二")
    assert [(given.text, given.by) for given in FlagAnswer.objects.all()] == [("二", cast.admin)]


def test_while_filed_nobody_answers_and_after_a_return_they_do_again(cast: Cast, visit: Visit) -> None:
    file_month(date(2026, 10, 1), as_of=NOW)
    for by in (cast.teacher, cast.admin):
        with pytest.raises(Refused, match="已经上报"):
            answer(cast, by)
    VisitRecord.objects.update(lock=VisitRecord.Lock.OPEN)
    assert answer(cast, cast.teacher)


def test_other_evidence_voids_the_answer_and_the_old_evidence_is_asked_no_more(cast: Cast, visit: Visit) -> None:
    old = asked(cast)[0].raised.evidence
    answer(cast, cast.teacher)
    visit.people.create(name="村医")
    assert asked(cast) == []
    visit.people.filter(user=cast.teacher).delete()  # now a companion alone
    (one,) = asked(cast)
    assert (one.raised.code, one.answer) == (Flag.TOO_FEW_STAFF, None)
    with pytest.raises(Refused, match="已经变了"):
        answer(cast, cast.admin, evidence=old)
    assert answer(cast, cast.admin, evidence=one.raised.evidence)


def test_a_visit_that_only_was_moved_in_time_keeps_answers_of_other_matters(cast: Cast, visit: Visit) -> None:
    answer(cast, cast.teacher)
    Visit.objects.update(starts_at=visit.starts_at + timedelta(minutes=10))
    assert [one.answer is not None for one in asked(cast)] == [True]


def test_answers_are_read_in_one_query(cast: Cast, visit: Visit, django_assert_num_queries: object) -> None:
    answer(cast, cast.teacher)
    raised = [one.raised for one in asked(cast)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert with_answers(raised)[0].answer.by.name == "韦志玲"  # type: ignore[union-attr]
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert with_answers([]) == []
