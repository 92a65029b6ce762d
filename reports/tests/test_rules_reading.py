"""How a judgement reads, without a database."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from counties.rules import PolicyTerms
from reports import rules
from visits.rules.judging import Flag, PeriodFacts, Verdict, judge

TODAY = date(2026, 10, 28)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-10", date(2026, 10, 1)),
        ("2010-01", date(2010, 1, 1)),
        ("2027-10", date(2027, 10, 1)),
        ("2009-12", None),
        ("2027-11", None),
        ("2026-13", None),
        ("0000-00", None),
        ("0000-01", None),
        ("99999-1", None),
        ("2026-1", None),
        (" 2026-10", None),
        ("2026-10\n", None),
        ("", None),
    ],
)
def test_a_month_is_one_that_a_record_can_be_of(text: str, month: date | None) -> None:
    assert rules.month_of(text, today=TODAY) == month


def test_months_are_counted_over_the_new_year() -> None:
    assert rules.month_after(date(2026, 12, 1), 1) == date(2027, 1, 1)
    assert rules.month_after(date(2027, 1, 1), -2) == date(2026, 11, 1)
    assert rules.month_after(date(2026, 1, 1), 0) == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("delivered", "lessons", "is_over", "reads"),
    [
        (2, "6", False, ""),
        (1, "3", False, "还差 1 次、3 课时"),
        (1, "3", True, "欠 1 次、3 课时"),
        (2, "5.5", False, "还差 0.5 课时"),
        (1, "6", True, "欠 1 次"),
    ],
)
def test_what_is_missing_is_said_in_visits_and_lessons(delivered: int, lessons: str, is_over: bool, reads: str) -> None:  # noqa: FBT001
    month = judge(
        [PeriodFacts(2, delivered, 0)],
        lessons=Decimal(lessons),
        missed=0,
        excused=0,
        flags=(),
        terms=PolicyTerms(),
        is_over=is_over,
    )

    assert rules.needs_text(month) == reads


def test_shares_are_rounded_down_so_that_all_means_all() -> None:
    assert rules.share_text(Fraction(999, 1000)) == "99%"
    assert rules.share_text(Fraction(1)) == "100%"
    assert rules.share_text(None) == "—"


def test_every_flag_has_its_question_and_every_verdict_its_tone() -> None:
    assert set(rules.QUESTIONS) == set(Flag)
    assert all(question.endswith("？") for question in rules.QUESTIONS.values())
    assert set(rules.TONES) == set(Verdict)


def test_a_line_of_shares_stays_in_its_box() -> None:
    assert rules.polyline([Fraction(0), Fraction(1)]) == "3.0,23.0 107.0,3.0"
    assert rules.polyline([Fraction(1)]) == ""
