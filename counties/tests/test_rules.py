"""The policy and the calendar, without a database."""

from datetime import date
from decimal import Decimal

import pytest

from counties.rules import PRESETS, BadPolicy, Calendar, PolicyTerms, Span, policy_values, school_year_of
from counties.rules.words import policy_lines, value_words

TERMS = (Span(date(2026, 9, 1), date(2027, 1, 20)), Span(date(2027, 2, 22), date(2027, 7, 8)))


def test_every_preset_reads_back_as_it_was_written() -> None:
    for preset in PRESETS:
        values = policy_values(preset, {})
        assert PolicyTerms.read(values).plain() == values


def test_a_key_the_document_does_not_name_is_unknown_and_the_others_take_their_default() -> None:
    terms = PolicyTerms.read(policy_values("万载县 2020", {}))
    assert (terms.lessons_per_visit, terms.lessons_per_year, terms.age_min) == (None, None, None)
    assert (terms.visits_per_period, terms.min_staff, terms.lesson_minutes) == (1, 2, 40)


@pytest.mark.parametrize(
    "overrides",
    [
        {"visit_per_period": 2},
        {"visits_per_period": "two"},
        {"period": "year"},
        {"min_staff": None},
        {"makeup_per_week": 0},
        {"lesson_minutes": 0},
        {"lessons_per_visit": 0},
        {"remote_max_share": 1.5},
        {"submit_due_day": 32},
        {"day_end": "07:00"},
        {"age_max": 5},
        {"mastery": 3},
        {"mastery": {"level": 6}},
        {"mastery": {"level": None, "share": None}},
        {"mastery": {"share": 1.2}},
        {"mastery": {"visits": 0}},
        {"mastery": {"times": 3}},
    ],
)
def test_a_value_that_cannot_be_meant_is_named(overrides: dict[str, object]) -> None:
    with pytest.raises(BadPolicy, match=next(iter(overrides))):
        policy_values("上林县 2021", overrides)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({}, "连续 3 次送教独立完成，或做对 80% 以上"),
        ({"level": 4, "share": None, "visits": 2}, "连续 2 次送教提示程度达到 4 级"),
        ({"level": None, "share": 0.75}, "连续 3 次送教做对 75% 以上"),
        (None, "未规定"),
    ],
)
def test_mastery_is_one_key_of_the_policy(value: dict[str, object] | None, words: str) -> None:
    values = policy_values("上林县 2021", {"mastery": value})
    terms = PolicyTerms.read(values)
    assert terms.plain() == values
    assert dict(policy_lines(terms))["短期目标掌握标准"] == words
    assert PolicyTerms.read({}).plain()["mastery"] == {"level": 5, "share": 0.8, "visits": 3}  # of a policy older than the key


def test_without_terms_every_day_outside_july_and_august_is_a_term_day() -> None:
    assert len(Calendar().term_days(2026)) == 365 - 62
    assert not Calendar(TERMS).is_term_day(date(2027, 1, 21))
    assert Calendar(TERMS).is_term_day(date(2028, 1, 21))  # a later school year without terms


def test_the_school_year_turns_on_the_first_of_september() -> None:
    assert (school_year_of(date(2026, 8, 31)), school_year_of(date(2026, 9, 1))) == (2025, 2026)


@pytest.mark.parametrize(("share", "words"), [("1", "100%"), ("1.0", "100%"), ("0.5", "50%"), ("0.125", "12.5%"), ("0", "0%")])
def test_a_share_reads_as_a_percentage(share: str, words: str) -> None:
    assert value_words("missed_visit_workload", Decimal(share)) == words


def test_every_key_of_the_policy_reads_in_words() -> None:
    terms = PolicyTerms.read(policy_values("万载县 2020", {"exempt_months": [2, 8], "remote_max_share": 0.25, "lessons_per_visit": 2.5}))
    lines = dict(policy_lines(terms))
    assert len(lines) == len(terms.plain())
    expected = {
        "每学年课时": "未规定",
        "未送成计工作量的比例": "100%",
        "远程最多占比": "25%",
        "每次课时": "2.5",
        "不要求送教的月份": "2月、8月",
        "按什么计次": "按月",
        "白天从": "08:00",
        "到期自动报送": "否",
        "计入送教的内容": "教学、康复、家长培训、评估",
        "每生每年经费（元）": "未规定",
    }
    assert {label: lines.get(label) for label in expected} == expected


def test_a_number_keeps_its_zeros() -> None:
    assert dict(policy_lines(PolicyTerms()))["每生每年经费（元）"] == "6000"
