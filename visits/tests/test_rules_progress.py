"""How an objective went: tables of docs/rules.md, "Progress", and what holds of every sequence."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counties.rules import Mastery
from visits.rules.progress import Trial, in_order, mastered_at, proposal, standing, trend, visits_without

DAY = date(2026, 9, 1)
USUAL = Mastery()


def trials(text: str) -> list[Trial]:
    """`5 4/5 –`: a level, right of tries, nothing noted; a week apart."""
    return [_trial(each, DAY + timedelta(weeks=number)) for number, each in enumerate(text.split())]


def _trial(text: str, on: date, order: str = "") -> Trial:
    if text == "–":
        return Trial(on, order)
    if "/" in text:
        right, tries = map(int, text.split("/"))
        return Trial(on, order, tries=tries, right=right)
    return Trial(on, order, level=int(text))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("5 5 5", 3),
        ("5 4/5 5", 3),
        ("5 5 – 5", 4),
        ("5 5 3 5 5 5", 6),
        ("7/9 7/9 7/9", None),
        ("4/5 8/10 12/15", 3),
        ("5 5", None),
        ("", None),
        ("– – – –", None),
        ("0/0 0/0 0/0 5 5 5", 6),  # no tries are no measure
        ("5 5 5 0 0 0", 3),  # once reached it stays
        ("4 4 4 4", None),
    ],
)
def test_mastered_when_the_first_row_is_complete(text: str, at: int | None) -> None:
    given_trials = trials(text)
    found = mastered_at(given_trials, USUAL)

    assert found == (None if at is None else given_trials[at - 1])


@pytest.mark.parametrize(
    ("mastery", "text", "at"),
    [
        (Mastery(level=4, share=None, visits=2), "4 3 4 5", 4),
        (Mastery(level=4, share=None, visits=2), "5/5 5/5 5/5", None),
        (Mastery(level=None, share=Decimal("0.5"), visits=1), "5 1/2", 2),
        (Mastery(level=5, share=Decimal(1), visits=1), "9/10 10/10", 2),
        (None, "5 5 5", None),
    ],
)
def test_a_county_says_what_mastery_is_or_does_not(mastery: Mastery | None, text: str, at: int | None) -> None:
    given_trials = trials(text)

    assert mastered_at(given_trials, mastery) == (None if at is None else given_trials[at - 1])


def test_visits_of_one_day_count_one_by_one_in_their_order() -> None:
    day = [_trial("5", DAY, "1400"), _trial("5", DAY, "0900"), _trial("5", DAY + timedelta(days=1))]
    assert in_order(day)[0].order == "0900"
    assert mastered_at(day, USUAL) == day[2]
    assert mastered_at([_trial("0", DAY, "1400"), _trial("5", DAY, "0900"), *trials("– 5 5 5")], USUAL) is not None
    assert mastered_at([_trial("0", DAY, "1400"), _trial("5", DAY, "0900"), *trials("– 5 5")], USUAL) is None


@pytest.mark.parametrize(
    ("levels", "word"),
    [
        ([], ""),
        ([3], ""),
        ([1, 2], "up"),
        ([2, 1], "down"),
        ([2, 2, 2], "level"),
        ([0, 0, 0, 1, 1, 1], "up"),
        ([1, 1, 1, 1, 1, 2], "level"),
        ([1, 1, 1, 1, 2, 2], "up"),
        ([5, 1, 1, 1, 1, 1, 1], "level"),
    ],
)
def test_a_trend_compares_the_last_levels_with_as_many_before(levels: list[int], word: str) -> None:
    assert trend(levels) == word


@pytest.mark.parametrize(
    ("text", "start", "target", "mark"),
    [
        ("", 1, 5, ""),
        ("–", 1, 5, ""),
        ("4/5", 1, 5, ""),
        ("5 5 5", 1, 5, "P"),
        ("4/5 4/5 4/5", 1, 5, "P"),
        ("5 5 5 2", 1, 5, "C"),
        ("5 5", 1, 5, "C"),
        ("1 2 3", 1, 5, "C"),
        ("1 1 1 1 1 1", 1, 5, "S"),
        ("1 1 1 1 1 2", 1, 5, "C"),
        ("1 1 1 1 1", 1, 5, "C"),
        ("0 0 0 0 0 0", None, None, "S"),
    ],
)
def test_a_mark_is_proposed_from_the_visits_alone(text: str, start: int | None, target: int | None, mark: str) -> None:
    found, why = proposal(standing(trials(text), USUAL, start=start, target=target))

    assert (found, bool(why)) == (mark, True)


def test_words_say_where_an_objective_stands() -> None:
    words = [standing(trials(text), USUAL, start=1, target=5).word for text in ("", "3", "5 5 5", "5 5 5 1", "5 5 5 1 –", "5 5 5 1 5")]

    assert words == ["还没有练过", "练习中", "已掌握", *["曾达到掌握标准，最近一次没有达到"] * 2, "已掌握"]


def test_visits_that_left_an_objective_out_are_counted_from_the_last_practice() -> None:
    visits = [(DAY + timedelta(weeks=number), "0900") for number in range(6)]
    assert visits_without(trials("5 5"), visits, DAY) == 5  # at no known hour of its day: that visit counts as after it
    assert visits_without([_trial("5", visits[1][0], "0900")], visits, DAY) == 4
    assert visits_without([], visits, visits[3][0]) == 3
    assert visits_without([], [], DAY) == 0


TRIALS = st.lists(st.sampled_from(["0", "1", "2", "3", "4", "5", "–", "0/5", "4/5", "5/5", "3/4"]), max_size=30)
MASTERIES = st.builds(Mastery, st.sampled_from([None, 3, 5]), st.sampled_from([Decimal("0.5"), Decimal("0.8")]), st.integers(1, 4))


@given(TRIALS, MASTERIES, st.data())
def test_what_is_mastered_stays_mastered_on_the_same_day_whatever_comes_later(
    texts: list[str], mastery: Mastery, data: st.DataObject
) -> None:
    whole = trials(" ".join(texts))
    cut = data.draw(st.integers(0, len(whole)))
    before, after = mastered_at(whole[:cut], mastery), mastered_at(whole, mastery)

    assert before is None or before == after
    assert after is None or mastered_at(whole[: whole.index(after) + 1], mastery) == after


@given(TRIALS, MASTERIES, st.randoms())
def test_the_order_in_which_visits_are_told_does_not_matter(texts: list[str], mastery: Mastery, random: object) -> None:
    whole = trials(" ".join(texts))
    mixed = list(whole)
    random.shuffle(mixed)  # type: ignore[attr-defined]

    assert mastered_at(mixed, mastery) == mastered_at(whole, mastery)
    assert standing(mixed, mastery, start=0, target=5) == standing(whole, mastery, start=0, target=5)


@given(TRIALS)
def test_asking_for_more_visits_never_brings_mastery_earlier(texts: list[str]) -> None:
    whole = trials(" ".join(texts))
    found = [mastered_at(whole, Mastery(visits=number)) for number in (1, 2, 3)]
    days = [each.on if each else date.max for each in found]

    assert days == sorted(days)
