"""What a row asks of the cases on record: never by itself a move, an ending, another team."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from students.rules.matching import CaseOnRecord, CasePlan, Step, move_day, plan_case
from students.rules.roster import Entry

FIRST, SECOND, QIN, WEI = UUID(int=1), UUID(int=2), UUID(int=11), UUID(int=12)
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 10)


def row(**said: Any) -> Entry:
    """A row of a served child: first school, since September, with Qin."""
    usual: dict[str, Any] = {"school": FIRST, "starts_on": SEPTEMBER, "team": (QIN,), "has_team": True}
    return Entry(name="卢乐福", key="卢乐福", sex="2", birth_on=date(2014, 3, 8), **usual | said)


def case(**known: Any) -> CaseOnRecord:
    """The case such a row made."""
    usual: dict[str, Any] = {
        "state": "active",
        "is_served": True,
        "school": FIRST,
        "starts_on": SEPTEMBER,
        "ends_on": None,
        "team": frozenset({QIN}),
    }
    return CaseOnRecord(id=UUID(int=99), **usual | known)


IDENTIFIED: dict[str, Any] = {"state": "identified", "is_served": False, "school": None, "starts_on": None, "team": frozenset[UUID]()}


def steps(entry: Entry, *cases: CaseOnRecord) -> set[Step]:
    return set(plan_case(entry, cases).steps)


def test_a_child_without_a_case_gets_one() -> None:
    assert steps(row()) == {Step.OPEN}
    assert steps(row(school=None, has_team=False)) == {Step.OPEN}
    assert steps(row(placement="inclusive")) == {Step.NONE}


def test_the_same_row_again_asks_nothing() -> None:
    assert plan_case(row(), [case()]) == CasePlan(frozenset({Step.NONE}), case())
    assert steps(row(ends_on=OCTOBER), case(state="exited", ends_on=OCTOBER)) == {Step.NONE}
    assert steps(row(school=None, team=(), has_team=False, starts_on=None), case(**IDENTIFIED)) == {Step.NONE}


@pytest.mark.parametrize(
    ("entry", "asks"),
    [
        (row(school=SECOND), {Step.MOVE}),
        (row(school=SECOND, starts_on=OCTOBER), {Step.MOVE}),
        (row(school=SECOND, team=(), has_team=False), {Step.MOVE}),
        (row(ends_on=OCTOBER), {Step.END}),
        (row(school=SECOND, ends_on=OCTOBER), {Step.MOVE, Step.END}),
        (row(school=None), {Step.NONE}),
        (row(placement="special_school", school=SECOND, ends_on=OCTOBER), {Step.NONE}),
    ],
)
def test_moves_and_endings_are_seen(entry: Entry, asks: set[Step]) -> None:
    assert steps(entry, case()) == asks


def test_an_ending_on_record_is_not_moved_either() -> None:
    ended = case(state="exited", ends_on=OCTOBER)

    assert steps(row(ends_on=date(2026, 10, 11)), ended) == {Step.END}
    assert steps(row(), ended) == {Step.NONE}  # an older sheet that knows of no end


def test_a_child_that_comes_back_gets_another_case() -> None:
    ended = case(state="exited", ends_on=OCTOBER)

    assert steps(row(starts_on=OCTOBER), ended) == {Step.OPEN}
    assert steps(row(starts_on=OCTOBER, school=SECOND), ended) == {Step.OPEN}
    assert steps(row(starts_on=date(2026, 9, 20), school=SECOND), ended) == {Step.MOVE}
    assert steps(row(school=SECOND, starts_on=None, has_team=False), ended) == {Step.OPEN}
    assert steps(row(starts_on=None, has_team=False), ended) == {Step.NONE}


def test_a_sheet_of_last_year_tells_of_last_years_case() -> None:
    before = case(state="exited", starts_on=date(2025, 9, 1), ends_on=SEPTEMBER)
    now = case(school=SECOND)

    assert steps(row(starts_on=date(2025, 9, 1)), before, now) == {Step.NONE}
    assert steps(row(starts_on=date(2025, 9, 1), ends_on=SEPTEMBER), before, now) == {Step.NONE}
    assert steps(row(), before, now) == {Step.MOVE}


def test_an_identified_child_begins_to_be_served() -> None:
    assert steps(row(), case(**IDENTIFIED)) == {Step.START}
    assert steps(row(), case(**IDENTIFIED | {"school": FIRST})) == {Step.START}
    assert steps(row(), case(**IDENTIFIED | {"school": SECOND})) == {Step.MOVE}
    assert plan_case(row(team=(), has_team=False), [case(**IDENTIFIED)]).changes == (("school_id", FIRST),)


def test_details_are_amended() -> None:
    plan = plan_case(row(starts_on=date(2026, 9, 2), reason="住院"), [case()])

    assert plan.steps == {Step.AMEND}
    assert dict(plan.changes) == {"starts_on": date(2026, 9, 2), "reason": "住院"}


def test_teams_are_not_changed_but_an_empty_one_is_filled() -> None:
    other = plan_case(row(team=(WEI,)), [case()])
    empty = plan_case(row(team=(WEI,)), [case(team=frozenset())])

    assert (other.steps, other.keeps_team) == ({Step.NONE}, True)
    assert (empty.steps, empty.joins, empty.keeps_team) == ({Step.AMEND}, {WEI}, False)
    assert not plan_case(row(team=()), [case()]).keeps_team


def test_a_move_counts_from_the_rows_first_day_if_it_is_later_else_from_today() -> None:
    today = date(2026, 10, 28)

    assert move_day(row(starts_on=OCTOBER), case(), today) == OCTOBER
    assert move_day(row(), case(), today) == today
    assert move_day(row(starts_on=None), case(starts_on=date(2026, 11, 2)), today) == date(2026, 11, 2)
