"""Delivered, met, flags and rates: the worked examples of docs/rules.md, without a database."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from counties.rules import PolicyTerms, policy_values
from counties.tests.make import at
from visits.rules.judging import (
    Fact,
    Flag,
    Month,
    PeriodFacts,
    Team,
    Verdict,
    credited,
    forecast,
    is_delivered,
    is_missed,
    is_mostly_remote,
    judge,
    rate,
    reachable_rate,
    visit_flags,
    workload,
)
from visits.rules.overlaps import Outing, overlapping_visits

TERMS = PolicyTerms()
UNKNOWN = PolicyTerms.read(policy_values("万载县 2020", {}))
TEACHER, CHILD = "a teacher", "a child"


USUAL = Fact(
    visit_id="a visit",
    student_id=CHILD,
    school_id="a school",
    on=date(2026, 10, 14),
    starts_at=at("2026-10-14 14:00"),
    ends_at=at("2026-10-14 16:00"),
    mode="home",
    state="done",
    counts=True,
    present=True,
    reason="",
    lessons=Decimal(3),
    repeated=False,
)


def fact(start: str = "2026-10-14 14:00", end: str = "2026-10-14 16:00", **fields: Any) -> Fact:
    return USUAL._replace(starts_at=at(start), ends_at=at(end), **fields)


def month(*periods: tuple[int, int, int], lessons: Any = 0, terms: PolicyTerms = TERMS, is_over: bool = True, excused: int = 0) -> Month:
    return judge(
        [PeriodFacts(*period) for period in periods],
        lessons=Decimal(lessons),
        missed=excused,
        excused=excused,
        flags=(),
        terms=terms,
        is_over=is_over,
    )


@pytest.mark.parametrize(
    ("fields", "delivered", "missed"),
    [
        ({}, True, False),
        ({"lessons": Decimal(0)}, False, False),  # recorded, and worth its workload, but not delivered
        ({"present": False}, False, True),
        ({"state": "missed", "present": False}, False, True),
        ({"counts": False}, False, False),  # signing, condolence, coordination
        ({"state": "planned"}, False, False),
    ],
)
def test_a_visit_is_delivered_when_the_child_was_there_and_had_lessons(fields: dict[str, Any], delivered: bool, missed: bool) -> None:  # noqa: FBT001
    assert (is_delivered(fact(**fields), TERMS), is_missed(fact(**fields))) == (delivered, missed)


def test_lessons_are_credited_up_to_twice_those_of_a_visit() -> None:
    assert credited(Decimal(8), TERMS) == 6
    assert credited(Decimal("2.5"), TERMS) == Decimal("2.5")
    assert credited(Decimal(8), UNKNOWN) == 8


def test_a_month_is_met_as_soon_as_visits_and_lessons_are_there() -> None:
    assert month((2, 2, 0), lessons=6, is_over=False).verdict is Verdict.MET
    assert month((0, 3, 0), lessons=9).verdict is Verdict.NOT_OWED


def test_a_month_that_is_over_is_short_by_named_amounts() -> None:
    short = month((2, 1, 0), lessons="2.5")
    assert (short.verdict, short.short_visits, short.short_lessons) == (Verdict.SHORT, 1, Decimal("3.5"))
    hasty = month((2, 2, 0), lessons=5)
    assert (hasty.verdict, hasty.short_visits, hasty.short_lessons) == (Verdict.SHORT, 0, 1)


def test_before_the_end_what_is_planned_decides() -> None:
    assert month((2, 1, 1), lessons=3, is_over=False).verdict is Verdict.ON_TRACK
    assert month((2, 1, 0), lessons=3, is_over=False).verdict is Verdict.AT_RISK


def test_a_surplus_in_one_week_does_not_pay_for_another() -> None:
    terms = PolicyTerms.read(policy_values("甘肃 2018", {}))
    weeks = month((1, 2, 0), (1, 0, 0), (1, 1, 0), lessons=6, terms=terms)
    assert (weeks.verdict, weeks.short_visits, weeks.short_lessons, weeks.fulfilled) == (Verdict.SHORT, 1, 0, 2)
    # A week that has passed cannot be made good by a plan for the next.
    assert month((1, 0, 0), (1, 0, 2), terms=terms, is_over=False).verdict is Verdict.AT_RISK


def test_where_the_lessons_of_a_visit_are_unknown_only_visits_judge() -> None:
    known = month((1, 1, 0), lessons="0.5", terms=UNKNOWN)
    assert (known.verdict, known.short_lessons) == (Verdict.MET, None)
    assert forecast(Decimal(9), 0, UNKNOWN) == 9
    assert forecast(Decimal(9), 1, UNKNOWN) is None
    assert forecast(Decimal(9), 2, TERMS) == 15


def test_one_childs_surplus_never_hides_anothers_shortfall() -> None:
    months = [month((2, 4, 0), lessons=12), month((2, 0, 0)), month((0, 1, 0), lessons=3)]
    assert rate(months) == Fraction(1, 2)
    assert rate([month((0, 1, 0))]) is None


def test_visits_missed_through_nobodys_fault_leave_the_reachable_rate() -> None:
    months = [month((2, 1, 0), lessons=3, excused=1), month((2, 2, 0), lessons=6, excused=2)]
    assert (rate(months), reachable_rate(months)) == (Fraction(3, 4), Fraction(1))


TWO = Team(people=2, teachers=2)


@pytest.mark.parametrize(
    ("given", "team", "raised"),
    [
        (fact(), TWO, []),
        (fact(), Team(1, 1), [Flag.TOO_FEW_STAFF]),
        (fact(), Team(2, 0), [Flag.TOO_FEW_STAFF]),  # companions alone
        (fact(), Team(2, 1), []),  # a companion makes up the number
        (fact(mode="remote"), Team(1, 1), []),
        (fact("2026-10-14 07:59", "2026-10-14 10:00"), TWO, [Flag.OUTSIDE_DAYTIME]),
        (fact("2026-10-14 16:00", "2026-10-14 18:00"), TWO, []),
        (fact("2026-10-14 16:00", "2026-10-14 18:01"), TWO, [Flag.OUTSIDE_DAYTIME]),
        (fact("2026-10-14 14:00", "2026-10-14 15:30"), TWO, []),  # 90 minutes are three quarters of three lessons
        (fact("2026-10-14 14:00", "2026-10-14 15:29"), TWO, [Flag.SHORT_DURATION]),
        (fact(lessons=Decimal(8)), TWO, [Flag.SHORT_DURATION]),  # the recorded lessons are asked about, not the credited
        (fact(repeated=True), TWO, [Flag.REPEATED_TEXT]),
    ],
)
def test_each_flag_is_raised_by_its_own_cause(given: Fact, team: Team, raised: list[Flag]) -> None:
    assert list(visit_flags(given, team, overlaps=False, terms=TERMS)) == raised


def test_remote_visits_may_be_half_of_a_month() -> None:
    assert not is_mostly_remote(1, 2, TERMS)
    assert is_mostly_remote(2, 3, TERMS)
    assert not is_mostly_remote(0, 0, TERMS)
    assert not is_mostly_remote(3, 3, PolicyTerms(remote_max_share=None))


def outing(visit: int, start: str, end: str, who: str = TEACHER) -> Outing:
    day = date(2026, 10, 14)
    return Outing(who, datetime.fromisoformat(f"{day}T{start}"), datetime.fromisoformat(f"{day}T{end}"), str(visit))


def test_overlapping_visits_of_one_person_are_all_named_and_touching_ones_are_not() -> None:
    outings = [outing(1, "09:00", "12:00"), outing(2, "10:00", "11:00"), outing(3, "11:30", "13:00"), outing(4, "13:00", "14:00")]
    assert overlapping_visits(outings) == {"1", "2", "3"}


def test_two_people_at_the_same_time_do_not_overlap_and_neither_do_two_children_of_a_group() -> None:
    assert overlapping_visits([outing(1, "09:00", "10:00"), outing(2, "09:00", "10:00", who=CHILD)]) == set()
    assert overlapping_visits([outing(1, "09:00", "10:00"), outing(1, "09:00", "10:00")]) == set()


def test_workload_credits_a_team_that_found_nobody() -> None:
    assert workload(4, 2, TERMS) == 18
    assert workload(4, 2, PolicyTerms(missed_visit_workload=Decimal("0.5"), workload_lessons_per_visit=Decimal(4))) == 20
    assert workload(4, 2, UNKNOWN) is None
